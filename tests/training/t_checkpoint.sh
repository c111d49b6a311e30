#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checkpoints: what is read of each form, by which name they are found, and files that lie.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
dump=$TOP_BUILDDIR/tests/oracle/dump_checkpoint
sets=$TOP_SRCDIR/tests/training/checkpoint
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HF_HOME HF_HUB_CACHE XDG_CACHE_HOME
export HOME="$work/home"

# PATH.EXPRESSION of the checkpoint $1, by Python: o is the object.
ask()
{
	"$dump" "$1" | python3 -c 'import json, sys; o = json.load(sys.stdin)
def stats(side, key): return next((s for s in o[side]["stats"] if s["key"] == key), None)
print(eval(sys.argv[1]))' "$2" 2>&1
}

# The sentence when it cannot be opened; the status must be 66.
refused()
{
	status=0
	{ timeout 20 "$dump" "$1" >/dev/null || status=$?; } 2>&1
	echo "status $status"
}

tap_same "$(ask "$sets/act" '[(i["key"], i["type"], i["shape"], i["mode"]) for i in o["inputs"]]')" \
	"[('observation.state', 'STATE', [6], 'MEAN_STD'), ('observation.images.front', 'VISUAL', [3, 48, 64], 'MEAN_STD')]" \
	"act: its inputs"
tap_same "$(ask "$sets/act" 'o["chunk_size"], o["n_action_steps"], o["rename_map"], o["language"], o["dataset"], o["steps"], o["batch_size"]')" \
	"(20, 10, {'observation.images.cam0': 'observation.images.front'}, False, 'sim/so101', 1234, 8)" \
	"act: its plan, names and training"
tap_same "$(ask "$sets/diffusion" 'o["chunk_size"], o["n_action_steps"], o["outputs"][0]["mode"]')" \
	"(16, 8, 'MIN_MAX')" "diffusion: its horizon, and its mode"
tap_same "$(ask "$sets/smolvla" 'o["language"], len(o["inputs"]), o["pre"]["features"][1]["mode"], stats("post", "action")["mean"][5]')" \
	"(True, 4, 'IDENTITY', 7)" "smolvla: a prompt, cameras as they are"
tap_same "$(ask "$sets/relative" 'o["action_space"], o["absolute"], o["outputs"][0]["names"][0], o["post"]["steps"], o["post"]["relative"]')" \
	"('relative', ['gripper'], 'shoulder_pan.pos', 1, True)" \
	"relative actions, but of the gripper; a step by its class"
tap_same "$(ask "$sets/old" 'o["form"], [s["key"] for s in o["pre"]["stats"]], [round(x, 3) for x in stats("pre", "observation.images.top_view")["std"]], stats("post", "action")["mean"], o["bytes_read"] < 3000')" \
	"('lerobot-old', ['observation.state', 'action', 'observation.images.top_view'], [0.229, 0.224, 0.225], [2, 3, 4, 5, 6, 7], True)" \
	"statistics among the weights, by their features' names"
tap_same "$(ask "$sets/openpi" 'o["part"], o["language"], stats("pre", "state")["mean"][0], o["outputs"][0]["shape"], "q01" in stats("pre", "actions"), len(o["warnings"])')" \
	"('droid', True, 0, [32], False, 1)" "openpi: the first asset, quantiles that are null, and a word about it"
tap_same "$(ask "$sets/openpi?part=trossen" 'o["part"], stats("pre", "state")["mean"][0]')" \
	"('trossen', 5)" "openpi: the asset that is asked for"
tap_same "$(ask "$sets/groot15" 'o["form"], o["part"], o["inputs"][2]["shape"], stats("pre", "state")["mean"], o["action_space"], o["chunk_size"]')" \
	"('groot-n1.5', 'new_embodiment', [3, 480, 640], [0, 1, 2, 3, 4, 9], 'absolute', 16)" \
	"GR00T N1.5: parts joined to a vector"
tap_same "$(ask "$sets/groot16" 'o["form"], o["action_space"], o["absolute"], stats("pre", "state")["mean"], o["inputs"][0]["mode"], o["chunk_size"], stats("pre", "relative_action.single_arm")["horizon"]')" \
	"('groot-n1.6', 'relative', ['gripper'], [0, 1, 2, 3, 4, 9], 'QUANTILES', 16, 16)" \
	"GR00T N1.6: the order of its modalities, relative but for the gripper"

# Names: a run, its last link, the folder above, the Hugging Face cache, an adapter.
mkdir -p run/checkpoints/000100 run/checkpoints/002000
cp -r "$sets/act" run/checkpoints/000100/pretrained_model
cp -r "$sets/diffusion" run/checkpoints/002000/pretrained_model
chmod -R u+w run
tap_same "$(ask run 'o["name"], o["type"], o["step"]')" "('run/002000', 'diffusion', 2000)" \
	"a run: its latest checkpoint"
ln -s 000100 run/checkpoints/last
tap_same "$(ask run 'o["name"], o["type"], o["step"]')" "('run/000100', 'act', 100)" \
	"a run: where last points"
tap_same "$(ask run/checkpoints/002000 'o["type"]')" "diffusion" "the folder above pretrained_model"
hub=home/.cache/huggingface/hub/models--me--brain
mkdir -p "$hub/snapshots" "$hub/refs"
cp -r "$sets/smolvla" "$hub/snapshots/0a1b"
printf 0a1b >"$hub/refs/main"
tap_same "$(ask me/brain 'o["name"], o["type"]')" "('me/brain', 'smolvla')" "a repo id in the cache"
mkdir adapter
echo '{"base_model_name_or_path":"me/brain","peft_type":"LORA"}' >adapter/adapter_config.json
tap_same "$(ask adapter 'o["adapter"], o["base"], o["type"], o["language"]')" \
	"(True, 'me/brain', 'smolvla', True)" "an adapter: the inputs of the model it adapts"
