#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# runs, show, query and profile as a person types them.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
db=$work/runs.db

# p ARGUMENT…: the program on the recording; its output in $out, messages in $err, status in $st.
p()
{
	out=$("$POLICYTOP" --db "$db" "$@" 2>"$work/err")
	st=$?
	err=$(cat "$work/err")
}

holds()
{
	case $1 in *"$2"*) tap_ok 0 "$3" ;; *) tap_ok 1 "$3" && printf '# %s\n' "$1" ;; esac
}

p runs
tap_same "$st" 66 "no recording yet: status 66"
holds "$err" "no such database" "and it is said"
"$TOP_BUILDDIR/tests/db/makedb" "$db" || tap_ok 1 "a recording"

p runs
tap_same "$st $(echo "$out" | wc -l)" "0 3" "two runs under a line of names"
holds "$out" "bench2" "with their rig"
p runs --json
holds "$out" '{"schema":1,"runs":[' "runs --json"
holds "$out" '"run":2,"started_utc":"2023-11-14T22:13:20' "newest first"
p show
holds "$out" "verdicts, by code and subject" "show: the newest run"
p show 1 --json
holds "$out" '{"schema":1,"run":1,"runs":[' "show 1 --json"
holds "$out" '"segments":2' "the resumed run has two segments"
p show 77
tap_same "$st" 66 "no such run"
holds "$err" "the newest is 2" "and which there are"
p show abc
tap_same "$st" 64 "no run number"

p query 'SELECT 1 AS a, NULL AS b, 0.1 AS c, -0.0 AS d, char(27) || "[2J" AS e'
tap_same "$st" 64 "a text in double quotes is no text"
p query "SELECT 1 AS a, NULL AS b, 0.1 AS c, char(27) || '[2J' AS e"
holds "$out" '1  -  0.1  \x1b[2J' "a table escapes control characters, NULL is -"
p query --csv "SELECT 1 AS a, NULL AS b, 1.0/3 AS c, 'x,\"y' AS e, '' AS f"
tap_same "$(printf '%s' "$out" | tr -d '\r')" 'a,b,c,e,f
1,,0.3333333333333333,"x,""y",""' "CSV: exact, quoted, NULL is not the empty text"
p query --json "SELECT 1 AS a, NULL AS b, 0.1 AS c, 9e999 AS i, char(27) AS e"
tap_same "$out" '{"schema":1,"rows":[
{"a":1,"b":null,"c":0.1,"i":9e999,"e":"\u001b"}]}' "JSON"
p query --json 'SELECT 1 AS a WHERE 0'
tap_same "$out" '{"schema":1,"rows":[]}' "JSON without rows"
p query 'SELECT i FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) SELECT i FROM n)'
tap_same "$(echo "$out" | wc -l) $(echo "$out" | tail -1)" "3001 3000" "a long table"
p query --limit 0.2 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
tap_same "$st" 69 "an endless query is stopped"
holds "$err" "stopped after 0.2 s" "and it is said"
p query --limit 31 'SELECT 1'
tap_same "$st" 64 "a limit over 30 s"
p query 'DELETE FROM run'
tap_same "$st" 64 "a statement that writes is refused"
p query jumsp
holds "$err" "did you mean jumps?" "a name is mended"
p query --list
for f in "$TOP_SRCDIR"/db/queries/*.sql; do
	name=$(basename "$f" .sql)
	holds "$out" "$name" "query --list: $name"
done
p query gaps --csv
tap_same "$(printf '%s\n' "$out" | head -1 | tr -d '\r')" "run,run_s,source,lost,unit,reason" "a canned query"

p profile list --json
holds "$out" '{"schema":1,"profiles":[' "profile list --json"
holds "$out" '"profile":"train","robot":"so101","fps":30' "names the profile"
p profile show train
holds "$out" "observation.state" "profile show"
p profile show tram
tap_same "$st" 66 "no such profile"
holds "$err" "there are: train" "and which there are"
p profile export train "$work/train.json"
tap_same "$st" 0 "exported"
p profile import "$work/train.json" --name second
tap_same "$st" 0 "imported under another name $err"
p query --csv "SELECT profile, count(*) FROM profile_joints GROUP BY 1"
tap_same "$(printf '%s' "$out" | tr -d '\r')" 'profile,count(*)
second,6
train,6' "with the same joints"
p query --csv "SELECT count(*) FROM (SELECT feature, joint, unit, min, max, mean, std, q01, delta_q99, delta_q999, delta_max, start_mean, start_min FROM profile_joints WHERE profile = 'second' EXCEPT SELECT feature, joint, unit, min, max, mean, std, q01, delta_q99, delta_q999, delta_max, start_mean, start_min FROM profile_joints WHERE profile = 'train')"
tap_same "$(printf '%s' "$out" | tr -d '\r' | tail -1)" 0 "and the same numbers"
p profile export train -
tap_same "$out" "$(cat "$work/train.json")" "export to standard output"
p profile rm second
tap_same "$st" 0 "removed"
p profile rm second
tap_same "$st" 66 "only once"
echo '{"schema":1,"profile":' >"$work/bad.json"
p profile import "$work/bad.json"
holds "$err" "bad.json" "a broken file is named"
[ "$st" -ne 0 ]
tap_ok $? "and refused"
p profile import "$work"
tap_same "$st" 66 "a folder"
p profile
tap_same "$st" 64 "profile alone"
tap_done
