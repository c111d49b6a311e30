#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rigs: from command lines (plans/commands.txt gives plans/rigs.txt, UPDATE=1 writes that anew), from
# questions, listed, shown, and checked against a policy's files.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset TMUX TMUX_PANE HF_HOME HF_LEROBOT_HOME HF_LEROBOT_CALIBRATION HF_HUB_CACHE PYTHONPATH XDG_CACHE_HOME
export HOME="$work/home" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data" WORK="$work"
sets=$TOP_SRCDIR/tests/training/checkpoint
rigs=$work/config/policytop/rigs
cd "$work" || exit 1

# Devices, a calibration, configuration files.
mkdir -p dev/v4l/by-id dev/serial/by-id home/.cache/huggingface/lerobot/calibration/robots/so_follower root/opt
touch dev/video0 dev/video1 dev/video2 dev/ttyACM0
ln -s ../../video0 dev/v4l/by-id/usb-CAM_A-video-index0
ln -s ../../video2 dev/v4l/by-id/usb-CAM_B-video-index0
ln -s ../../ttyACM0 dev/serial/by-id/usb-arm
echo '{}' >home/.cache/huggingface/lerobot/calibration/robots/so_follower/black.json
echo '{"robot": {"type": "so101_follower", "id": "r", "port": "/dev/ttyNONE",
	"cameras": {"front": {"type": "opencv", "index_or_path": 0, "width": 640, "height": 480, "fps": 30}}},
	"policy": {"path": "me/act"}, "task": "from the file", "fps": 20}' >config.json
cp config.json root/opt/config.json
cp "$TOP_SRCDIR/tests/cli/plans/config.yaml" .

from()
{
	timeout 20 "$POLICYTOP" rig from r --force --json --dev dev -- "$@" 2>&1 </dev/null |
		sed "s|$work|WORK|g"
}

while IFS= read -r line; do
	eval "set -- $line"
	printf '%s\n' "$line" | sed 's/^/$ /'
	from "$@"
done <"$TOP_SRCDIR/tests/cli/plans/commands.txt" >got
golden=$TOP_SRCDIR/tests/cli/plans/rigs.txt
[ -z "${UPDATE:-}" ] || cp got "$golden"
tap_empty "$(diff -u "$golden" got)" "$(grep -c '^[$] ' got) command lines"

# Whole and real: a checkpoint on disk, cameras by id, a calibration, a profile of that training.
"$POLICYTOP" --db "$work/db" learn "$TOP_SRCDIR/tests/training/sets/v30" --name so101 >log 2>&1
"$POLICYTOP" --db "$work/db" rig from bench --dev dev -- lerobot-rollout --robot.type=so101_follower \
	--robot.port="$work/dev/ttyACM0" --robot.id=black --policy.path="$sets/act" --task='pick' --fps=30 \
	--robot.cameras='{ cam: {type: opencv, index_or_path: 0, width: 64, height: 48, fps: 30}}' \
	--rename_map='{"observation.images.cam": "observation.images.front"}' 2>out
tap_same "$?" 0 "made"
"$POLICYTOP" rig show bench --json >shown
tap_same "$(python3 -c 'import json
o = json.load(open("shown"))
c = o["cameras"]["cam"]
print(c["device"].split("/")[-1], c["policy_key"], o["robot"]["calibration"].split("/")[-2:], o["profile"])')" \
	"usb-CAM_A-video-index0 front ['so_follower', 'black.json'] so101" \
	"cameras by id, the policy's name of one, calibration, profile"
tap_same "$("$POLICYTOP" rig show bench | grep -c '(default)')" 9 "shown with its defaults"
tap_same "$("$POLICYTOP" rig from bench -- lerobot-rollout --robot.type=x 2>&1 | sed "s|$work|WORK|"; "$POLICYTOP" rig show bench --json | cmp - shown && echo same)" \
	"policytop: WORK/config/policytop/rigs/bench.json: there is one already; --force replaces it