sed -i 's,me/brain,me/gone,' adapter/adapter_config.json
tap_same "$(refused adapter)" "$work/adapter: config.json is missing, and the model that it adapts, me/gone, is not on this machine
status 66" "an adapter of what is not here"

# Weights are never read, whatever their size.
cp -r "$sets/old" big
chmod -R u+w big
truncate -s 10G big/model.safetensors 2>/dev/null || rm -rf big
if [ -d big ]; then
	tap_same "$(timeout 20 "$dump" big | sed 's/.*"bytes_read":\([0-9]*\),.*/\1/')" \
		"$("$dump" "$sets/old" | sed 's/.*"bytes_read":\([0-9]*\),.*/\1/')" \
		"10 GB of weights: as many bytes are read as of 8 kB"
	rm -rf big
else
	tap_skip "10 GB of weights" "no such files here"
fi

# Files that lie.
cp -r "$sets/relative" lie
chmod -R u+w lie
lie()
{
	printf '%b' "$1" >lie/pre.safetensors
	refused lie | sed "s,$work/,,"
}
tap_same "$(lie '\0377\0377\0377\0377\0377\0377\0377\0177{}')" \
	"lie/pre.safetensors: no safetensors file: its header of 9223372036854775807 bytes is not in a file of 10
status 66" "a header longer than its file"
tap_same "$(lie '\0004\0000')" "lie/pre.safetensors: no safetensors file: its header of 0 bytes is not in a file of 2
status 66" "two bytes"
tap_same "$(lie 'K\0000\0000\0000\0000\0000\0000\0000{"action.mean":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}          ')" \
	"lie/pre.safetensors: tensor action.mean: bytes 0 to 24 are not in 0 bytes of data
status 66" "a tensor behind the end"
tap_same "$(lie 'H\0000\0000\0000\0000\0000\0000\0000{"action.mean":{"dtype":"F32","shape":[9],"data_offsets":[0,4]}}        abcd')" \
	"lie/pre.safetensors: tensor action.mean: 4 bytes are not what its shape needs
status 66" "a shape that is not its bytes"
tap_same "$(lie 'H\0000\0000\0000\0000\0000\0000\0000{"action.mean":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}      abcd')" \
	"lie/pre.safetensors: tensor action.mean: its header is broken
status 66" "a shape that is none"
rm -f lie/pre.safetensors
ln -s pre.safetensors lie/pre.safetensors
tap_same "$(refused lie | sed "s,$work/,,")" "lie/pre.safetensors: Too many levels of symbolic links
status 66" "a link to itself"
rm lie/pre.safetensors
mkfifo lie/pre.safetensors
tap_same "$(refused lie | sed "s,$work/,,")" "lie/pre.safetensors: is no regular file
status 66" "a pipe in the place of a file"
rm lie/pre.safetensors
cp "$sets/relative/pre.safetensors" lie/
printf '{"steps":\n[{"registry_name":' >lie/policy_preprocessor.json
tap_same "$(refused lie | sed "s,$work/,,")" "lie/policy_preprocessor.json, line 2: no JSON object
status 66" "a description that is cut short"
{
	printf '{"steps":'
	head -c 100000 /dev/zero | tr '\0' '['
} >lie/policy_preprocessor.json
tap_same "$(refused lie | sed "s,$work/,,")" "lie/policy_preprocessor.json, line 1: no JSON object
status 66" "nested without end"
head -c 5000000 /dev/zero >lie/policy_preprocessor.json
tap_same "$(refused lie | sed "s,$work/,,")" "lie/policy_preprocessor.json: at most 4194304 bytes of a description are read
status 66" "a description of 5 MB"
cp "$sets/relative/policy_preprocessor.json" lie/
sed -i 's,"pre.safetensors","../../etc/passwd",' lie/policy_preprocessor.json
tap_same "$(ask lie 'o["pre"]["stats_lost"], o["pre"]["stats"], o["warnings"][0]')" \
	"(True, [], 'policy_preprocessor.json: state_file ../../etc/passwd is not beside it')" \
	"a file elsewhere is not opened"
ln -s loop loop
tap_same "$(refused loop)" "loop: Too many levels of symbolic links
status 66" "a checkpoint that is a link to itself"
tap_same "$(refused lie/config.json)" "lie/config.json: is no folder; name the one that holds config.json
status 66" "a file in the place of its folder"
tap_same "$(refused home)" "home: no checkpoint of LeRobot, openpi or GR00T is in it
status 66" "no checkpoint"
tap_same "$(refused me/none)" "me/none: no such folder, and no such model under $work/home/.cache/huggingface/hub
status 66" "no such repo id"
tap_same "$(refused "$sets/openpi?part=x" | sed 's,^.*/openpi:,openpi:,')" "openpi: has no asset 'x'; it has droid and others
status 66" "no such asset"
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 lie/config.json
	tap_same "$(refused lie | sed "s,$work/,,")" "lie/config.json: cannot open: Permission denied
status 66" "a file that may not be read"
else
	tap_skip "a file that may not be read" "root may read everything"
fi
tap_done
