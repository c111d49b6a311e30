#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# record, engine, status and stop from outside: what they print, how they end, what is stored.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
db=$work/policytop/runs.db

sql()
{
	sqlite3 -readonly "$db" "$1"
}

# wait_for TEXT COMMAND...: until the command prints TEXT, a minute at most.
wait_for()
{
	text=$1
	shift
	tries=0
	until "$@" 2>/dev/null | grep -q -- "$text"; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}

# A stream of $1 steps from number $2 on, 50 a second on its own axis.
stream()
{
	echo '{"type":"hello","protocol":1,"robot":"t","joints":["a.pos","b.pos"],"fps":50}'
	awk -v n="$1" -v from="${2:-0}" 'BEGIN { for (i = from; i < from + n; i++)
		printf "{\"type\":\"step\",\"seq\":%d,\"t\":%.2f,\"seen\":[%d,0.5],\"asked\":[%d,-0.0]}\n",
			i, i / 50, i % 7, i % 7 }'
}

stream 1000 | timeout 20 "$POLICYTOP" record stdin: --json >"$work/out" 2>"$work/err"
status=$?
[ $status -le 2 ]
tap_ok $? "record stdin: ends with its source (status $status)"
tap_same "$(sed -n 1p "$work/out" | cut -c1-13)" '{"ready":true' "its first line says that it is ready"
tap_same "$(tail -n 1 "$work/out" | sed 's/,"episodes.*//')" '{"run":1,"steps":1000,"dropped":0' \
	"its last line is the result"
tap_same "$(wc -l <"$work/out") $(wc -c <"$work/err")" "2 0" "and there is nothing else"
tap_same "$(sed -n '$s/.*"worst":"\([a-z]*\)".*/\1/p' "$work/out")" ok "checks that found nothing are ok"
tap_same "$(sql 'SELECT count(*), min(seq), max(seq) FROM steps')" "1000|0|999" "every step is stored"
tap_same "$(sql 'SELECT count(*) FROM joint_values')" 2000 "and every joint of it"
tap_same "$(sql 'SELECT steps, dropped, robot, fps FROM runs')" "1000|0|t|50.0" "the run says so"
tap_same "$(sql 'SELECT count(*), sum(end_ns IS NULL) FROM episodes')" "1|0" \
	"one episode, which ended"
tap_same "$(sql 'PRAGMA integrity_check')" ok "the database is sound"

stream 100 | timeout 20 "$POLICYTOP" record stdin: --steps 40 >"$work/out" 2>"$work/err"
tap_same "$(grep -c '40 steps' "$work/out")" 1 "--steps ends a run, and a person can read it"

timeout 20 "$POLICYTOP" record stdin: --json </dev/null >"$work/out" 2>"$work/err"
tap_same "$? $(tail -n 1 "$work/out" | cut -d, -f2)" '3 "steps":0' "no step at all: status 3"
tap_same "$(sed -n '$s/.*"worst":"\([a-z]*\)".*/\1/p' "$work/out")" unknown "and nothing was judged"

"$POLICYTOP" learn "$TOP_SRCDIR/tests/training/sets/v21" --name other >"$work/out" 2>"$work/err"
printf '%s\n' '{"type":"hello","protocol":1,"joints":["x","y","z"]}' \
	'{"type":"step","seq":0,"t":0,"seen":[1,2,3]}' |
	timeout 20 "$POLICYTOP" record stdin: --profile other >"$work/out" 2>"$work/err"
tap_same "$(grep -c '3 of 3 joints have no match in the profile' "$work/err")" 1 \
	"the profile of another robot: its joints are counted"
stream 100 | timeout 20 "$POLICYTOP" record stdin: >"$work/out" 2>"$work/err"
tap_same "$(grep -c 'no --profile' "$work/err") $(wc -l <"$work/err")" "1 1" "no profile: it is said"

# What a program says before its robot is there is recorded behind the run's first record; and when
# none ever comes, but trouble did, that is a run.
printf '%s\n' 'Recording episode 0' 'Traceback (most recent call last):' '  File "a", line 3, in b' \
	'KeyError: x' >"$work/log"
