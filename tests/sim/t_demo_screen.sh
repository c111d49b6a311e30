#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `policytop demo` on a terminal: it draws, outlives its engine, and leaves nothing behind.
# shellcheck disable=SC2016,SC2034 # until_true evaluates its text again and again
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" TERM=xterm-256color
db=$work/policytop/demo.db
demo=
trap '[ -z "$demo" ] || kill "$demo" 2>/dev/null; rm -rf "$work"' EXIT

# until COMMAND...: waits for it to be true, a minute at most
until_true()
{
	tries=0
	while ! eval "$1"; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.1
	done
}

engine_pid()
{
	"$POLICYTOP" status --json 2>/dev/null | grep -o '"pid":[0-9]*' | head -n 1 | cut -d: -f2
}

steps()
{
	sqlite3 "$db" "select count(*) from steps" 2>/dev/null || echo 0
}

if ! script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	tap_skip "the demo on a terminal" "no script(1)"
	tap_done
	exit
fi

mkfifo "$work/keys"
script -qefc "stty rows 24 cols 80; '$POLICYTOP' demo --fault jump@1 --seed 3; echo \$? >$work/status" \
	"$work/screen" <"$work/keys" >/dev/null 2>&1 &
demo=$!
exec 3>"$work/keys"

until_true 'grep -q shoulder_pan "$work/screen" 2>/dev/null'
tap_ok $? "it draws the joints"
until_true 'grep -q "jump:" "$work/screen"'
tap_ok $? "and the fault's own alarm"
until_true '[ "$(steps)" -gt 0 ]'
tap_ok $? "steps are recorded in the demo's database"

first=$(engine_pid)
kill -9 "$first"
until_true '[ -n "$(engine_pid)" ] && [ "$(engine_pid)" != "$first" ]'
tap_ok $? "another engine takes the place of one that was killed"
before=$(steps)
until_true '[ "$(steps)" -gt "$before" ]'
tap_ok $? "and goes on recording"
tap_same "$(sqlite3 "$db" "select count(distinct run), max(seq) > count(*) - 2 from steps;
	select count(*) > 0 from gaps where reason like '%restarted%'; pragma integrity_check")" \
	"1|1
1
ok" "in the same run, with a row for the gap"

last=$(engine_pid)
printf q >&3
until_true '[ -s "$work/status" ]'
tap_ok $? "q ends it"
tap_ok "$([ "$(cat "$work/status")" -ge 1 ]; echo $?)" "its status is that of the worst verdict"
until_true '! kill -0 "$last" 2>/dev/null'
tap_ok $? "its engine ends"
tap_empty "$(find "$work/policytop" -name '*.sock')" "no socket is left"
wait "$demo"
demo=
tap_done
