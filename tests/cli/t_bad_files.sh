#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Datasets, captures and profiles that are broken or lie: 66 and a sentence with the file and the
# place, or what is usable and a warning. Never a crash, and the database stays as it was.
set -u
. "$TOP_SRCDIR/tests/cli/hostile.sh"

# info PATTERN REPLACEMENT: learn of a set whose info.json was changed so.
info()
{
	copy "v21"
	sed "s~$1~$2~" "$sets/v21/meta/info.json" >"$set/meta/info.json"
	! cmp -s "$sets/v21/meta/info.json" "$set/meta/info.json" || tap_ok 1 "$1 is in info.json"
	run learn "$set"
}

for fps in 0 -30 1e308 1e-320 NaN '"30"' null '[30]' 1e999; do
	info '"fps": 10.0' "\"fps\": $fps"
	refused 66 'info.json: \(fps is no number\|line 6: no JSON\)' "fps $fps"
done
for total in 2 4; do
	info '"total_episodes": 3' "\"total_episodes\": $total"
	says 0 "info.json says $total episodes, the data has 3" "$total episodes promised"
done
for total in 17 19; do
	info '"total_frames": 18' "\"total_frames\": $total"
	says 0 "info.json says $total frames, the data has 18" "$total frames promised"
done
for shape in 0 -1 1e9 '"x"' 1 3; do
	info '^ *2$' "$shape"
	case $status in 0 | 66) tap_same "$wrong" "" "shape $shape" ;;
	*) tap_ok 1 "shape $shape: $status" ;; esac
done
for path in ../../etc/passwd /etc/passwd '%s%n{episode_chunk:99999999999d}'; do
	info '"fps"' "\"data_path\": \"$path\", \"fps\""
	says 0 '3 episodes, 18 frames' "data_path $path leads nowhere"
	! grep -q root: "$work/out" "$work/err"
	tap_ok $? "and nothing else is read"
done
rm -f "$db"
info '"features"' '"robot_type": [[[[[[[["'
refused 66 'info.json: line [0-9]*: no JSON' "info.json broken in its middle"
[ ! -e "$db" ]
tap_ok $? "and no database is made"

# A good database, which no bad file may change.
rm -f "$db"
run learn "$sets/v21"
run profile export v21 "$work/good.json"
tap_same "$status" 0 "a profile to damage"
cp "$db" "$work/good.db"
complaints=
for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
	if [ $((seed % 2)) -eq 0 ]; then copy v21; else copy v30; fi
	file=$(find "$set" -type f | sort | sed -n "$((seed / 2 % 5 + 1))p")
	flip "$file" $seed
	run learn --name flipped "$set"
	case $status in
	0) grep -q 'profile flipped' "$work/out" || wrong="$wrong, no profile" ;;
	66) grep -q "^policytop: $set/" "$work/err" || wrong="$wrong, no file is named" ;;
	*) wrong="$wrong, status $status" ;;
	esac
	[ -z "$wrong" ] || complaints="$complaints $seed $file: $wrong;"
	run record "dataset:$set?speed=max"
	[ -z "$wrong" ] || complaints="$complaints record $seed $file: $wrong;"
done
tap_empty "$complaints" "flipped bytes in any file of a set: learned, or refused by its name"
complaints=
for cut in 0 3 11 200 400 600; do
	copy v21
	head -c $cut "$sets/v21/data/chunk-000/episode_000001.parquet" \
		>"$set/data/chunk-000/episode_000001.parquet"
	run record "dataset:$set?speed=max"
	[ -z "$wrong" ] && { [ $status -eq 0 ] || grep -q 'episode_000001.parquet: ' "$work/err"; } ||
		complaints="$complaints $cut: $status $wrong;"
done
tap_empty "$complaints" "a data file cut anywhere is named, or read as far as it goes"
sound "$db"
tap_ok $? "the database is sound after all this"
rm -f "$db"*
cp "$work/good.db" "$db"

# profile_of PATTERN REPLACEMENT STATUS WANTED TEXT: import of the profile changed so.
profile_of()
{
	sed "s~$1~$2~" "$work/good.json" >"$work/bad.json"
	! cmp -s "$work/bad.json" "$work/good.json" || tap_ok 1 "$1 is in the profile"
	run profile import "$work/bad.json"
	if [ "$3" -eq 66 ]; then refused "$3" "bad.json: .*$4" "$5"; else says "$3" "$4" "$5"; fi
}

profile_of '"episodes":3' '"episodes":4000000000' 66 'episodes' "profile: huge counts"
profile_of '"episodes":3' '"episodes":-1' 66 'episodes' "profile: a negative count"
profile_of '"frames":18' '"frames":"x"' 66 'frames' "profile: a text for a count"
for fps in 0 -5 1e308 1e-320 '"NaN"'; do
	profile_of '"fps":10' "\"fps\":$fps" 66 'fps is no number' "profile: fps $fps"
done
profile_of '"fps":10' '"fps":NaN' 66 'line 1: broken JSON' "profile: NaN"
profile_of '}$' '' 66 'JSON' "profile: cut"
profile_of '$' ' more' 66 'line 1: broken JSON' "profile: something behind it"
profile_of '"features":{' '"features":[' 66 'JSON' "profile: brackets that do not fit"
profile_of '"min":' '"min":"x","was":' 0 'imported' "profile: a value that is none is unknown"
head -c 300000 /dev/zero | tr '\0' '[' >"$work/bad.json"
run profile import "$work/bad.json"
refused 66 'bad.json: .*JSON' "profile: nested 300 000 deep"
for file in /dev/null "$work" "$sets/v21/data/chunk-000/episode_000000.parquet" "$work/none"; do
	run profile import "$file"
	refused 66 "$(basename "$file")" "profile: $(basename "$file")"
done
tap_same "$(sqlite3 "$db" "SELECT group_concat(profile) FROM profiles; PRAGMA integrity_check")" \
	"v21
ok" "no refused profile left anything"

run record "dataset:$sets/v21?speed=max" --capture "$work/cap"
tap_same "$status" 0 "a capture to damage"
size=$(wc -c <"$work/cap")
complaints=
for cut in 0 7 60 $((size / 2)) $((size - 5)); do
	head -c "$cut" "$work/cap" >"$work/bad.cap"
	run record "raw:$work/bad.cap?speed=max"
	grep -q 'bad.cap.*\(cut\|empty\)' "$work/err" || wrong="$wrong, not told"
	[ -z "$wrong" ] || complaints="$complaints $cut: $wrong;"
done
tap_empty "$complaints" "a capture cut anywhere says so"
complaints=
for seed in 1 2 3 4 5 6 7 8; do
	cp "$work/cap" "$work/bad.cap"
	flip "$work/bad.cap" $seed
	run record "raw:$work/bad.cap?speed=max"
	[ -z "$wrong" ] && [ $status -eq 66 ] && grep -q 'bad.cap: .*damaged' "$work/err" ||
		complaints="$complaints $seed: $status $wrong;"
done
tap_empty "$complaints" "a flipped capture is refused from the damage on: 66"
run record raw:/etc/passwd
refused 66 '/etc/passwd: this is no capture' "another file is no capture"
tap_done
