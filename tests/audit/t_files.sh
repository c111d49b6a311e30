#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is wrong with a checkpoint's files is named; what only looks so is not.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
dump=$TOP_BUILDDIR/tests/audit/dump_audit
sets=$TOP_SRCDIR/tests/training/checkpoint
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A copy of the checkpoint $1 that may be changed.
copy()
{
	rm -rf "$work/c"
	cp -r "$sets/$1" "$work/c"
	chmod -R u+w "$work/c"
	cd "$work/c" || exit 1
}

# What is not well: level, code and subject.
bad()
{
	"$dump" "${1:-$work/c}" | sed -n 's/^\(warn\|fail\) \([^]]*]\).*/\1 \2/p'
}

for c in act act_env diffusion smolvla relative old openpi groot15 groot16; do
	tap_same "$(bad "$sets/$c")" "" "$c is healthy"
done
for c in act act_env diffusion smolvla relative old; do
	tap_same "$("$dump" "$sets/$c" | sed -n 's/^ok \([^ ]*\).*/\1/p' | tr '\n' ' ')" \
		"checkpoint norm-steps norm-sides norm-tensors norm-map norm-values " \
		"$c: each question has an answer"
done

copy act
sed -i 's/"ACTION": "MEAN_STD"/"ACTION": "MIN_MAX"/' policy_postprocessor.json
tap_same "$(bad)" "fail norm-sides [action]
fail norm-map [action]" "another mode after the policy than before"

copy act
cp policy_preprocessor_step_3_normalizer_processor.safetensors kept
python3 - <<'P'
import json, struct
name = "policy_postprocessor_step_0_unnormalizer_processor.safetensors"
b = bytearray(open(name, "rb").read())
n, = struct.unpack_from("<Q", b)
at = json.loads(b[8:8 + n])["action.mean"]["data_offsets"][0] + 8 + n
b[at:at + 8] = b[at + 4:at + 8] + b[at:at + 4]  # joints 0 and 1
open(name, "wb").write(b)
P
tap_same "$(bad)" "fail norm-sides [action]" "statistics of two joints exchanged on one side"

copy act
rm policy_postprocessor_step_0_unnormalizer_processor.safetensors
tap_same "$(bad | sort)" "fail checkpoint [policy_postprocessor_step_0_unnormalizer_processor.safetensors]
fail norm-tensors [action]" "a file of statistics is missing"

copy act
rm policy_postprocessor.json
tap_same "$(bad)" "fail checkpoint []" "a processor is missing"

copy act
sed -i 's/"unnormalizer_processor"/"normalizer_processor"/' policy_postprocessor.json
tap_same "$(bad | sed -n 1p)" "fail norm-steps [policy_postprocessor.json]" \
	"it normalises where it must un-normalise"

copy act
python3 - <<'P'
import json
o = json.load(open("policy_postprocessor.json"))
o["steps"].insert(1, o["steps"][0])
json.dump(o, open("policy_postprocessor.json", "w"))
P
tap_same "$(bad)" "fail norm-steps [policy_postprocessor.json]" "un-normalised twice by the files"

copy act
sed -i 's/"STATE": "MEAN_STD",//' policy_preprocessor.json
tap_same "$(bad)" "fail norm-map [observation.state]" "a mode is lost: the state goes in as it is"

copy act_env
sed -i 's/"ENV": "MIN_MAX"/"ENV": "IDENTITY"/; s/"ACTION": "MEAN_STD",/"ACTION": "MEAN_STD"/; /"ENV": "MIN_MAX"/d; /"ENV": "IDENTITY"/d' \
	config.json policy_preprocessor.json policy_postprocessor.json
python3 - <<'P'
import json
for name in ("config.json", "policy_preprocessor.json", "policy_postprocessor.json"):
    o = json.load(open(name))
    maps = [o["normalization_mapping"]] if "type" in o else [
        s["config"]["norm_map"] for s in o["steps"] if "norm_map" in s["config"]]
    for m in maps:
        m.pop("ENV", None)
    json.dump(o, open(name, "w"))
P
tap_same "$(bad)" "" "an environment state left as it is, because it was trained so, is healthy"
tap_same "$("$dump" . | grep -c '^note norm-map \[observation.environment_state\]')" 1 \
	"and is told as a note"

copy smolvla
sed -i 's/observation.state.std/observation.state.s_d/' \
	policy_preprocessor_step_5_normalizer_processor.safetensors
tap_same "$(bad)" "fail norm-tensors [observation.state]" "a statistic that the mode needs is missing"

copy smolvla
sed -i 's/observation\.state\./observation.stata./g' \
	policy_preprocessor_step_5_normalizer_processor.safetensors
tap_same "$(bad)" "fail norm-tensors [observation.state]" \
	"no statistics of a feature: it would pass unchanged, silently"

copy relative
sed -i 's/"absolute_actions_processor"/"to_batch_processor"/' policy_postprocessor.json
tap_same "$(bad)" "fail norm-steps [relative actions]" "relative actions that nobody makes absolute"

# Values: NaN as Python writes it, quantiles in disorder, image statistics of pixels to 255.
copy openpi
sed -i '0,/ 3.0/s//NaN/' assets/droid/norm_stats.json
tap_same "$(bad)" "fail norm-values [state]" "a statistic that is no number"
copy openpi
sed -i 's/"q01"/"q_9"/; s/"q99"/"q01"/; s/"q_9"/"q99"/' assets/droid/norm_stats.json
tap_same "$(bad)" "fail norm-values [state]" "quantiles the wrong way round"

python3 - "$sets/act" "$work" <<'P'
import json, os, shutil, struct, sys
for what, scale in (("dark", 0.002 / 0.25), ("bytes", 255.0)):
    d = f"{sys.argv[2]}/{what}"
    shutil.copytree(sys.argv[1], d)
    for name in os.listdir(d):
        if not name.endswith(".safetensors"):
            continue
        b = bytearray(open(f"{d}/{name}", "rb").read())
        n, = struct.unpack_from("<Q", b)
        for k, t in json.loads(b[8:8 + n]).items():
            if k.startswith("observation.images.front.") and not k.endswith("count"):
                a, e = (x + 8 + n for x in t["data_offsets"])
                for i in range(a, e, 4):
                    v, = struct.unpack_from("<f", b, i)
                    struct.pack_into("<f", b, i, v * scale)
        os.chmod(f"{d}/{name}", 0o644)
        open(f"{d}/{name}", "wb").write(b)
P
tap_same "$(bad "$work/dark" | uniq)" "fail norm-values [observation.images.front]" \
	"a spread near zero, which makes pixels span hundreds"
tap_same "$(bad "$work/bytes" | uniq)" "fail norm-values [observation.images.front]" \
	"statistics of pixels from 0 to 255"

if [ -n "${POLICYTOP_DATA-}" ]; then
	for c in 000060 009000; do
		tap_same "$(bad "$POLICYTOP_DATA/act_so101_sim/$c")" "" "the real $c is healthy"
	done
	tap_same "$(bad "$POLICYTOP_DATA/openpi_libero")" "" "the real statistics of LIBERO are healthy"
else
	tap_skip "real checkpoints" "POLICYTOP_DATA is not set"
fi
tap_done
