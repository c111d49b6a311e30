#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `policytop demo` without a screen: every fault through the whole program, and what it leaves.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
db=$work/policytop/demo.db

demo()
{
	timeout 60 "$POLICYTOP" demo "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# json SQL: the demo's last line is :doc
json()
{
	sqlite3 -batch :memory: ".parameter init" ".parameter set :doc readfile('$work/out')" "$1"
}

own="(select count(*) from json_each(:doc, '\$.verdicts') v where v.value->>'level' in ('warn', 'fail')
	and ' ' || (:doc->>'\$.fault.codes') || ' ' like '% ' || (v.value->>'code') || ' %'
	and v.value->>'seq' between :doc->>'\$.fault.first_seq' and (:doc->>'\$.fault.first_seq') +
		iif(:doc->>'\$.fault.name' like 'camera-%', 150, 30))"
other="(select count(*) from json_each(:doc, '\$.verdicts') v where v.value->>'level' = 'fail'
	and ' ' || (:doc->>'\$.fault.codes') || ' ' not like '% ' || (v.value->>'code') || ' %')"

demo --headless --seconds 300 --json
tap_same "$status $(wc -l <"$work/out")" "0 1" "healthy: status 0, one line"
tap_same "$(json "select :doc->>'schema', :doc->>'worst' in ('ok', 'note'), :doc->>'fault' is null")" \
	"1|1|1" "five healthy minutes are quiet"
tap_same "$(json "select :doc->>'run', :doc->>'steps', :doc->>'episodes'")" \
	"$(sqlite3 "$db" "select run, (select count(*) from steps s where s.run = r.run),
		(select count(*) from episodes e where e.run = r.run) from runs r")" \
	"run, steps and episodes are those of the database"
tap_same "$(sqlite3 "$db" "select profile, episodes, fps from profiles")" "demo|50|30.0" \
	"the training set's profile is stored"

# Those between the policy and its server need real time: t_served.sh.
demo --list-faults --json
faults=$(json "select value->>'name' from json_each(:doc, '\$.faults') where not value->>'served'")
tap_ok "$([ "$(echo "$faults" | wc -l)" -ge 10 ]; echo $?)" "there are faults"
tap_empty "$(for f in $faults; do
	demo --headless --seconds 40 --json --fault "$f@5" --seed 77
	[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || echo "$f: status $status"
	[ "$(json "select $own > 0")" = 1 ] || echo "$f: not told in time by its own code"
	[ "$(json "select $other")" = 0 ] || echo "$f: fails by another code"
done)" "each is told by its own code within 30 steps (a camera's in 5 s), and nothing else fails"
tap_empty "$(for f in $faults; do
	demo --list-faults --json
	silent=$(json "select value->>'silent' from json_each(:doc, '\$.faults')
		where value->>'name' = '$f'")
	demo --headless --seconds 40 --json --fault "$f@5:$silent" --seed 78
	[ "$status" -le 1 ] || echo "$f at $silent: status $status"
	[ "$(json "select :doc->>'\$.fault.first_seq' > 0")" = 1 ] || echo "$f at $silent: did nothing"
done)" "at its silent strength nothing fails"

# Of the cameras: which one, what it looks like, and how it is.
tap_same "$(sqlite3 "$db" "select camera, mode, state, \"is\", method, count(*) between 290 and 310,
		min(margin) > 3, round(avg(fps)) from frames
		where run = 1 and mode = 'watch' and \"is\" is not null group by 1, 2, 3, 4, 5")" \
	"front|watch|streaming|front|picture|1|1|30.0
wrist|watch|streaming|wrist|picture|1|1|30.0" "healthy: who each camera is, once a second"
tap_same "$(sqlite3 "$db" "select camera, count(*) between 270 and 310, min(width || 'x' || height),
		min(length(thumb)) from frames where run = 1 and mode = 'picture' group by 1")" \
	"front|1|160x120|9216
wrist|1|160x120|9216" "and a picture of each, once a second"
for row in camera-swap:fail:front camera-swap:fail:wrist camera-frozen:fail:front \
	camera-dark:warn:front camera-gone:fail:wrist camera-slow:warn:front; do
	fault=${row%%:*} subject=${row##*:}
	code=$([ "$fault" = camera-slow ] && echo camera-fps || echo "$fault")
	run=$(sqlite3 "$db" "select max(v.run) from verdicts v where v.code = '$code'")
	tap_same "$(sqlite3 "$db" "select distinct level from verdicts where run = $run and code = '$code'
			and subject = '$subject' and level in ('warn', 'fail')")" \
		"$(echo "$row" | cut -d: -f2)" "$fault: $code of $subject in the database"
done
swapped=$(sqlite3 "$db" "select max(run) from verdicts where code = 'camera-swap'")
tap_same "$(sqlite3 "$db" "select camera, \"is\" from frames where run = $swapped and mode = 'watch'
		group by camera having t_ns = max(t_ns) order by camera")" "front|wrist
wrist|front" "camera-swap: each is the other one"

demo --headless --seconds 30 --json --fault twitch --seed 5
json "select :doc->>'verdicts'" >"$work/one"
demo --headless --seconds 30 --json --fault twitch --seed 5
json "select :doc->>'verdicts'" >"$work/two"
tap_ok "$(cmp -s "$work/one" "$work/two" && [ -s "$work/one" ]; echo $?)" \
	"the same seed gives the same verdicts, byte for byte"

demo
tap_same "$status $(grep -c -- --headless "$work/err")" "69 1" "no terminal: 69, and --headless is named"
for bad in "--fault jmup --headless" "--fault lag:1000 --headless" "--seconds 5" "x" "--seed -1"; do
	# shellcheck disable=SC2086
	demo $bad
	tap_same "$status $(wc -l <"$work/err")" "64 1" "demo $bad: 64, one sentence"
done
tap_done
