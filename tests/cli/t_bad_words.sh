#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Words, numbers and lines that make no sense: 64 and a sentence, or counted and told. Names with
# escape sequences reach no terminal, whichever way they come and whichever command shows them.
set -u
. "$TOP_SRCDIR/tests/cli/hostile.sh"

# One call a line; every one is a usage error that says what is wrong with one line.
complaints=$(while read -r words; do
	# shellcheck disable=SC2086 # words of a command line
	run $words
	[ -z "$wrong" ] && [ $status -eq 64 ] && [ ! -s "$work/out" ] &&
		[ "$(grep -c '^policytop: ' "$work/err")" = "$(wc -l <"$work/err")" ] &&
		[ -s "$work/err" ] || echo "$words: $status $wrong $(cat "$work/err")"
done <<END
record
record sim
record nope:
record sim:?nope=1
record sim:?seed=-1
record sim:?seed=99999999999999999999999
record sim:?fault=nope
record sim:%00
record sim:?a=%
record sim: --seconds -1
record sim: --seconds nan
record sim: --seconds 1e999
record sim: --steps 1.5
record sim: --steps 99999999999999999999
record sim: --rig ../../x
record sim: --rig /
record sim: --no-such-option
record dataset:
record dataset:$sets/v21?speed=0
record dataset:$sets/v21?speed=-3
record dataset:$sets/v21?speed=nan
record dataset:$sets/v21?episode=-1
record dataset:$sets/v21?episode=1e9
record dataset:$sets/v21?episode=1--2
record tcp:
record tcp:x
record tcp:127.0.0.1:-1
record tcp:127.0.0.1:99999
record unix:
record raw:
learn
learn $sets/v21?episodes=0,,1
learn $sets/v21 --name a/b
demo --headless --seconds -1
demo --headless --seconds 1e300
demo --headless --seed x
demo --headless --fault x
demo --headless --fault jump@-1
demo --headless --fault jump@5:nan
demo --headless --fault jump@1e300
demo --headless --fault jump:
query
query nope
query --limit x gaps
show x
show 99999999999999999999
runs x
status x
stop ../../x
list nope
engine
engine nope:
watch sim: --once --size 99999x99999
watch sim: --once --after nan
profile
profile nope
END
)
tap_empty "$complaints" "words and numbers out of range: 64, one sentence, nothing done"
run record 'sim:?sead=1'
grep -q "parameter 'sead=', known are .*seed=.*prefix=" "$work/err"
tap_ok $? "of an unknown parameter, those that are known"
run --db '' runs
refused 64 'the database needs a file name' "an empty name of a database"
sound "$db"
tap_ok $? "and the database is sound"
long=$(awk 'BEGIN { for (i = 0; i < 240; i++) printf "a" }')
run record "dataset:/$long/$long"
refused 66 'no such folder$' "a long name leaves room for what is wrong"

hello='{"type":"hello","protocol":1,"joints":["a","b"],"fps":50}'
step='{"type":"step","asked":[1,2],"seen":[1,2]}'

# lines LINE...: record of these lines.
lines()
{
	printf '%s\n' "$@" >"$work/in"
	run record stdin:
	: >"$work/in"
}

for fps in -30 1e308 1e-320 1e999 NaN '"30"'; do
	lines "{\"type\":\"hello\",\"protocol\":1,\"joints\":[\"a\",\"b\"],\"fps\":$fps}" "$step"
	says 0 '1 bad lines; the first: stdin: line 1: ' "hello with fps $fps: told, with its line"
done
for bad in 'no JSON' '[[[[' '{"type":"step","asked":[1]}' '{"type":"step","asked":[1,2,3]}' \
	'{"type":"step","asked":"x"}' '{"type":"step","asked":[1,2],"seq":1e300}' \
	'{"type":"step","asked":[1,2],"t":1e300}' '{"type":"step","asked":[1,2],"t":-9e9}' \
	'{"type":"chunk","actions":5}' '{"type":"nope"}'; do
	lines "$hello" "$step" "$bad" "$step"
	says 0 '1 bad lines; the first: stdin: line 3: ' "line: $bad"
done
lines "$hello" "$step" '{"type":"chunk","seq":0,"execute":99999999999,"actions":[[1],[1,2,3]]}' \
	'{"type":"step","seq":-9223372036854775808,"t":-4e9,"asked":[1,2]}' \
	'{"type":"step","seq":9223372036854775807,"t":4e9,"asked":[1,2]}' \
	'{"type":"step","seq":9223372036854775807,"t":4e9,"asked":[1,2]}'
