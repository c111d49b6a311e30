#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What run understands of command lines (plans/commands.txt) is what plans/golden.txt says, one JSON
# object each; UPDATE=1 writes that anew. Nothing is started, nothing is left behind.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset TMUX TMUX_PANE HF_HOME HF_LEROBOT_HOME HF_LEROBOT_CALIBRATION PYTHONPATH
export HOME=/home/u XDG_RUNTIME_DIR="$work/run" XDG_STATE_HOME="$work/state"
unset XDG_CACHE_HOME XDG_DATA_HOME
export POLICYTOP_PYTHONDIR="$work/python" WORK="$work"
mkdir -m 700 "$work/run" "$work/python" "$work/python/policytop_hook"
mkdir -p "$work/root/opt/act"
cd "$work" || exit 1
echo '{"robot": {"type": "so101_follower", "id": "r", "port": "/dev/ttyNONE",
	"cameras": {"front": {"type": "opencv", "index_or_path": 0, "width": 640, "height": 480, "fps": 30}}},
	"policy": {"path": "me/act"}, "task": "from the file", "fps": 20}' >"$work/config.json"
cp "$work/config.json" "$work/root/opt/config.json"
cp "$TOP_SRCDIR/tests/cli/plans/config.yaml" "$work"
printf 'a: &a [x, x]\nb: &b [*a, *a]\nrobot: {type: so101_follower, id: *b}\n' >"$work/alias.yaml"
printf 'robot: {type: [\n' >"$work/broken.yaml"

# plan COMMAND…: its plan, or how it is refused.
plan()
{
	timeout 20 "$POLICYTOP" run --plan --json --rig t -- "$@" 2>&1 </dev/null |
		sed "s|$work|WORK|g; s/,\"available\":[a-z]*//g"
}

while IFS= read -r line; do
	eval "set -- $line"
	printf '%s\n' "$line" | sed 's/^/$ /'
	plan "$@"
done <"$TOP_SRCDIR/tests/cli/plans/commands.txt" >"$work/got"
golden=$TOP_SRCDIR/tests/cli/plans/golden.txt
[ -z "${UPDATE:-}" ] || cp "$work/got" "$golden"
tap_empty "$(diff -u "$golden" "$work/got")" "$(grep -c '^[$] ' "$work/got") command lines"
tap_same "$(grep '^{' "$work/got" | python3 -c 'import json, sys
print(sum(json.loads(line)["schema"] for line in sys.stdin))')" "$(grep -c '^{' "$work/got")" \
	"every plan is JSON"
tap_empty "$(grep -c "$(printf '\033')" "$work/got" | grep -v '^0$')" \
	"nothing that a terminal would obey comes through"

# Hooks are part of a plan only where they can be.
plan lerobot-rollout >"$work/with"
POLICYTOP_PYTHONDIR=$work/none plan lerobot-rollout >"$work/without"
tap_same "$(grep -c '"hook:' "$work/with")$(grep -c '"hook:' "$work/without")" 10 \
	"without its folder the hook is no source"

# The profile of the policy's own training, where there is one.
mkdir "$work/act"
echo '{"dataset": {"repo_id": "me/brain"}}' >"$work/act/train_config.json"
profile()
{
	"$POLICYTOP" --db "$work/db" run --plan --json --rig t "$@" -- lerobot-rollout --policy.path="$work/act" |
		sed 's/.*"profile":\([^,]*\),.*/\1/'
}
tap_same "$(profile)" null "without a profile of that name none is used"
"$POLICYTOP" --db "$work/db" learn "$TOP_SRCDIR/tests/training/sets/v21" --name brain >/dev/null 2>&1
tap_same "$(profile) $(profile --profile other)" '"brain" "other"' \
	"a checkpoint names its data set, and a profile of that name is used unless another is given"

"$POLICYTOP" run --plan --rig t -- lerobot-rollout --task=cube >"$work/out" 2>&1
tap_same "$? $(grep -c 'cube .*--task=cube' "$work/out")" "0 1" "for people: the fact and its word"
"$POLICYTOP" run --plan >"$work/out" 2>&1
tap_same "$? $(wc -l <"$work/out")" "64 1" "no command: 64"
"$POLICYTOP" run --plan --rig ../x -- true >"$work/out" 2>&1
tap_same "$?" 64 "a rig that is none: 64"
"$POLICYTOP" run --json -- true >"$work/out" 2>&1
tap_same "$?" 64 "--json without --plan: 64"
tap_empty "$(find "$work/run" "$work/state" -mindepth 1 ! -name policytop 2>/dev/null)" \
	"nothing was left behind"
tap_done
