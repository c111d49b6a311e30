#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs that go on after their engine was killed: files that are read again, sources that had begun
# anew, captures; several sources in one run; and an engine that dies too often.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
db=$work/policytop/runs.db
world=$TOP_BUILDDIR/tests/engine/world

sql()
{
	sqlite3 -readonly "$db" "$1" 2>/dev/null
}

# wait_sql SQL: until it gives 1, a minute at most.
wait_sql()
{
	tries=0
	until [ "$(sql "$1")" = 1 ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}

# record WORD...: in the background, as $pid.
record()
{
	rm -f "$db"*
	timeout 180 "$POLICYTOP" record --rig resume --json "$@" >"$work/out" 2>"$work/err" &
	pid=$!
}

# The engine under $pid, another one than $1.
engine_pid()
{
	tries=0
	while :; do
		found=$(ps -A -o pid= -o ppid= | awk -v top="$pid" '
			{ parent[$1] = $2 }
			END { for (p in parent) if (parent[parent[p]] == top) print p }')
		[ -z "$found" ] || [ "$found" = "$1" ] || break
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.01
	done
	echo "$found"
}

# Kills the engine once the run has $1 steps.
kill_at()
{
	wait_sql "SELECT count(*) >= $1 FROM steps" && kill -KILL "$(engine_pid none)"
}

# dataset: the rest is read, nothing twice; its capture tells the same.
record "dataset:$TOP_SRCDIR/tests/training/sets/v21?speed=0.5" --capture "$work/capture"
kill_at 8
tap_ok $? "a replay of a data set is killed"
wait $pid
tap_same "$(sql 'SELECT count(*), min(seq), max(seq), count(DISTINCT seq) FROM steps')" "18|0|17|18" \
	"every step of it is stored once"
tap_same "$(sql 'SELECT count(*), sum(lost) FROM gaps')" "1|0" "nothing is missing"
tap_same "$(sql 'SELECT group_concat(steps) FROM (SELECT steps FROM episodes ORDER BY episode)')" \
	"$(sql 'SELECT group_concat(n) FROM (SELECT count(*) AS n FROM steps GROUP BY episode)')" \
	"its episodes count their steps"
tap_same "$(sql 'SELECT count(*) FROM episodes')" 3 "and are as many as it has"
values="SELECT episode, seq, joint, seen, asked FROM joint_values ORDER BY seq, joint"
sql "$values" >"$work/live"
record "raw:$work/capture?speed=max"
wait $pid
sql "$values" | cmp -s - "$work/live" && [ -s "$work/live" ]
tap_ok $? "the capture of both engines, replayed, gives the same values"

# raw: a capture in which the source had begun anew.
(
	"$world" - 50 60
	"$world" - 50 90
) | timeout 30 "$POLICYTOP" record stdin: --capture "$work/capture" >/dev/null 2>&1
record "raw:$work/capture?speed=0.5"
kill_at 60
tap_ok $? "a replay of a capture is killed"
wait $pid
tap_same "$(sql 'SELECT count(*), min(seq), max(seq) FROM steps')" "150|0|149" \
	"every step is stored once, also those after a new beginning"

# raw: with chunks, which keep their numbers and what became of them.
rm -f "$db"*
timeout 30 "$POLICYTOP" record "sim:?seconds=20&speed=8" --capture "$work/capture" >/dev/null 2>&1
chunks="SELECT chunk, seq, horizon, executed, episode, prompt FROM chunks ORDER BY chunk"
placed="SELECT seq, episode, chunk, position FROM steps ORDER BY seq"
sql "$chunks; $placed" >"$work/live"
record "raw:$work/capture"
kill_at 130
tap_ok $? "a replay with chunks is killed"
wait $pid
sql "$chunks; $placed" | cmp -s - "$work/live" && [ -s "$work/live" ]
tap_ok $? "chunks and steps are as they were ($(sql 'SELECT max(segments) || " segments, " ||
	max(chunks) || " chunks" FROM runs'))"

# unix: the world begins anew, then the engine is killed: that gap is known.
"$world" "$work/a" 50 &
world_pid=$!
record "unix:$work/a"
wait_sql 'SELECT count(*) >= 50 FROM steps'
kill $world_pid
"$world" "$work/a" 50 &
world_pid=$!
wait_sql "SELECT count(*) >= 1 FROM gaps WHERE reason LIKE '%began anew' AND unit = 'steps'"
steps=$(sql 'SELECT count(*) FROM steps')
kill_at $((steps + 30))
wait_sql "SELECT count(*) FROM gaps WHERE reason LIKE 'the engine restarted%'"
tap_ok $? "a source has begun anew, then the engine is killed"
wait_sql "SELECT count(*) >= $((steps + 60)) FROM steps"
kill -TERM $pid
wait $pid
kill $world_pid
tap_same "$(sql "SELECT lost IS NULL FROM gaps WHERE reason LIKE 'the engine restarted%'")" 0 \
	"its gap knows what is missing"
tap_same "$(sql 'SELECT max(seq) - min(seq) + 1 - count(*) FROM steps')" \
	"$(sql 'SELECT sum(lost) FROM gaps')" "and that is what is missing"

# Two sources: the first to act makes the tick, the second is sampled, unknown once it is silent.
"$world" "$work/a" 50 &
a_pid=$!
record "unix:$work/a?prefix=left" "unix:$work/b?prefix=right"
wait_sql "SELECT count(*) >= 1 FROM steps"
"$world" "$work/b" 40 &
b_pid=$!
right="joint = 'right/j3.pos' AND asked NOT NULL AND seen NOT NULL"
wait_sql "SELECT count(*) >= 40 FROM joint_values WHERE $right"
tap_ok $? "two worlds are one run"
kill $b_pid
wait $b_pid 2>/dev/null
last=$(sql 'SELECT max(seq) FROM steps')
wait_sql "SELECT max(seq) >= $((last + 60)) FROM steps"
kill -TERM $pid
wait $pid
kill $a_pid
tap_same "$(sql 'SELECT count(DISTINCT joint), count(DISTINCT source) FROM joint_values
	JOIN step USING (run, seq)')" "28|1" "of all their joints, in the steps of the first"
tap_same "$(sql "SELECT count(*) FROM joint_values WHERE joint LIKE 'left/%' AND asked IS NULL")" 0 \
	"which is always known"
tap_same "$(sql "SELECT (SELECT max(seq) FROM steps) - max(seq) > 20 FROM joint_values
	WHERE $right")" 1 \
	"the second is unknown after its end"
# Its last value may stand for two of its periods, 50 ms; ticks that came late may be many in that.
tap_same "$(sql "SELECT max(t) <= 50000000 FROM (SELECT max(t_ns) - min(t_ns) AS t FROM joint_values
	WHERE $right GROUP BY asked)")" 1 "and never older than two of its periods"

# Three engines that die at once.
"$world" "$work/a" 50 &
a_pid=$!
record "unix:$work/a"
last=none
for _ in 1 2 3; do
	last=$(engine_pid "$last") && kill -KILL "$last"
done
wait $pid
status=$?
kill $a_pid
[ $status -eq 70 ] && grep -q "died three times" "$work/err"
tap_ok $? "three quick deaths end it (status $status)"
tap_done
