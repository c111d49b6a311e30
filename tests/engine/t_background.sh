#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Engines that watch starts in the background: their start, its errors, their log, their end.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
log=$work/policytop/bg.log

# wait_until COMMAND...: until it succeeds, a minute at most.
wait_until()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}

runs()
{
	"$POLICYTOP" status --json | grep -q '"rig":"bg"'
}

gone()
{
	! kill -0 "$1"
}

# A viewer without a screen stays attached only for one picture; an engine of its own goes with it.
cd "$work" || exit 1
timeout 20 "$POLICYTOP" watch dataset:none --once >"$work/out" 2>"$work/err"
tap_same "$? $(grep -c 'none: no such folder' "$work/err") $(wc -l <"$work/err")" "66 1 1" \
	"an engine that cannot open its source says so through watch"

"$POLICYTOP" engine sim: --rig bg --json --log "$log" >"$work/out" 2>"$work/err" &
pid=$!
wait_until runs
tap_ok $? "an engine with a log runs"
timeout 20 "$POLICYTOP" watch --rig bg --once --json >"$work/out2" 2>"$work/err2"
[ $? -le 3 ]
tap_ok $? "watch attaches to it by name"
runs
tap_ok $? "and leaves it running"
kill -9 $pid
wait $pid 2>/dev/null
wait_until gone $pid
tap_same "$("$POLICYTOP" status --json)" '{"schema":1,"engines":[],"taps":[]}' \
	"one that was killed is not listed, whatever it left behind"
"$POLICYTOP" engine sim: --rig bg --json --log "$log" >"$work/out" 2>"$work/err" &
pid=$!
wait_until runs
tap_ok $? "and its name is free again"
timeout 20 "$POLICYTOP" stop bg 2>"$work/err2"
wait $pid
tap_same "$(wc -l <"$work/out") $(grep -c 'runs as' "$log") $(grep -c 'ended: stopped' "$log")" \
	"1 2 1" "the log has what happened, standard output only that it was ready"

# The log is rotated.
head -c 1100000 /dev/zero | tr '\0' 'x' >"$log"
timeout 20 "$POLICYTOP" engine sim: --rig bg --json --log "$log" --steps 3 >"$work/out" 2>"$work/err"
[ "$(wc -c <"$log")" -lt 10000 ] && [ "$(wc -c <"$log.1")" -ge 1100000 ]
tap_ok $? "at 1 MiB the log becomes FILE.1"
timeout 20 "$POLICYTOP" engine sim: --rig ../x >"$work/out" 2>"$work/err"
tap_same "$?" 64 "a name that is none: 64"
mkdir -m 755 "$work/open" "$work/open/policytop"
! XDG_RUNTIME_DIR=$work/open timeout 20 "$POLICYTOP" engine sim: --rig bg >"$work/out" \
	2>"$work/err" && grep -q 'mode 0700' "$work/err"
tap_ok $? "a runtime folder that others may enter is refused"
tap_done
