#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Chunks from a source to SQL: which step executed which action, how many, what is unknown; exact,
# the same from a capture, and numbered on by an engine that takes over.
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

record()
{
	timeout 60 "$POLICYTOP" record "$@" --json >"$work/out" 2>"$work/err"
	run=$(tail -n 1 "$work/out" | sed 's/{"run":\([0-9]*\).*/\1/')
	made=$(tail -n 1 "$work/out" | sed 's/.*"chunks":\([0-9]*\).*/\1/')
}

# stream HORIZON EXECUTE DELAY NUMBERED BLEND: 10 replies; EXECUTE actions are taken from each,
# DELAY of them after the next reply was asked for; BLEND: the first ones of a reply are mixed.
stream()
{
	awk -v h="$1" -v n="$2" -v delay="$3" -v numbered="$4" -v blend="$5" '
		function value(k, i) { return sin(k * 7.7 + i * 0.13) * 30 }
		function take(k, i, mixed) {
			printf "{\"type\":\"step\",\"seq\":%d,\"t\":%.2f,\"asked\":[%.17g,%.17g]}\n", seq, seq / 30,
				value(k, i) + mixed, -value(k, i)
			seq++
		}
		BEGIN {
			print "{\"type\":\"hello\",\"protocol\":1,\"robot\":\"t\",\"joints\":[\"a\",\"b\"],\"fps\":30}"
			print "{\"type\":\"episode\",\"event\":\"start\"}"
			for (k = 0; k < 10; k++) {
				first = k ? delay : 0
				from = seq
				for (i = 0; i < first; i++)
					take(k - 1, used + i, 0)
				printf "{\"type\":\"chunk\",\"latency_s\":0.05,\"prompt\":\"pick %d\"", k
				if (numbered)
					printf ",\"seq\":%d", from
				printf ",\"actions\":["
				for (i = 0; i < h; i++)
					printf "%s[%.17g,%.17g]", i ? "," : "", value(k, i), -value(k, i)
				print "]}"
				for (i = first; i < n; i++)
					take(k, i, i - first < blend ? 0.5 : 0)
				used = n
			}
			print "{\"type\":\"episode\",\"event\":\"end\"}"
		}'
}

# What a run's steps are from: "CHUNKS made, STEPS placed, WRONG values, counts of executed".
told()
{
	sql "SELECT (SELECT chunks FROM runs WHERE run = $run) || ' made, ' ||
		(SELECT count(*) FROM steps WHERE run = $run AND chunk IS NOT NULL) || ' placed, ' ||
		(SELECT count(*) FROM joint_values v JOIN chunk_actions a ON a.run = v.run
			AND a.chunk = v.chunk AND a.position = v.position AND a.joint = v.joint
			WHERE v.run = $run AND v.asked IS NOT a.value) || ' wrong, ' ||
		(SELECT group_concat(coalesce(executed, '-'), ' ') FROM
			(SELECT executed FROM chunks WHERE run = $run ORDER BY chunk))"
}

stream 30 20 0 0 0 >"$work/lines" && record stdin: <"$work/lines"
tap_same "$made: $(told)" "10: 10 made, 200 placed, 0 wrong, 20 20 20 20 20 20 20 20 20 20" \
	"20 of 30 actions, one reply after the other"
tap_same "$(sql "SELECT count(*), sum(executed_seq = chunk * 20 + position), sum(seq IS NULL)
	FROM chunk_actions WHERE run = $run AND joint = 'b' AND executed_seq IS NOT NULL")" \
	"200|200|200" "each with the step that executed it"
tap_same "$(sql "SELECT count(*), sum(executed_seq IS NULL) FROM chunk_actions
	WHERE run = $run AND position >= 20")" "200|200" "the rest was planned only"
tap_same "$(sql "SELECT count(*), sum(request_ns = reply_ns - 50000000), min(prompt), min(horizon),
	min(dims), sum(episode) FROM chunks WHERE run = $run")" "10|10|pick 0|30|2|0" \
	"and each reply with its times and prompt"

stream 30 20 0 1 0 >"$work/lines" && record stdin: <"$work/lines"
tap_same "$(told)" "10 made, 200 placed, 0 wrong, 20 20 20 20 20 20 20 20 20 20" "the same by number"
tap_same "$(sql "SELECT count(*), sum(executed_seq = seq) FROM chunk_actions
	WHERE run = $run AND executed_seq IS NOT NULL")" "400|400" "executed by the step it was meant for"

