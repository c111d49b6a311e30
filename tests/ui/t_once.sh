#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# watch --once: one screen of a real engine as text, SVG and JSON, and its exit status.
n=0
ok() { # STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
XDG_RUNTIME_DIR=$dir XDG_DATA_HOME=$dir XDG_STATE_HOME=$dir
export XDG_RUNTIME_DIR XDG_DATA_HOME XDG_STATE_HOME
unset NO_COLOR

"$POLICYTOP" watch sim: --rig once --once --size 80x24 >"$dir/text" 2>"$dir/err"
ok $? "a healthy simulation: 0 $(cat "$dir/err")"
grep -q shoulder_lift "$dir/text" && ! grep -q "$(printf '\033')" "$dir/text"
ok $? "its joints, as plain text"
test "$(wc -l <"$dir/text")" -eq 24
ok $? "24 lines"
! grep -q 'step 0 ' "$dir/text" && grep -q '/30Hz' "$dir/text"
ok $? "after real data came, with a rate"
"$POLICYTOP" status --json 2>/dev/null | grep -q '"rig":"once"'
test $? -ne 0
ok $? "the engine that it started is gone again"

"$POLICYTOP" watch sim: --once --ascii --size 132x43 >"$dir/ascii"
LC_ALL=C grep -q '[^ -~]' "$dir/ascii"
test $? -ne 0
ok $? "--ascii: nothing but ASCII"
"$POLICYTOP" watch sim: --once --svg >"$dir/svg" && grep -q '^</svg>$' "$dir/svg"
ok $? "--svg"
"$POLICYTOP" watch sim: --once --page chunk >"$dir/chunk"
grep -q '^ CHUNK [0-9]' "$dir/chunk" && grep -q '^ seam ' "$dir/chunk"
ok $? "--page chunk"
"$POLICYTOP" watch sim: --once --json >"$dir/json" && grep -q '^{"schema":1,.*"joints":\[{"joint":"shoulder_pan.pos"' "$dir/json"
ok $? "--json"
grep -q '"chunk":{"chunk":[0-9]*,"horizon":30,.*"latency":{"n":.*"traffic":null,"cadence":{"n":' "$dir/json" &&
	grep -q '"cameras":\[\]' "$dir/json" && grep -q '"seam":' "$dir/json"
ok $? "with chunk, latency, cadence, and no traffic that nobody sees"
grep -q 'infer [0-9]* ms' "$dir/text" && grep -q 'chunk 30 runs 20, queue' "$dir/text"
ok $? "the text has the chunk and what it costs"
grep -Eq 'nan|inf[,}]' "$dir/json"
test $? -ne 0
ok $? "with null for unknown"
"$POLICYTOP" watch sim: --once --color always >"$dir/ansi"
grep -q "$(printf '\033')\\[0" "$dir/ansi"
ok $? "--color always"

printf '{"type":"hello","protocol":1,"joints":["a"]}\n' >"$dir/none"
"$POLICYTOP" watch stdin: --once <"$dir/none" >/dev/null 2>&1
test $? -eq 3
ok $? "no step: 3"
"$POLICYTOP" watch --rig nobody --once >/dev/null 2>"$dir/err"
test $? -eq 66 && grep -q "no engine runs for 'nobody'" "$dir/err"
ok $? "no engine: 66 and a sentence"
"$POLICYTOP" watch sim: </dev/null >/dev/null 2>"$dir/err"
test $? -eq 69 && grep -q -- '--once' "$dir/err"
ok $? "no terminal: 69, and --once is suggested"
for bad in "--size 80" "--size 0x0" "--color blue" "--after soon" "--page moon"; do
	# shellcheck disable=SC2086
	"$POLICYTOP" watch sim: --once $bad >/dev/null 2>&1
	test $? -eq 64
	ok $? "$bad: 64"
done
"$POLICYTOP" watch no/such >/dev/null 2>&1
test $? -eq 64
ok $? "neither a source nor a rig: 64"
"$POLICYTOP" | grep -q '^usage'
ok $? "bare policytop without an engine: help"
echo "1..$n"