same" "one that is there is not replaced unasked"

# check: level of each code.
levels()
{
	"$POLICYTOP" --db "$work/db" rig check "$1" --json >checked
	status=$?
	python3 -c 'import json
o = json.load(open("checked"))
for e in o["errors"]: print(e["line"], e["text"])
for i in o["items"]:
    if i["level"] in ("warn", "fail"): print(i["level"], i["code"], i["subject"])'
	echo "status $status"
}
change()
{
	sed "$1" shown >"$rigs/t.json"
}
change ''
tap_same "$(levels t | sed 's/fail inputs state/X/; s/fail outputs action/X/')" "X
X
warn inputs fps
status 2" "the little data set has another number of joints and another rate: named, and nothing else"
change '/"profile"/d'
tap_same "$(levels t)" "status 0" "a rig that fits"
change '/"profile"/d; s/"policy_key": "front"/"policy_key": "top"/'
tap_same "$(levels t)" "fail inputs front
status 2" "a camera that the policy does not know"
change '/"profile"/d; s/"width": 64/"width": 640/'
tap_same "$(levels t)" "fail inputs cam
status 2" "pictures of another size"
change '/"profile"/d; s/video-index0/video-index9/; s/black.json/red.json/'
tap_same "$(levels t)" "fail paths robot.calibration
fail paths cam
status 2" "devices and files that are not there"
change '/"profile"/d; s/"fps": 30$/"fps": 60/'
tap_same "$(levels t)" "status 0" "another rate of camera and loop"
change '/"profile"/d; s/"task"/"tsk"/; s/"width": 64/"width": "wide"/'
tap_same "$(levels t)" "14 cameras.cam.width: is no whole number from 1 to 100000 pixels
20 unknown key tsk (did you mean task?)
status 2" "errors of the file, with their lines"
change '/"profile"/d; s/"task": "pick"/"require": ["norm", "nrm", "prompt"]/'
tap_same "$(levels t)" "0 require: no code is called nrm (policytop list codes)
status 2" "a code that nobody gives"
echo '{"schema": 1' >"$rigs/t.json"
tap_same "$(levels t)" "1 is no JSON behind here: the text is cut short
status 2" "no JSON"
tap_same "$("$POLICYTOP" rig show t 2>&1 | sed "s|$work|WORK|"; "$POLICYTOP" rig show none 2>&1; echo $?)" \
	"policytop: WORK/config/policytop/rigs/t.json, line 1: is no JSON behind here: the text is cut short
policytop: no rig 'none': policytop rig from none -- COMMAND makes one
66" "one that is broken, one that is not there"
cp -r "$sets/act" broken
chmod -R u+w broken
sed -i 's/"unnormalizer_processor"/"normalizer_processor"/' broken/policy_postprocessor.json
change "/\"profile\"/d; s|\"policy\": .*|\"policy\": \"$work/broken\",|"
tap_same "$(levels t | sed -n 1p)" "fail norm-steps policy_postprocessor.json" "a fault of its policy's files"

# How long an answer took in the last run of the rig.
change '/"profile"/d'
"$POLICYTOP" --db "$work/db" record sim: --rig t --seconds 3 >log 2>&1
tap_same "$("$POLICYTOP" --db "$work/db" rig check t | grep -c 'an answer takes [0-9]* ms, the last run')" 1 \
	"the latency that its last run measured"
change '/"profile"/d; s/"fps": 30$/"fps": 2000, "n_action_steps": 2/'
tap_same "$(levels t | grep plan)" "warn plan latency" "and a plan that is over before the answer comes"

