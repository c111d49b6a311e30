#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bug-report: judged by tar, a stock sqlite3, Python's json and tarfile, by `show` on the database in
# it, and by a search for what must not be there.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export USER=quentin HOME="$work/home/quentin" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" \
	XDG_DATA_HOME="$work" XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
db=$work/policytop/runs.db
rig=$work/policytop/rigs/bench.json
log=$work/policytop/bench.log
cd "$work" || exit 1
mkdir -p "$HOME"
mkdir -m 700 policytop policytop/rigs

report()
{
	rm -rf "$work/x"
	timeout -k 5 60 "$POLICYTOP" --db "$db" bug-report "$@" >out 2>err </dev/null
	status=$?
	cat err >>all
	grep -qe Sanitizer -e 'runtime error' err && sed 's/^/# /' err
}

# opened FILE: unpacked into x, its folder's name gone.
opened()
{
	rm -rf x && mkdir x && tar -C x --strip-components=1 -xzf "$1"
}

json()
{
	python3 -c 'import json, sys; o = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}

# Nothing of ours but what was made: no folder, no part of a file.
leftover()
{
	find . -maxdepth 1 -name '.policytop-report*'
}

# ---- without a run
report
tap_same "$status $(grep -c 'no such database' out) $(grep -c 'Nothing was sent anywhere' out)" "0 1 1" \
	"without a database there is a report, and it says so"
tap_same "$(tar -tzf policytop-report.tar.gz)" "policytop-report/
policytop-report/report.json" "which tar lists"
opened policytop-report.tar.gz
tap_same "$(json x/report.json '[o["schema"], o["run"], o["database"]["version"], o["replaced"]["tasks"],
	sorted(o["libraries"])[0], o["helpers"]["tar"], o["terminal"]["columns"]]')" \
	"[1, None, None, None, 'cjson', True, None]" "report.json: what is not known is null"
tap_same "$(json x/report.json 'o["libraries"]["sqlite"]')" \
	"$(sqlite3 :memory: 'SELECT sqlite_version()')" "the library that runs"
report 7
tap_same "$status $(ls policytop-report-7.tar.gz 2>/dev/null)" "66 " \
	"a run that is asked for, and no database: 66"

# ---- two runs of a demo, with pictures, chunks, a profile
timeout 120 "$POLICYTOP" demo --headless --seconds 8 >/dev/null 2>&1
timeout 120 "$POLICYTOP" demo --headless --seconds 12 --fault prompt >/dev/null 2>&1
mv policytop/demo.db "$db"
sqlite3 "$db" "UPDATE run SET rig = 'bench'" >/dev/null

# secret: in every place where one can be; each is of its own kind.
cat >"$rig" <<END
{"schema": 1, "robot": {"type": "so101", "port": "$HOME/dev/arm"}, "task": "Fold the towel twice",
 "cameras": {"front": {"serial": "SER4711X"}},
 "sources": ["foxglove:10.11.12.13:8765", "tcp:gpubox:9000?token=uriSecret42x"],
 "server": "https://me:urlSecret42x@gpubox:8000/", "api_key": "rigSecret42x"}
