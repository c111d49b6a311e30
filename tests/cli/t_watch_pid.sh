#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# watch --pid: what is found of a process that already runs, and that it never notices.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null; rm -rf "$work"' EXIT
unset TMUX TMUX_PANE POLICYTOP_PYTHONDIR POLICYTOP_HOOK
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
mkdir "$work/bin"
ln -s "$TOP_BUILDDIR/tests/cli/counter" "$work/bin/lerobot-rollout"
file=$work/signals
# What runs this test writes a log, too, and its descriptors are inherited: they are closed below.
mkfifo "$work/in"

wait_until()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}

has()
{
	grep -q -- "$1" "$2"
}

look()
{
	timeout 30 "$POLICYTOP" watch --pid "$@" --once --json >"$work/out" 2>"$work/err"
	status=$?
}

"$work/bin/lerobot-rollout" "$file" --display_data=true --display_mode=foxglove --display_port=1 \
	<"$work/in" >"$work/a file%.out" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
pid=$!
pids="$pids $pid"
exec 3>"$work/in"
wait_until has ready "$file"
look $pid
[ $status -le 3 ]
tap_ok $? "a program of LeRobot's is watched (status $status)"
tap_same "$(grep -c 'LeRobot runs a policy' "$work/err") $(grep -c 'output goes to .*a file%.out' "$work/err")" \
	"1 1" "it is known, and what it has open is told"
tap_same "$(sed -n "s|$work|W|; s/policytop: source //p" "$work/err" | tr '\n' ' ')" \
	"foxglove:127.0.0.1:1?fps=30 log:W/a file%25.out " "what only listens is attached"
tap_same "$(grep -c 'start it with policytop run' "$work/err")" 1 "and what needs run is told"
look $pid --rig mine
tap_same "$(grep -c '"rig":"mine"' "$work/out")" 1 "under a name, too"
echo "q 0" >&3
wait $pid
tap_same "$? $(wc -l <"$file")" "0 4" "the process has noticed nothing"
exec 3>&-

# One that run has started is shown with what run has attached.
rm -f "$file"
mkdir -p "$work/python/policytop_hook"
POLICYTOP_PYTHONDIR=$work/python "$POLICYTOP" run --rig own -- "$work/bin/lerobot-rollout" "$file" --display_data=true \
	--display_mode=foxglove --display_port=1 <"$work/in" >"$work/run.out" 2>&1 &
ours=$!
pids="$pids $ours"
exec 3>"$work/in"
wait_until has ready "$file"
inner=$(sed -n 's/^ready \([0-9]*\).*/\1/p' "$file")
look "$inner"
tap_same "$(grep -c '"rig":"own"' "$work/out")" 1 "a process of run's: its run is shown"
"$POLICYTOP" status --json | grep -q '"rig":"own"'
tap_ok $? "which goes on"
echo "q 0" >&3
wait $ours

sleep 60 >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
pids="$pids $!"
look $!
tap_same "$status $(grep -c 'nothing of process' "$work/err")" "69 1" "a process that lets see nothing: 69"
look 999999999
tap_same "$status" 66 "no such process: 66"
look x
tap_same "$status" 64 "no number: 64"
look $$ sim:
tap_same "$status" 64 "with sources of one's own: 64"
tap_same "$("$POLICYTOP" status --json)" '{"schema":1,"engines":[],"taps":[]}' "nothing is left running"
tap_done