timeout 20 "$POLICYTOP" record "log:$work/log?follow=0" >"$work/out" 2>"$work/err"
status=$?
tap_same "$status $(sql 'SELECT text FROM notes ORDER BY run DESC LIMIT 1') $(sql 'SELECT boundary
	FROM episodes ORDER BY run DESC LIMIT 1')" "3 KeyError: x (a:3) log: Recording episode 0" \
	"a program that ends without a robot is a run, of notes"
before=$(sql 'SELECT max(run) FROM runs')
echo 'Recording episode 0' >"$work/log"
timeout 20 "$POLICYTOP" record "log:$work/log?follow=0" >"$work/out" 2>"$work/err"
tap_same "$? $(sql 'SELECT max(run) FROM runs')" "3 $before" "without any trouble it is none"

timeout 20 "$POLICYTOP" record "raw:$work/none" >"$work/out" 2>"$work/err"
status=$?
tap_same "$status $(wc -l <"$work/err") $(wc -c <"$work/out")" "66 1 0" "a source that is not there: 66"
timeout 20 "$POLICYTOP" record sim: --profile none >"$work/out" 2>"$work/err"
status=$?
tap_same "$status $(wc -l <"$work/err")" "66 1" "a profile that is not there: 66"
timeout 20 "$POLICYTOP" record >"$work/out" 2>"$work/err"
tap_same "$? $(wc -l <"$work/err")" "64 1" "no source: 64"

# A long one, told to end.
"$POLICYTOP" record sim: --rig bench --json --capture "$work/cap" >"$work/out" 2>"$work/err" &
pid=$!
wait_for '"rig":"bench","run":[1-9]' "$POLICYTOP" status --json
tap_ok $? "status --json names the rig and its run"
timeout 20 "$POLICYTOP" record sim: --rig bench >"$work/out2" 2>"$work/err2"
status=$?
engine=$("$POLICYTOP" status --json | sed 's/.*"pid":\([0-9]*\).*/\1/')
tap_same "$status $(grep -c "pid $engine)" "$work/err2")" "69 1" \
	"a second engine of the rig is refused, naming the first"
began=$(date +%s%N)
kill -TERM $pid
wait $pid
status=$?
took=$((($(date +%s%N) - began) / 1000000))
[ $took -lt 2000 ]
tap_ok $? "SIGTERM: ends within 2 s ($took ms, status $status)"
tap_same "$(tail -n 1 "$work/out" | cut -c1-6)" '{"run"' "with its result as the last line"
tap_same "$("$POLICYTOP" status --json)" '{"schema":1,"engines":[],"taps":[]}' "and nothing runs then"
run=$(tail -n 1 "$work/out" | sed 's/{"run":\([0-9]*\).*/\1/')
steps=$(tail -n 1 "$work/out" | sed 's/.*"steps":\([0-9]*\).*/\1/')
tap_same "$(sql "SELECT count(*) FROM steps WHERE run = $run")" "$steps" "all of it is stored"

# The capture of it gives the same again.
timeout 20 "$POLICYTOP" record "raw:$work/cap?speed=max" --json >"$work/out" 2>"$work/err"
again=$(tail -n 1 "$work/out" | sed 's/{"run":\([0-9]*\).*/\1/')
values="SELECT episode, seq, joint, seen, asked, sent, got FROM joint_values WHERE run ="
verdicts="SELECT episode, seq, code, level, subject, value, threshold, unit, message FROM verdicts
	WHERE run ="
sql "$values $run" >"$work/values1"
sql "$values $again" >"$work/values2"
cmp -s "$work/values1" "$work/values2"
tap_ok $? "its capture, replayed, gives the same values ($(wc -l <"$work/values1"))"
tap_same "$(sql "$verdicts $again")" "$(sql "$verdicts $run")" "and the same verdicts"

"$POLICYTOP" engine sim: --rig bench --json >"$work/out" 2>"$work/err" &
pid=$!
wait_for '"rig":"bench"' "$POLICYTOP" status --json
timeout 20 "$POLICYTOP" stop >"$work/out2" 2>"$work/err2"
tap_same "$?" 0 "stop ends the only engine"
wait $pid
[ $? -le 2 ]
tap_ok $? "in order"
timeout 20 "$POLICYTOP" stop bench >"$work/out2" 2>"$work/err2"
tap_same "$?" 69 "stop without an engine: 69"
tap_done