END
cat >"$log" <<END
engine of $HOME started with --token optSecret42x --task='Fold the towel twice'
export HF_TOKEN=hf_logSecretlogSecret42 password: "logSecret42x"
Authorization: Bearer bearSecret42x
from 10.11.12.13 mail quentin@example.org /dev/serial/by-id/usb-1a86_Serial_SERIAL9Y-if00
then logSecret42x alone$(printf '\033')[2J
END
cp "$log" "$log.1"
sqlite3 "$db" "UPDATE run SET task = 'Fold the towel twice', policy = 'p?api_key=runSecret42x' WHERE run = 2;
	UPDATE episode SET note = 'token=noteSecret42x, said quentin' WHERE run = 2 AND episode = 0;
	UPDATE camera SET serial = 'SER4711X' WHERE run = 2;
	INSERT INTO note (run, t_ns, level, text) VALUES (2, 5, 2, 'secret: textSecret42x');
	UPDATE run_source SET word = word || '&password=wordSecret42x' WHERE run = 2"
count=$(sqlite3 "$db" "SELECT count(*) FROM frame WHERE run = 2 AND thumb IS NOT NULL")

report last
tap_same "$status $(leftover)" "0 " "a report of the last run"
opened policytop-report-2.tar.gz
tap_same "$(cd x && echo *) " "bench.log bench.log.1 profile.json report.json rig-bench.json run.db show.json " \
	"its files"
tap_empty "$(grep -rao '[a-zA-Z]*Secret42x' x | sort -u)" "no secret is in it, asked or not"
tap_empty "$(grep -ra 'logSecretlogSecret42' x | head -n 1)" "nor a token that says what it is"
tap_same "$(grep -c 'towel' x/rig-bench.json) $(grep -c "$HOME" x/bench.log)" "1 1" \
	"tasks and names stay where nobody asked"
tap_same "$(grep -c "$(printf '\033')" x/bench.log)" "0" "no control of a terminal"
tap_same "$(awk '$1 == "secrets" { print ($2 >= 12) }' out)" 1 "how many were replaced is printed"

# Every table, against SQL of our own.
tables="run segment run_source run_joint episode verdict gap note clock step chunk frame motor bus camera preflight"
rows()
{
	for t in $tables; do
		sqlite3 "$1" "SELECT '$t', count(*) FROM $t WHERE run = 2"
	done
	sqlite3 "$1" "SELECT 'values', count(*), total(v.seen), total(v.asked) FROM step s
		JOIN joint_value v ON v.id >> 7 = s.tick WHERE s.run = 2;
	SELECT 'sums', count(*), total(j.max) FROM episode e JOIN joint_summary j ON j.id >> 9 = e.id
		WHERE e.run = 2;
	SELECT 'plans', count(*), total(length(p.actions)) FROM chunk c JOIN chunk_plan p USING (chunk)
		WHERE c.run = 2;
	SELECT 'actions', count(*), total(value) FROM chunk_actions WHERE run = 2;
	SELECT profile, count(*) FROM profile_joints WHERE profile = 'demo' GROUP BY 1"
}
rows "$db" >rows.db
rows x/run.db >rows.x
tap_empty "$(diff rows.db rows.x)" "run.db: as many rows as the run has, and the same numbers"
tap_empty "$(for t in $tables; do
	sqlite3 x/run.db "SELECT '$t', run FROM $t WHERE run != 2 LIMIT 1"
done)" "and no row of another one"
tap_same "$(sqlite3 x/run.db "PRAGMA integrity_check; PRAGMA user_version; PRAGMA application_id;
	SELECT count(*) FROM run; SELECT sum(thumb IS NOT NULL) FROM frame")" "ok
$(sqlite3 "$db" "PRAGMA user_version; PRAGMA application_id")
1
0" "sound, of the same version, this run only, no thumbnail"
tap_same "$(sqlite3 x/run.db "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY 1, 2" | cksum)" \
	"$(sqlite3 "$db" "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY 1, 2" | cksum)" \
	"and of the same schema"
"$POLICYTOP" --db "$db" show 2 --json | sed 's/api_key=[^"]*//; s/token=[^,]*//' >show.db
"$POLICYTOP" --db x/run.db show last --json | sed 's/api_key=[^"]*//; s/token=[^,]*//' >show.x
tap_empty "$(diff show.db show.x)" "show says the same of both"
sed 's/api_key=[^"]*//; s/token=[^,]*//' x/show.json | diff - show.db >/dev/null
tap_ok $? "and show.json is that"
tap_same "$(json x/profile.json 'o["profile"]')" demo "the profile, to be read as JSON"
tap_same "$(python3 -c 'import tarfile
for m in tarfile.open("policytop-report-2.tar.gz"):
    print(m.uid, m.gid, m.uname, m.gname, m.isdir() or m.isfile())' | sort -u)" "0 0   True" \
	"and the archive names nobody"
big=$(sqlite3 "$db" "SELECT length(json) FROM profile")
[ "$(wc -c <x/profile.json)" -lt $((big / 4)) ] &&
	[ "$(sqlite3 x/run.db 'SELECT length(json) FROM profile')" -lt $((big / 4)) ]
tap_ok $? "the profile has no pictures, in neither place"

report last --pictures --out pictures.tgz --json
tap_same "$status $(json out '[o["schema"], o["file"], o["run"], o["sent"], len(o["parts"])]')" \
	"0 [1, 'pictures.tgz', 2, False, 7]" "--json, --out, --pictures"
opened pictures.tgz
tap_same "$(sqlite3 x/run.db "SELECT sum(thumb IS NOT NULL) FROM frame") $(wc -c <x/profile.json)" \
	"$count $(wc -c <x/profile.json)" "thumbnails, when asked for"
[ "$(wc -c <x/profile.json)" -ge $((big / 2)) ]
tap_ok $? "and those of training"

