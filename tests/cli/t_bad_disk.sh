#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Databases that are none, outputs that are closed, disks that are full: the status of the contract,
# a sentence with the file, and nothing half-written.
set -u
. "$TOP_SRCDIR/tests/cli/hostile.sh"
"$TOP_BUILDDIR/tests/db/makedb" "$work/good.db"
sqlite3 "$work/good.db" 'PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE' >"$work/log"

# each STATUS_READ STATUS_WRITE PATTERN TEXT: what reads and what writes $db ends so.
each()
{
	complaints=
	before=$([ ! -f "$db" ] || cksum <"$db")
	for words in runs show 'query gaps' 'profile list' 'profile export train -'; do
		# shellcheck disable=SC2086
		run $words
		[ -z "$wrong" ] && [ $status -eq "$1" ] &&
			{ [ $status -eq 0 ] || grep -qe "^policytop: $db.*$3" "$work/err"; } ||
			complaints="$complaints $words: $status $wrong $(cat "$work/err");"
	done
	for words in 'profile rm train' "profile import $work/train.json" "learn $sets/v21" \
		"record dataset:$sets/v21?speed=max" 'demo --headless --seconds 2'; do
		# shellcheck disable=SC2086
		run $words
		[ -z "$wrong" ] && [ $status -eq "$2" ] && grep -qe "^policytop: $db.*$3" "$work/err" ||
			complaints="$complaints $words: $status $wrong $(cat "$work/err");"
	done
	[ "$([ ! -f "$db" ] || cksum <"$db")" = "$before" ] || complaints="$complaints it was changed"
	tap_empty "$complaints" "$4"
}

db=$work/good.db
run profile export train "$work/train.json"
tap_same "$status" 0 "a profile to import"
db=$work/bad.db
echo 'this is a text, and longer than the header of a database is, by far; or nearly so, at least.' >"$db"
each 66 66 'no SQLite database' "a text"
rm "$db" && sqlite3 "$db" 'CREATE TABLE t(a); INSERT INTO t VALUES (1)'
each 66 66 'of another program' "a database of another program"
head -c 20000 "$work/good.db" >"$db"
each 66 66 'it is damaged' "a cut database"
cp "$work/good.db" "$db" && sqlite3 "$db" 'PRAGMA user_version = 99'
each 0 74 'made by a newer policytop' "a newer database is read, not written"
rm "$db" && mkdir "$db"
each 66 66 'is a folder' "a folder"
rmdir "$db"
if [ -c /dev/full ]; then
	db=/dev/full
	each 66 66 'no ordinary file' "/dev/full"
fi
db=$work/good.db/x
each 66 66 'Not a directory' "a file where a folder should be"
db=$work/ro/runs.db
mkdir "$work/ro" && cp "$work/good.db" "$db" && chmod 0444 "$db" && chmod 0555 "$work/ro"
if [ "$(id -u)" -eq 0 ]; then
	tap_skip "a database that may only be read" "root may write it"
else
	each 0 74 '' "a database that may only be read"
fi
chmod -R u+w "$work/ro"
db=$work/flip.db
for seed in 1 2 3 4 5 6; do
	cp "$work/good.db" "$db"
	flip "$db" $seed
	for words in runs show 'query jumps' 'query gaps' 'profile list' "record dataset:$sets/v21?speed=max"; do
		# shellcheck disable=SC2086
		run $words
		[ -z "$wrong" ] || echo "# $seed $words: $wrong"
		[ -z "$wrong" ] || tap_ok 1 "a flipped database"
	done
done
tap_ok 0 "flipped databases"

# Standard output that is full, closed, or a pipe that nobody reads.
db=$work/out.db
run learn "$sets/v21"
run record "dataset:$sets/v21?speed=max"
complaints=
for words in runs 'runs --json' show 'show --json' 'query --list' 'query gaps' 'profile list' 'profile show v21' \
	'profile show v21 --json' 'profile export v21 -' 'list all' 'status' "learn $sets/v21" \
	"learn $sets/v21 --json" "record dataset:$sets/v21?speed=max" \
	"record dataset:$sets/v21?speed=max --json" 'demo --headless --seconds 2' --help; do
	for to in full closed pipe; do
		rm -f "$work/status"
		# shellcheck disable=SC2086
		case $to in
		full)
			[ -c /dev/full ] || continue
			timeout 60 "$POLICYTOP" --db "$db" $words >/dev/full 2>"$work/err" </dev/null
			echo $? >"$work/status"
			;;
		closed)
			timeout 60 "$POLICYTOP" --db "$db" $words >&- 2>"$work/err" </dev/null
			echo $? >"$work/status"
			;;
		pipe)
			{
				timeout 60 "$POLICYTOP" --db "$db" $words 2>"$work/err" </dev/null
				echo $? >"$work/status"
			} | :
			;;
		esac
		status=$(cat "$work/status")
		case $to-$status in
		full-74 | closed-74) grep -q '^policytop: standard output: ' "$work/err" ||
			complaints="$complaints $words: $(cat "$work/err");" ;;
		pipe-0 | pipe-74 | pipe-141) ;; # 0: it was written before the reader left
		*) complaints="$complaints $words: $to: $status;" ;;
		esac
		! grep -q -e Sanitizer -e 'runtime error' "$work/err" || complaints="$complaints $words: sanitizer;"
	done
done
tap_empty "$complaints" "standard output full or closed: 74, and it is said"
sound "$db"
tap_ok $? "the database is sound after it"

# Files that reach a limit, as on a full disk: at every size from none to enough.
complaints=
db=$work/full.db
awk 'BEGIN { for (i = 0; i < 3000; i++)
	printf "{\"type\":\"step\",\"seq\":%d,\"asked\":[%d,2]}\n", i, i % 3 }' >"$work/in"
for blocks in 1 70 120 300 500 900; do # of 512 bytes, or of 1024
	rm -f "$db"*
	for words in "learn $sets/v21" 'demo --headless --seconds 600' \
		'record stdin:'; do
		# shellcheck disable=SC2086
		status=$(
			ulimit -f $blocks
			run $words
			echo "$status$wrong"
		)
		case $status in
		74) grep -qe "^policytop: .*$db" "$work/err" ||
			complaints="$complaints $blocks $words: $(cat "$work/err");" ;;
		[012]) ;;
		*) complaints="$complaints $blocks $words: $status;" ;;
		esac
		sound "$db" || complaints="$complaints $blocks $words: not sound;"
	done
done
tap_empty "$complaints" "a disk that fills: 74 with the file, and a sound database"
db=$work/good.db
awk 'BEGIN { for (i = 0; i < 200; i++) print "x" }' >"$work/export.json"
cp "$work/export.json" "$work/export.was"
status=$(
	ulimit -f 1
	run profile export train "$work/export.json"
	echo "$status$wrong"
)
cmp -s "$work/export.json" "$work/export.was" && [ ! -e "$work/export.json.part" ]
tap_same "$? $status" "0 74" "an export that does not fit leaves what was there"
if [ -c /dev/full ]; then
	run profile export train /dev/full
	refused 74 '/dev/full: ' "an export to a full device"
	[ -c /dev/full ]
	tap_ok $? "which is still a device"
	run record "dataset:$sets/v21?speed=max" --capture /dev/full
	refused 74 'dev/full: the capture ends' "a capture on a full device"
fi
for to in /nowhere/x "$work"; do
	run record "dataset:$sets/v21?speed=max" --capture "$to"
	refused 66 "$to: cannot write the capture" "a capture that cannot be written"
done
tap_done
