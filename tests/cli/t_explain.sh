#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `policytop explain` on runs of the demo: healthy, a queue that was not reset, and one whose
# actions are un-normalised once more on their way to the arm.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
db=$work/policytop/demo.db

explain()
{
	timeout 60 "$POLICYTOP" --db "$db" explain "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

json()
{
	sqlite3 -batch :memory: ".parameter init" ".parameter set :doc readfile('$work/out')" "$1"
}

holds()
{
	grep -q "$1" "$work/$2"
	tap_ok $? "$3" || sed 's/^/# /' "$work/$2"
}

"$POLICYTOP" --db "$work/none.db" explain >/dev/null 2>&1
tap_same $? 66 "no database: 66"
timeout 60 "$POLICYTOP" demo --headless --seconds 60 >/dev/null 2>&1
explain --json
tap_same "$status" 0 "a healthy run: 0"
tap_same "$(json "select :doc->>'schema', count(*) > 1, sum(value->>'name' = 'near') = count(*)
	from json_each(:doc, '\$.episodes')")" "1|1|1" "nothing to explain in any of its episodes"
timeout 60 "$POLICYTOP" demo --headless --seconds 60 --fault no-reset >/dev/null 2>&1
explain last --json
tap_same "$status $(json "select count(*) > 0 from json_each(:doc, '\$.episodes')
	where value->>'name' = 'queue-not-reset'")" "2 1" "a queue that was not reset"

# spoil EXPRESSION: an episode of the first run as a stream, its actions as EXPRESSION says.
spoil()
{
	sqlite3 "$db" "
	select json_object('type', 'hello', 'protocol', 1, 'robot', (select robot from runs where run = 1),
		'fps', 30, 'clock', 'relative',
		'joints', (select json_group_array(joint) from (select joint from joints where run = 1 order by place)),
		'units', (select json_group_array(unit) from (select unit from joints where run = 1 order by place)));
	select json_object('type', 'step', 'seq', seq, 't', seq / 30.0, 'driver', 'policy',
		'seen', json_group_array(got), 'got', json_group_array(got),
		'asked', json_group_array($1))
	from (select v.seq, v.got, v.seen, v.asked, p.mean, p.std, v.place from joint_values v
		join profile_joints p on p.profile = 'demo' and p.feature = 'action' and p.joint = v.joint
		where v.run = 1 and v.episode = 1 order by v.seq, v.place)
	group by seq limit 60;" >"$work/stream"
	timeout 60 "$POLICYTOP" --db "$db" record --profile demo stdin: <"$work/stream" >/dev/null 2>&1
	explain
}

spoil 'asked'
tap_same "$status" 0 "an episode replayed as it was: 0"
holds 'nothing to explain' out "and it says so"
spoil 'asked * std + mean'
tap_same "$status" 2 "un-normalised twice: 2"
holds 'one un-normalise too many: undone, the first action is .* instead of' out "and named"
explain last#0 --json
tap_same "$(json "select value->>'name', value->>'before' > 20 * (value->>'after'), value->>'unit'
	from json_each(:doc, '\$.episodes')")" "unnormalised-twice|1|m100_100" "with its numbers"
spoil '(asked - mean) / std'
holds 'not un-normalised: undone' out "not un-normalised"
spoil 'asked + 70'
holds 'no known mistake explains it' out "what nothing explains"

explain 1#77
tap_same "$status" 66 "no such episode: 66"
explain 1#x
tap_same "$status" 64 "no episode number: 64"
explain 99
tap_same "$status" 66 "no such run: 66"
explain --profile nobody
tap_same "$status" 66 "no such profile: 66"
explain --policy "$work"
tap_same "$status" 66 "no checkpoint there: 66"
tap_done
