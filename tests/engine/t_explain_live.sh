#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the engine says of a first action while it runs is what `policytop explain` says of the run
# later, on labelled runs of a real policy: named where it can be, silent on clean ones.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
[ -d "${POLICYTOP_DATA:-}/so101_sim_rollouts" ] ||
	{ echo "1..0 # SKIP POLICYTOP_DATA has no so101_sim_rollouts"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
db=$work/policytop/runs.db

# The rig's policy, whose own statistics count.
mkdir -m 700 "$work/policytop" && mkdir "$work/policytop/rigs"
cat >"$work/policytop/rigs/cell.json" <<END
{"schema": 1, "robot": {"type": "so101_follower"}, "policy": "$POLICYTOP_DATA/act_so101_sim"}
END

# play FILE: live is what the engine told, later what `explain` tells.
play()
{
	gzip -dc "$POLICYTOP_DATA/so101_sim_rollouts/$1.jsonl.gz" |
		timeout 60 "$POLICYTOP" record --rig cell --profile sim stdin: >/dev/null 2>&1
	live=$(sqlite3 -readonly "$db" "SELECT substr(text, 15) FROM notes WHERE
		run = (SELECT max(run) FROM runs) AND text LIKE 'first action: %'")
	later=$(timeout 60 "$POLICYTOP" explain last | sed 's/^[^ ]*  //')
}

timeout 120 "$POLICYTOP" learn --no-videos --name sim "$POLICYTOP_DATA/so101_sim_v30" >/dev/null 2>&1
tap_ok $? "the training set is learned"
while read -r file words; do
	play "$file"
	tap_same "$live" "$later" "$file: live and later say the same"
	case $live in
	*"$words"*) tap_ok 0 "$file: $words" ;;
	*) tap_same "$live" "$words" "$file is named" ;;
	esac
done <<'END'
unnorm_twice_2001 one un-normalise too many: undone, the first action is
unnorm_missing_3001 not un-normalised: undone
joint_swap_16001 shoulder_lift and elbow_flex exchanged: undone
sign_flip_17001 the sign of wrist_flex: undone
gripper_01_13001 the gripper is 100 times too small
collapsed_15001 shrunk to the training mean by
collapsed_15002 shrunk to the training mean by 0.24: undone, the first action is 2.48 deg
no_reset_6001 the queue of the last one was not reset
stats_other_5001 no known mistake explains it
start_off_7001 move the arm to its start pose
END
for file in clean_1 clean_2 clean_3 weak_motor_11001; do
	[ -e "$POLICYTOP_DATA/so101_sim_rollouts/$file.jsonl.gz" ] || continue
	play "$file"
	tap_empty "$live" "$file: silent"
done
tap_done