# ---- --redact
: >all
report 2 --redact --out r.tar.gz
opened r.tar.gz
host=$(uname -n)
user=$(id -un)
tap_empty "$(for word in quentin "$HOME" SER4711X SERIAL9Y 10.11.12.13 gpubox towel Secret42x 'brick' example.org; do
	grep -rlaF -- "$word" x | sed "s|\$| has $word|"
done)" "--redact: no name, host, home, serial number, address, task"
# A short name may be in the bytes of a number: in the database it is looked for as text.
sqlite3 x/run.db .dump >dump
tap_empty "$(grep -lwF -e "$user" -e "$host" dump x/*.json x/*.log*)" "nor this user or this host"
tap_same "$(sqlite3 x/run.db "SELECT count(DISTINCT task) FROM (SELECT task FROM run UNION SELECT prompt FROM chunk)")" \
	"$(sqlite3 "$db" "SELECT count(DISTINCT task) FROM (SELECT task FROM run WHERE run = 2 UNION SELECT prompt FROM chunk WHERE run = 2)")" \
	"as many tasks as there were"
task=$(sqlite3 x/run.db "SELECT task FROM run")
tap_same "$(json x/rig-bench.json 'o["task"]') $(grep -c -- "--task='$task'" x/bench.log)" "$task 1" \
	"with the same placeholder everywhere"
tap_same "$(sqlite3 x/run.db 'PRAGMA integrity_check') $(json x/show.json 'o["run"]') $(json x/report.json 'o["redacted"]') $(json x/rig-bench.json 'o["schema"]') $(json x/profile.json 'o["schema"]')" \
	"ok 2 True 1 1" "all of it can still be read"
"$POLICYTOP" --db x/run.db show last >/dev/null 2>err
tap_same "$?" 0 "also by show"

# ---- a file that is there
echo mine >mine.tar.gz
report --out mine.tar.gz
tap_same "$status $(cat mine.tar.gz) $(grep -c 'mine.tar.gz: there is one already.*--out' err) $(leftover)" \
	"64 mine 1 " "a file that is there is refused, and not touched"
ln -s nowhere link.tar.gz
report --out link.tar.gz
tap_same "$status $(readlink link.tar.gz)" "64 nowhere" "so is a link to nothing"
report --out no/such/folder.tgz
tap_same "$status" 66 "no such folder: 66"
report 99
tap_same "$status $(grep -c 'no run 99; the newest is 2' err)" "66 1" "no such run: as show says it"
report x
tap_same "$status" 64 "no number: 64"
report 1 2
tap_same "$status" 64 "two of them: 64"

# ---- a full disk, at every size of file
head -c 400000 /dev/urandom >noise
(
	printf '{"type":"hello","protocol":1,"joints":["a.pos"],"fps":50}\n'
	printf '{"type":"step","seq":0,"t":0,"seen":[1],"asked":[1]}\n'
) | timeout 20 "$POLICYTOP" --db other.db record stdin: --capture small.raw >/dev/null 2>&1
for blocks in 1 8 40 100 200 500 800 1200; do
	(
		# shellcheck disable=SC3045
		ulimit -f $blocks
		timeout 60 "$POLICYTOP" --db "$db" bug-report --out full.tgz --capture small.raw >/dev/null 2>err
	)
	code=$?
	case $code:$(ls full.tgz 2>/dev/null):$(leftover) in
	74::) echo full ;;
	0:full.tgz:) [ "$(tar -tzf full.tgz | grep -c -e run.db -e show.json)" = 2 ] && echo whole || echo lost ;;
	*) echo "$blocks: $code $(cat err) $(leftover)" ;;
	esac
	rm -f full.tgz
done | sort | uniq -c | awk '{ print $2 }' >kinds
tap_same "$(tr '\n' ' ' <kinds)" "full whole " "a disk that is full: 74 and nothing, or all of it"
mkdir bin
printf '#!/bin/sh\necho "tar: no room" >&2\nexit 2\n' >bin/tar
chmod +x bin/tar
PATH=$work/bin:$PATH report --out full.tgz
tap_same "$status $(ls full.tgz 2>/dev/null)$(leftover) $(grep -c 'full.tgz: tar could not write it: tar: no room' err)" \
	"74  1" "what tar says is said, and nothing is left"
rm bin/tar
timeout 60 env PATH="$work/bin" "$POLICYTOP" --db "$db" bug-report --out full.tgz >out 2>err
tap_same "$? $(ls full.tgz 2>/dev/null)$(leftover) $(grep -c 'install tar' err)" "69  1" "without tar: 69"