stream 30 20 4 0 0 >"$work/lines" && record stdin: <"$work/lines"
tap_same "$(told)" "10 made, 200 placed, 0 wrong, 24 20 20 20 20 20 20 20 20 16" \
	"replies that come late: the first four are skipped, the old ones go on until then"
stream 30 20 4 1 0 >"$work/lines" && record stdin: <"$work/lines"
tap_same "$(told)" "10 made, 200 placed, 0 wrong, 24 20 20 20 20 20 20 20 20 16" "the same by number"
tap_same "$(sql "SELECT min(position), max(position) FROM steps WHERE run = $run AND chunk = 4")" \
	"4|23" "and where they begin and end"

stream 30 20 0 0 3 >"$work/lines" && record stdin: <"$work/lines"
tap_same "$(told)" "10 made, 170 placed, 0 wrong, - - - - - - - - - -" \
	"mixed actions are from nowhere, and how many were executed is unknown"
stream 16 16 0 0 0 >"$work/lines" && record stdin: <"$work/lines"
tap_same "$(told)" "10 made, 160 placed, 0 wrong, 16 16 16 16 16 16 16 16 16 16" "all of a reply"

# The simulation, live and from its capture.
record "sim:?seconds=25&speed=max&seed=3" --capture "$work/cap"
live=$run
tap_same "$(told | sed 's/.* 0 wrong, //' | tr ' ' '\n' | sort | uniq -c | sort -n | tail -n 1 |
	awk '{ print $2 }')" 20 "the simulation executes 20"
tap_same "$(sql "SELECT count(*) FROM steps WHERE run = $live AND (chunk IS NULL OR position IS NULL)
	AND driver = 'policy'") $(told | sed 's/.* placed, \([0-9]* wrong\).*/\1/')" "0 0 wrong" \
	"every action of it has its place, to the bit"
record "raw:$work/cap?speed=max"
for view in "chunk, seq, horizon, dims, prompt, executed, episode, latency_s, reply_ns - request_ns
	FROM chunks" "* FROM (SELECT chunk, position, joint, value, executed_seq FROM chunk_actions" \
	"seq, episode, chunk, position FROM steps"; do
	close=$(case $view in *"(SELECT"*) echo ")" ;; esac)
	sql "SELECT $view WHERE run = $live ORDER BY 1, 2, 3$close" >"$work/1"
	sql "SELECT $view WHERE run = $run ORDER BY 1, 2, 3$close" >"$work/2"
	[ -s "$work/1" ] && cmp -s "$work/1" "$work/2"
	tap_ok $? "its capture, replayed, gives the same ${view##*FROM } ($(wc -l <"$work/1") rows)"
done
tap_same "$(sql "SELECT count(*) FROM chunk a JOIN chunk_plan p ON p.chunk = a.chunk
	JOIN chunk b ON b.run = $run AND b.number = a.number JOIN chunk_plan q ON q.chunk = b.chunk
	WHERE a.run = $live AND p.actions = q.actions")" "$(sql "SELECT chunks FROM runs
	WHERE run = $live")" "with actions that are the same to the last digit"

# An engine that is killed, and the one after it.
stream 30 20 0 0 0 >"$work/lines"
head -n 80 "$work/lines" >"$work/first"
tail -n +81 "$work/lines" >"$work/second"
mkfifo "$work/fifo"
"$POLICYTOP" engine stdin: --rig r --json <"$work/fifo" >"$work/out" 2>"$work/err" &
pid=$!
exec 3>"$work/fifo"
cat "$work/first" >&3
tries=0
until [ "$(sql "SELECT steps FROM runs ORDER BY run DESC LIMIT 1")" = 74 ] || [ $tries -gt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
kill -KILL $pid
wait $pid 2>/dev/null
exec 3>&-
{ head -n 1 "$work/lines"; cat "$work/second"; } >"$work/rest"
timeout 20 "$POLICYTOP" engine stdin: --rig r --resume --json <"$work/rest" >"$work/out" 2>"$work/err"
run=$(sql "SELECT max(run) FROM runs")
tap_same "$(tail -n 1 "$work/out" | sed 's/.*"chunks":\([0-9]*\).*/\1/') $(sql "SELECT count(*),
	max(chunk), group_concat(DISTINCT segments) FROM chunks JOIN runs USING (run) WHERE run = $run")" \
	"10 10|9|2" "an engine that takes over numbers the replies on"
tap_same "$(sql "SELECT group_concat(coalesce(executed, '-'), ' ') FROM
	(SELECT executed FROM chunks WHERE run = $run ORDER BY chunk)")" \
	"20 20 20 - 20 20 20 20 20 20" "what was under way when it died is unknown"
tap_done