# Questions.
printf '\n\n\nfront\n\n%s\n-\nGrab it\n' "$sets/act" | "$POLICYTOP" --db "$work/none.db" rig new asked --dev dev 2>log
tap_same "$?" 0 "asked"
tap_same "$("$POLICYTOP" rig show asked --json | tr -d ' \n' | sed "s|$work|W|g; s|$sets|S|")" \
	'{"schema":1,"robot":{"type":"so101","id":"black","port":"W/dev/serial/by-id/usb-arm","calibration":"W/home/.cache/huggingface/lerobot/calibration/robots/so_follower/black.json"},"cameras":{"front":{"device":"W/dev/v4l/by-id/usb-CAM_A-video-index0","type":"opencv"}},"policy":"S/act","task":"Grabit"}' \
	"what was found and chosen is its rig"
tap_same "$(printf '\n' | "$POLICYTOP" rig new short --dev dev 2>&1 >/dev/null | tail -n 1 | sed 's/^.*policytop: //'; ls "$rigs/short.json" 2>/dev/null)" \
	"rig new: the answers ended before the last question" "answers that end too early make no rig"

# run --rig: what the rig knows beside the command, and a fault of the policy's files stops it.
export XDG_RUNTIME_DIR="$work/run" XDG_STATE_HOME="$work/state" POLICYTOP_PYTHONDIR="$work/python"
mkdir -m 700 run
mkdir -p bin python/policytop_hook
printf '#!/bin/sh\necho RAN-IT\n' >bin/lerobot-rollout
chmod +x bin/lerobot-rollout
PATH=$work/bin:$PATH
sed 's/"profile": .*/"profile": "mine",/; s/"schema": 1,/"schema": 1, "sources": ["foxglove:127.0.0.1:1"],/' shown >"$rigs/used.json"
"$POLICYTOP" run --plan --json --rig used -- lerobot-rollout --policy.path="$sets/act" >planned
tap_same "$(python3 -c 'import json
o = json.load(open("planned"))
print(o["profile"], [s["source"] for s in o["sources"] if s["from"] == "used"], o["preflight"])')" \
	"mine ['foxglove:127.0.0.1:1'] []" "run: the rig's profile and sources"
"$POLICYTOP" run --here --rig other -- lerobot-rollout --policy.path="$work/broken" >out 2>&1 </dev/null
tap_same "$? $(grep -c RAN-IT out) $(grep -c 'preflight norm-steps: policy_postprocessor.json' out)" \
	"2 0 1" "run: a fault of the policy's files stops the start, and is named"
echo '{"tsk": 1}' >"$rigs/bad.json"
"$POLICYTOP" run --plan --rig bad -- lerobot-rollout >out 2>&1
tap_same "$? $(grep -c 'line 1: unknown key tsk' out)" "66 1" "run: a rig with an error is not taken"
rm "$rigs/bad.json" "$rigs/used.json"

# watch RIG: its sources, where no engine runs.
echo '{"sources": ["sim:"]}' >"$rigs/seen.json"
timeout 60 "$POLICYTOP" --db "$work/w.db" watch seen --once --json >out 2>&1
tap_same "$(sed 's/.*"sources":\[{"\([a-z]*\)":"\([a-z:]*\)".*/\2/; s/^.*"sim:".*/sim:/' out | tail -n 1)" "sim:" \
	"watch: the rig's sources are started"
"$POLICYTOP" stop seen >/dev/null 2>&1
rm "$rigs/seen.json"

tap_same "$("$POLICYTOP" rig list | sed 's/  .*//' | tr '\n' ' ')" "asked bench r t " "listed"
tap_same "$("$POLICYTOP" rig list --json | python3 -c 'import json, sys; o = json.load(sys.stdin); print(o["schema"], len(o["rigs"]))')" \
	"1 4" "as JSON"
for bad in "rig" "rig from x" "rig new ../x" "rig show" "rig frob x" "rig from x -- ls"; do
	# shellcheck disable=SC2086 # words
	"$POLICYTOP" $bad >/dev/null 2>&1 </dev/null
	tap_same "$?" 64 "policytop $bad: 64"
done
tap_done