# ---- a signal: in the midst of packing
mkfifo begun
printf '#!/bin/sh\necho >%s/begun\nexec sleep 60\n' "$work" >bin/tar
chmod +x bin/tar
for signal in TERM HUP; do
	PATH=$work/bin:$PATH "$POLICYTOP" --db "$db" bug-report --out stopped.tgz >out 2>err &
	pid=$!
	read -r _ <begun
	kill -s $signal $pid
	tries=0
	while kill -0 $pid 2>/dev/null && [ $tries -lt 400 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	kill -KILL $pid 2>/dev/null
	wait $pid
	tap_same "$(kill -l $?) $(ls stopped.tgz 2>/dev/null)$(leftover)" "$signal " \
		"SIG$signal ends it, and nothing is left"
done
rm bin/tar

# ---- what should not be followed
rm "$log" "$log.1" "$rig"
mkfifo "$log"
ln -s /etc/passwd "$log.1"
mkdir "$rig"
report --out odd.tgz
opened odd.tgz
tap_same "$status $(find x -name '*.log*' -o -name 'rig*') $(grep -c 'bench.log .*no ordinary file' out) $(grep -c 'bench.log.1 .*link' out) $(grep -c 'rig-bench.json .*no ordinary' out)" \
	"0  1 1 1" "a fifo, a link and a folder are left out, with the reason"
rm -r "$log" "$log.1" "$rig"
yes 'a line of a long log, with a token=tailSecret42x in it' | head -n 60000 >"$log"
report --out long.tgz
opened long.tgz
size=$(wc -c <x/bench.log)
tap_same "$status $((size > 200000 && size <= 262144)) $(sort -u x/bench.log | wc -l) $(grep -c 'its end' out)" \
	"0 1 1 1" "a long log: its end, in whole lines"
sqlite3 "$db" "UPDATE run SET rig = '../../../etc/passwd'"
report --out evil.tgz
opened evil.tgz
tap_same "$status $(find x -name '*.log*' -o -name 'rig*')" "0 " "a rig that is a path names no file"
sqlite3 "$db" "UPDATE run SET rig = 'bench'"
head -c 30000 "$db" >broken.db
timeout 60 "$POLICYTOP" --db broken.db bug-report --out broken.tgz >out 2>err
tap_same "$? $(grep -c 'damaged' out)" "0 1" "a database that is damaged is a reason to report it"

# ---- a long run: the last ten minutes
sqlite3 "$db" "UPDATE step SET t_ns = (SELECT started_ns FROM run r WHERE r.run = step.run) +
	(tick - (SELECT min(tick) FROM step s WHERE s.run = step.run)) * 10000000000 WHERE run = 2"
report --out cut.tgz
opened cut.tgz
tap_same "$status $(sqlite3 x/run.db "SELECT count(*), (max(t_ns) - min(t_ns)) / 1000000000 FROM step;
	SELECT count(DISTINCT id >> 7) FROM joint_value; PRAGMA integrity_check")" "0 61|600
61
ok" "a run of hours: its last ten minutes"
tap_same "$(grep -c 'steps .*the last 600 s of' out) $(sqlite3 x/run.db 'SELECT count(*) FROM verdict') $(sqlite3 x/run.db 'SELECT steps FROM runs')" \
	"1 $(sqlite3 "$db" 'SELECT count(*) FROM verdict WHERE run = 2') $(sqlite3 "$db" 'SELECT steps FROM runs WHERE run = 2')" \
	"said so; verdicts and sums are whole"

# ---- while an engine records into the same file
"$POLICYTOP" --db "$db" record sim: --rig live --full-rate --json >live.out 2>live.err &
pid=$!
tries=0
until [ "$(sqlite3 -readonly "$db" 'SELECT count(*) > 60 FROM step WHERE run = 3' 2>/dev/null)" = 1 ]; do
	tries=$((tries + 1))
	[ $tries -lt 1200 ] || break
	sleep 0.05
done
report 3 --out live.tgz
opened live.tgz
tap_same "$status $(sqlite3 x/run.db "PRAGMA integrity_check; SELECT count(*) > 60, count(*) =
	(SELECT count(DISTINCT id >> 7) FROM joint_value) FROM step;
	SELECT count(*) > 60, count(DISTINCT id >> 40) FROM sample")" "0 ok
1|1
1|1" "a run that is being recorded: whole steps so far"
kill -TERM $pid
wait $pid
tap_same "$(json live.out '1' 2>/dev/null)$(tail -n 1 live.out | sed 's/.*"dropped":\([0-9]*\).*/\1/')" "0" \
	"and the recording lost nothing"
tap_same "$(sqlite3 "$db" 'PRAGMA integrity_check')" ok "nor did its file"
tap_done