tap_same "$wrong" "" "numbers at the ends of their range"

# 100 MB on one line: told, and never held. (A sanitizer needs address space without limit.)
{
	echo "$hello"
	head -c 100000000 /dev/zero | tr '\0' x
	printf '\n%s\n' "$step"
} >"$work/in"
# A sanitizer needs address space without limit.
memory=400000
if nm "$POLICYTOP" 2>/dev/null | grep -q __asan_init; then memory=unlimited; fi
# shellcheck disable=SC3045 # where a shell has it, it is meant
status=$(
	ulimit -v $memory
	run record stdin: --json
	echo "$status$wrong"
)
tap_same "$status $(grep -o '"steps":[0-9]*' "$work/out")" '0 "steps":1' "a line of 100 MB is skipped"
grep -q '"bad_lines":1,"bad_line":"stdin: line 2: longer than' "$work/out"
tap_ok $? "and told"
head -c 300000 /dev/urandom >"$work/in"
run record stdin:
says 3 'bad lines; the first: stdin: line ' "noise: no step, and why"

# Names of every kind with ESC, C1 and a bidi override.
e='\u001b[31m\u009b5m\u202e'
printf '%s\n' "{\"type\":\"hello\",\"protocol\":1,\"robot\":\"r$e\",\"policy\":\"p$e\",\"task\":\"t$e\",\
\"joints\":[\"j$e\",\"k\u001b]0;x\u0007\"],\"units\":\"u$e\",\"fps\":50}" \
	"{\"type\":\"episode\",\"event\":\"start\",\"task\":\"t$e\"}" \
	"{\"type\":\"event\",\"text\":\"v$e\"}" "{\"type\":\"v$e\"}" >"$work/names"
awk 'BEGIN { for (i = 0; i < 200; i++)
	printf "{\"type\":\"step\",\"seq\":%d,\"t\":%.2f,\"asked\":[%s,2],\"seen\":[0,0]}\n", i, i / 50,
		i == 100 ? "NaN" : i % 3 }' >>"$work/names"
printf '%s\n' "{\"type\":\"episode\",\"event\":\"end\",\"outcome\":\"o$e\"}" >>"$work/names"
# shown TEXT WORD...: the command shows them escaped.
shown()
{
	text=$1
	shift
	run "$@"
	tap_same "$wrong" "" "escapes in names: $text"
}
rm -f "$db"
cp "$work/names" "$work/in"
shown "record" record stdin:
shown "record --json" record stdin: --json
# A screen needs a source that goes on: a pipe that stays open.
rm "$work/in" && mkfifo "$work/in"
exec 3<>"$work/in"
cat "$work/names" >&3
shown "watch --text" watch stdin: --once --text
says 2 'x1b' "and they are seen, as text"
cat "$work/names" >&3
shown "watch --json" watch stdin: --once --json
cat "$work/names" >&3
shown "watch --svg" watch stdin: --once --svg
exec 3>&-
rm "$work/in"
: >"$work/in"
shown "runs" runs
says 0 'r.x1b\[31m' "and they are seen, as text"
shown "runs --json" runs --json
shown "show" show
shown "show --json" show --json
shown "a query" query 'SELECT * FROM verdicts'
shown "query --json" query --json 'SELECT char(27), char(155), char(8238)'
says 0 '"\\u001b".*"\\u009b".*"\\u202e"' "of any text"
copy v21
sed "s/arm.pos/a$e/; s/so101_follower/r$e/" "$sets/v21/meta/info.json" >"$set/meta/info.json"
sed "s/Pick./p$e/" "$sets/v21/meta/tasks.jsonl" >"$set/meta/tasks.jsonl"
esc=$(printf 'x\033[2J\302\233\342\200\256')
mv "$set" "$work/$esc"
shown "learn" learn "$work/$esc"
tap_same "$status" 0 "and it is learned"
shown "learn --json" learn --json "$work/$esc" --name "$esc"
shown "profile list" profile list
shown "profile show" profile show "$esc"
shown "profile show, no such" profile show "$esc$esc"
for word in "record $esc" "record raw:$work/$esc.cap" "record dataset:$work/$esc/y" "learn $work/$esc/y" \
	"list $esc" "$esc" "record sim:?$esc=1" "record sim: --$esc" "query $esc" "show $esc" "stop $esc" \
	"profile import $work/$esc.json" "demo --headless --fault $esc" "watch --once --rig $esc"; do
	# shellcheck disable=SC2086
	shown "an error of ${word%% *}" $word
done
tap_done
