#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bug-report --capture: what is cut off a capture still replays, to the same verdicts; what should not
# be read is not in it. Captures are written and read by bug_capture.py.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
py=$TOP_SRCDIR/tests/cli/bug_capture.py
cd "$work" || exit 1

# report FILE OPTION...: of that capture; what is in it is x/capture.raw.
report()
{
	rm -rf x report.tgz
	capture=$1
	shift
	timeout -k 5 60 "$POLICYTOP" --db "$work/runs.db" bug-report --out report.tgz --capture "$capture" "$@" \
		>out 2>err </dev/null
	status=$?
	grep -e Sanitizer -e 'runtime error' err | sed 's/^/# /'
	[ $status -ne 0 ] || { mkdir x && tar -C x --strip-components=1 -xzf report.tgz; }
}

json()
{
	python3 -c 'import json, sys; o = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}

# said EXPRESSION: of what bug_capture.py saw in x/capture.raw.
said()
{
	json seen "$1"
}

# look ORIGINAL: at x/capture.raw, beside the original.
look()
{
	python3 "$py" look x/capture.raw "$@" >seen
}

# A short one goes as it is.
timeout 120 "$POLICYTOP" demo --headless --seconds 4 >/dev/null 2>&1
"$POLICYTOP" --db policytop/demo.db profile export demo demo.json
"$POLICYTOP" --db runs.db profile import demo.json 2>/dev/null
python3 "$py" stream 1000 | timeout 60 "$POLICYTOP" --db runs.db record stdin: --profile demo \
	--capture short.raw >/dev/null 2>&1
report short.raw
tap_same "$status $(cmp short.raw x/capture.raw && echo same)" "0 same" "a short one goes as it is"

# A long one: the alarms of every episode that is whole in it are those of the whole capture.
python3 "$py" stream 16000 | timeout 100 "$POLICYTOP" --db runs.db record stdin: --profile demo \
	--capture long.raw >/dev/null 2>&1
report long.raw
tap_same "$status $(($(wc -c <x/capture.raw) <= 16777216)) $(grep -c 'beginning and its end' out)" "0 1 1" \
	"of a long one at most 16 MB"
for name in whole cut; do
	"$POLICYTOP" --db $name.db profile import demo.json 2>/dev/null
done
timeout 100 "$POLICYTOP" --db whole.db record raw:long.raw --profile demo --json 2>/dev/null | tail -n 1 >whole.json
timeout 100 "$POLICYTOP" --db cut.db record raw:x/capture.raw --profile demo --json 2>/dev/null | tail -n 1 >cut.json
tap_same "$(json cut.json 'o["bad_lines"]') $(json cut.json '8000 < o["steps"] < 16000')" \
	"0 True" "it replays, without one bad line"
from=$(sqlite3 cut.db "SELECT min(seq) FROM steps WHERE seq > (SELECT seq FROM steps s WHERE NOT EXISTS
	(SELECT 1 FROM steps n WHERE n.seq = s.seq + 1) ORDER BY seq LIMIT 1)")
from=$(((from / 500 + 1) * 500))
for name in whole cut; do
	sqlite3 $name.db "SELECT seq, code, level, subject, value, threshold FROM verdicts
		WHERE seq >= $from ORDER BY 1, 2, 4" >$name.verdicts
done
tap_empty "$(diff whole.verdicts cut.verdicts)" "to the same verdicts"
[ "$(wc -l <cut.verdicts)" -gt 20 ]
tap_ok $? "of which there are many ($(wc -l <cut.verdicts))"

# Sources of all kinds, lines cut anywhere, a secret in each line, also across records.
python3 "$py" make mixed.raw 24
report mixed.raw
look mixed.raw
python3 "$py" look mixed.raw >theirs
tap_same "$(said '[o["words"], o["bad_lines"], o["skips"], o["anew"], o["lost"], o["bus_tail"]]')" \
	"[3, 0, 1, [1, 2], 0, True]" "whole lines with one gap; a bus and a server begin anew behind it"
tap_same "$(said 'o["last"]')" "$(json theirs 'o["last"]')" "up to the last line"
tap_empty "$(grep -aoE '(line|cap)Secret[0-9]*x42' x/capture.raw | head -n 1)" "no token is in it"
[ "$(grep -ac 'Fold the towel twice' x/capture.raw)" -gt 1000 ] && grep -aq PICTURE x/capture.raw
tap_ok $? "prompts and pictures are, where nobody asked"
report mixed.raw --redact
look mixed.raw
tap_same "$(said '[o["bad_lines"], o["skips"], o["anew"], o["lost"] > 100, o["largest"] <= 1024, o["bus_tail"]]')" \
	"[0, 1, [1, 2], True, True, True]" "--redact: large payloads are dropped, the rest is as it was"
tap_empty "$(grep -aoE 'towel|PICTURE|PROMPT|[a-z]Secret[0-9]*x' x/capture.raw | sort -u)" \
	"no prompt, no picture, no token"
[ "$(grep -ac '<task-[0-9]>' x/capture.raw)" -gt 1000 ]
tap_ok $? "but placeholders"
tap_same "$(awk '$1 == "payloads" { print ($2 > 100) }' out)" 1 "and it says how many"

# What real clients sent to servers and hooks: other words and black pictures, the same numbers.
facts()
{
	rm -f facts.db*
	timeout -k 5 60 "$POLICYTOP" --db facts.db record "raw:$1?speed=max" --json 2>/dev/null | tail -n 1 |
		sed 's/"worst".*"bad_lines"/"bad_lines"/'
	sqlite3 facts.db "SELECT count(*), total(seen), total(asked), total(got) FROM joint_values;
		SELECT count(*), total(value) FROM chunk_actions;
		SELECT seq, request_ns - (SELECT min(request_ns) FROM chunks), horizon, executed FROM chunks"
}
for cap in "$TOP_SRCDIR"/tests/workflows/cap/*.cap; do
	name=${cap##*/}
	report "$cap"
	tap_same "$status $(cmp "$cap" x/capture.raw)" "0 " "$name: as it is"
	facts "$cap" >whole.facts
	prompts=$(sqlite3 facts.db "SELECT count(DISTINCT prompt) FROM chunks WHERE prompt != ''")
	sqlite3 facts.db "SELECT DISTINCT prompt FROM chunks WHERE prompt != ''" >prompts
	report "$cap" --redact
	facts x/capture.raw >cut.facts
	tap_empty "$(diff whole.facts cut.facts)" "$name --redact: the same steps and chunks"
	tap_same "$(sqlite3 facts.db "SELECT count(DISTINCT prompt), sum(prompt NOT LIKE '<task-%') FROM chunks
		WHERE prompt != '' GROUP BY ''")" "$([ "$prompts" = 0 ] || echo "$prompts|0")" \
		"$name --redact: and no prompt ($prompts)"
	tap_empty "$(while read -r prompt; do grep -aoF -- "$prompt" x/capture.raw; done <prompts | head -n 1)" \
		"$name --redact: nor in its bytes"
	case $name in
	openpi* | groot*) tap_same "$(sqlite3 facts.db "SELECT count(*) > 0, max(mean_r + mean_g + mean_b) FROM frame
		WHERE mean_r IS NOT NULL")" "1|0.0" "$name --redact: nor a picture" ;;
	esac
done

# Pieces and strangers.
head -c 5000000 mixed.raw >piece.raw
report piece.raw
tap_same "$status $(look && said 'o["skips"]')" "0 0" \
	"a capture that was cut off: its whole records"
mkfifo pipe.raw
: >empty.raw
head -c 3000000 /dev/urandom >random.raw
{ head -c 200 mixed.raw && head -c 20000000 /dev/zero; } >zero.raw
for bad in none.raw pipe.raw empty.raw random.raw "$work"; do
	report "$bad"
	tap_same "$status $(ls report.tgz 2>/dev/null) $(grep -c "^policytop: .*${bad##*/}: " err)" "66  1" \
		"${bad##*/}: 66"
done
report zero.raw
tap_same "$status $(look && said 'o["words"]')" "0 3" \
	"without a record at its end: what its beginning has"
tap_done
