#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo's faults between a policy and its server: both ends real, the tap real, the time real.
# All runs side by side. POLICYTOP_LONG: with more seeds.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seeds=${POLICYTOP_LONG:+"1 2 3 4 5"}
[ -n "$seeds" ] || seeds=1

# run NAME FAULT SEED: the demo in a home of its own.
run()
{
	home=$work/$1
	mkdir -p "$home/run" && chmod 700 "$home/run"
	HOME="$home" XDG_RUNTIME_DIR="$home/run" XDG_CACHE_HOME="$home" XDG_DATA_HOME="$home" \
		XDG_STATE_HOME="$home" XDG_CONFIG_HOME="$home" timeout 300 "$POLICYTOP" demo \
		--headless --seconds 16 --json --fault "$2" --seed "$3" \
		>"$home/out" 2>"$home/err" </dev/null
	echo $? >"$home/status"
}

# json NAME SQL: the run's last line is :doc
json()
{
	sqlite3 -batch :memory: ".parameter init" \
		".parameter set :doc readfile('$work/$1/out')" "$2"
}

own="(select count(*) from json_each(:doc, '\$.verdicts') v where v.value->>'level' in ('warn', 'fail')
	and v.value->>'code' = :doc->>'\$.fault.codes'
	and coalesce(v.value->>'seq', 0) <= 60 + coalesce(:doc->>'\$.fault.first_seq', 0))"
other="(select group_concat(v.value->>'code') from json_each(:doc, '\$.verdicts') v
	where v.value->>'level' = 'fail' and v.value->>'code' <> :doc->>'\$.fault.codes')"
fails="(select group_concat(v.value->>'code') from json_each(:doc, '\$.verdicts') v
	where v.value->>'level' = 'fail')"

mkdir -p "$work/list"
"$POLICYTOP" demo --list-faults --json >"$work/list/out"
faults=$(json list "select value->>'name' from json_each(:doc, '\$.faults') where value->>'served'")
tap_same "$(echo "$faults" | wc -l)" 6 "six faults lie between the policy and its server"
for seed in $seeds; do
	for f in $faults; do
		silent=$(json list "select value->>'silent' from json_each(:doc, '\$.faults')
			where value->>'name' = '$f'")
		run "$f-$seed" "$f@3" "$seed" &
		run "$f-$seed-silent" "$f@3:$silent" "$seed" &
	done
	wait
done
for f in $faults; do
	tap_empty "$(for seed in $seeds; do
		name=$f-$seed
		[ "$(cat "$work/$name/status")" -le 2 ] || cat "$work/$name/err"
		[ "$(json "$name" "select $own > 0")" = 1 ] || echo "seed $seed: not told"
		json "$name" "select 'seed $seed: fails by ' || $other where $other is not null"
	done)" "$f is told by its own code, and nothing else fails"
	tap_empty "$(for seed in $seeds; do
		name=$f-$seed-silent
		[ "$(cat "$work/$name/status")" -le 1 ] || cat "$work/$name/err"
		json "$name" "select 'seed $seed: fails by ' || $fails where $fails is not null"
		[ "$(sqlite3 "$work/$name/policytop/demo.db" "select count(*) > 5 from chunks")" = 1 ] ||
			echo "seed $seed: no chunks"
	done)" "$f at its silent strength fails nothing"
done
name=seam-1-silent
db=$work/$name/policytop/demo.db
tap_same "$(sqlite3 "$db" "select count(*) filter (where chunk is null), count(*) > 200 from steps
	where driver = 'policy'")" "0|1" "every step of the policy knows its chunk of the other source"
tap_same "$(sqlite3 "$db" "select count(*) > 4, min(width), max(height), count(distinct camera)
	from frames where camera like 'observation/%'")" "1|224|224|2" \
	"pictures that the policy saw are facts"
tap_same "$(sqlite3 "$db" "select camera, \"is\", min(margin) > 3 from frames where mode = 'traffic'
	and method = 'picture' group by 1, 2")" "observation/image||1
observation/wrist_image||1" "under names that training had not they claim nothing, so nothing is guessed"
tap_done
