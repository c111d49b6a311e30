#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The engine is killed while it records a world in real time, again and again: nothing but the last
# commit interval may be missing, and the gaps say exactly what is. KILLS=N: how often (5; check-long 100).
set -u
. "$TOP_SRCDIR/tests/tap.sh"
kills=${KILLS:-5}
[ -z "${POLICYTOP_QUICK-}" ] || kills=3
[ -z "${POLICYTOP_LONG-}" ] || kills=100
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
db=$work/policytop/runs.db
world=$TOP_BUILDDIR/tests/engine/world

sql()
{
	sqlite3 -readonly "$db" "$1"
}

engine_pid()
{
	"$POLICYTOP" status --json | sed -n 's/.*"run":[1-9][0-9]*,"pid":\([0-9]*\).*/\1/p'
}

# The next engine, another one than $1.
wait_for_engine()
{
	tries=0
	while found=$(engine_pid) && { [ -z "$found" ] || [ "$found" = "$1" ]; }; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
	echo "$found"
}

# Kills the engine $kills times, at least 1.5 s apart; the times (ms of /proc/uptime) in $work/kills.
kill_often()
{
	last=none
	n=0
	: >"$work/kills"
	while [ $n -lt "$kills" ]; do
		last=$(wait_for_engine "$last") || return 1
		sleep "1.$(awk -v s="$$$n" 'BEGIN { srand(s); printf "%03d", 500 + int(rand() * 499) }')"
		awk '{ print int($1 * 1000) }' /proc/uptime >>"$work/kills"
		kill -KILL "$last"
		n=$((n + 1))
	done
	wait_for_engine "$last" >/dev/null
}

"$world" "$work/world" 50 &
world_pid=$!
timeout $((kills * 8 + 30)) "$POLICYTOP" record "unix:$work/world" --rig kill --json \
	>"$work/out" 2>"$work/err" &
pid=$!
kill_often
tap_ok $? "the engine is started again $kills times"
sleep 0.5
kill -TERM $pid
wait $pid
[ $? -le 2 ]
tap_ok $? "record ends in order after that"
kill $world_pid

tap_same "$(sql 'PRAGMA integrity_check')" ok "the database is sound"
tap_same "$(grep -c '"ready"' "$work/out") $(wc -l <"$work/out")" "1 2" \
	"record says once that it is ready, and gives one result"
tap_same "$(sql 'SELECT count(DISTINCT run) FROM steps')" 1 "it is one run"
tap_same "$(tail -n 1 "$work/out" | sed 's/.*"segment":\([0-9]*\).*/\1/')" $((kills + 1)) \
	"of $((kills + 1)) segments"
tap_same "$(sql 'SELECT steps FROM runs')" \
	"$(tail -n 1 "$work/out" | sed 's/.*"steps":\([0-9]*\).*/\1/')" "the result counts all of them"
tap_same "$(sql 'SELECT count(*) - count(DISTINCT seq) FROM steps')" 0 "no step is there twice"
tap_same "$(sql 'SELECT count(*), sum(lost IS NULL) FROM gaps')" "$kills|0" \
	"every restart has its gap, which knows what is missing"
tap_same "$(sql 'SELECT max(seq) - min(seq) + 1 - count(*) FROM steps')" \
	"$(sql 'SELECT sum(lost) FROM gaps')" "together they are exactly the missing steps"
tap_same "$(sql 'SELECT count(*) FROM episodes')$(sed -n '$s/.*"episodes":\([0-9]*\).*/ \1/p' "$work/out")" \
	"1 1" "the episode goes on"

# What was read before the kill and is missing: from the last stored step to the kill.
sql 'SELECT (SELECT max(t_ns) FROM steps WHERE t_ns < g.t_ns) / 1000000 FROM gaps g ORDER BY t_ns' \
	>"$work/stored"
worst=$(paste "$work/kills" "$work/stored" |
	awk '{ d = $1 - $2; if (d > worst) worst = d } END { print worst + 0 }')
[ "$worst" -le 500 ]
tap_ok $? "at most the last commit interval is missing (worst $worst ms of 250 and a late wake-up)"

# stdin: what the dead engine had not read is still in the pipe.
rm -f "$db"
kills=1
"$world" - 50 200 | timeout 30 "$POLICYTOP" record stdin: --rig pipe --json >"$work/out" 2>"$work/err" &
pid=$!
kill_often
wait $pid
[ $? -le 2 ]
tap_ok $? "record stdin: survives a kill and ends with its source"
tap_same "$(sql 'SELECT max(seq) FROM steps')" 199 "to its last step"
tap_same "$(sql 'SELECT max(seq) - min(seq) + 1 - count(*) FROM steps')" \
	"$(sql 'SELECT sum(lost) FROM gaps')" "and its gap says what is missing"
tap_done
