#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# learn on small sets of our own: versions, parts, several at once, a missing footer, and what is
# broken: a clear error that names the place, and a database that stays as it was.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
sets=$TOP_SRCDIR/tests/training/sets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
db=$work/runs.db

learn()
{
	"$POLICYTOP" --db "$db" learn "$@" >"$work/out" 2>"$work/err"
}

# has PATTERN TEXT: the last output or error has it.
has()
{
	cat "$work/out" "$work/err" | grep -qe "$1"
	tap_ok $? "$2"
}

# copy SET: a writable copy of a set, as $work/set.
copy()
{
	rm -rf "$work/set"
	cp -R "$sets/$1" "$work/set"
	chmod -R u+w "$work/set"
	set=$work/set
}

# refused STATUS PATTERN TEXT: learn of $set ends so, and stores nothing.
refused()
{
	rm -f "$db"
	learn "$set"
	status=$?
	[ "$status" -eq "$1" ] && [ ! -s "$work/out" ] && [ ! -e "$db" ] && grep -qe "$2" "$work/err"
	tap_ok $? "$3"
	sed 's/^/# /' "$work/err"
}

# The figures without name, time, and cameras, whose statistics are summed in another order.
same_figures()
{
	sed 's/"profile":"[^"]*"//; s/"learned_utc":"[^"]*"//; s/"cameras":\[[^}]*}\]//'
}

learn --json "$sets/v21"
tap_ok $? "v2.1"
has '"episodes":3,"frames":18,"fps":10' "counts"
has '{"task":"Pick.","episodes":2},{"task":"Place.","episodes":1}' "tasks"
has '"height":48,"width":64,"channels":3,"fps":10,"mean":\[0.5,0.4,0.3\]' "camera, channels first"
has '"disagreements":\[\]' "no disagreement"
has '"name":"gripper.pos","unit":"0_100"' "a gripper's unit is known, by the robot"
has '"name":"arm.pos","unit":null' "an arm's is not"
has 'observation.images.top: no videos here' "missing videos are told"
same_figures <"$work/out" >"$work/v21"
learn --json "$sets/v30"
same_figures <"$work/out" | cmp -s - "$work/v21"
tap_ok $? "v3.0 gives the same figures"

learn --json "$sets/v30?episodes=1-2"
has '"episodes":2,"frames":13' "a part of the episodes"
learn --json "$sets/v21?episodes=1-2" --name part
has '"profile":"part","episodes":2,"frames":13' "a part, and a name"
learn "$sets/v21?episodes=9"
[ $? -eq 66 ]
tap_ok $? "no such episode: $(cat "$work/err")"
learn "$sets/v21?episodes=x"
[ $? -eq 64 ]
tap_ok $? "no list of episodes: $(cat "$work/err")"
learn --json "$sets/v21" "$sets/v30" --name both
has '"profile":"both","episodes":6,"frames":36' "two sets at once"
copy v21
sed -i 's/arm.pos/other.pos/' "$set/meta/info.json"
rm -f "$db"
learn "$sets/v21" "$set"
[ $? -eq 64 ] && [ ! -e "$db" ] && grep -q 'joint 0 is other.pos, in the set before it arm.pos' "$work/err"
tap_ok $? "other joints: $(cat "$work/err")"

mkdir -p "$work/hub/datasets--me--set/snapshots/abc" "$work/home/me"
cp -R "$sets/v30/." "$work/hub/datasets--me--set/snapshots/abc"
cp -R "$sets/v21" "$work/home/me/old"
HF_HUB_CACHE=$work/hub HF_LEROBOT_HOME=$work/home learn --json me/set
has '"profile":"set","episodes":3' "a repo id in the hub's cache"
HF_HUB_CACHE=$work/hub HF_LEROBOT_HOME=$work/home learn --json me/old
has '"profile":"old","episodes":3' "a repo id in LeRobot's"
HF_HUB_CACHE=$work/hub HF_LEROBOT_HOME=$work/home learn me/none
has 'no such repo id under' "a repo id that is nowhere"

copy v30
file=$set/data/chunk-000/file-000.parquet
size=$(wc -c <"$file")
head -c $((size - 900)) "$file" >"$file.cut" && mv "$file.cut" "$file"
learn --json "$set"
has '"episodes":3,"frames":18' "a file without footer: all its episodes"
has 'no footer .* 18 frames were recovered' "and that is said"
head -c 2000 "$file" >"$file.cut" && mv "$file.cut" "$file"
learn --json "$set"
has '12 frames were recovered, the last 424 bytes were not' "a file cut in the middle: whole row groups"
has 'episodes of meta/episodes have no data' "what is missing is told"
head -c 40 "$file" >"$file.cut" && mv "$file.cut" "$file"
refused 66 'file-000.parquet: no footer, and no whole row group' "a file cut at its beginning"

copy v30
sed -i 's/"max": \[25.5/"max": [0.9/; s/"max": \[25.5/"max": [0.9/' "$set/meta/stats.json"
learn "$set"
has 'action arm.pos: meta/stats.json says max 0.9 (the data has 25.5)' "a disagreement"

copy v21
: >"$set/data/chunk-000/episode_000001.parquet"
refused 66 'episode_000001.parquet: 0 bytes are no Parquet file' "an empty file"
copy v21
cp "$set/meta/info.json" "$set/data/chunk-000/episode_000001.parquet"
refused 66 'episode_000001.parquet: no Parquet file' "JSON instead of Parquet"
copy v21
rm -r "$set/data"
refused 66 'data: cannot open' "no data"
copy v21
sed -i 's/^ *2$/3/' "$set/meta/info.json"
refused 66 'row group 0, column action: row 0: a list of 2 values, info.json says 3' "another shape"
copy v21
sed -i 's/"action"/"moves"/; s/"observation.state"/"pose"/' "$set/meta/info.json"
refused 66 'neither action nor observation.state' "no joint data"
copy v21
sed -i 's/"fps": 10.0,/"fps": 0,/' "$set/meta/info.json"
refused 66 'info.json: fps is no number' "fps 0"
copy v21
sed -i 's/v2.1/v1.6/' "$set/meta/info.json"
refused 66 'LeRobotDataset v1.6 is not supported' "an old version"
copy v21
sed -i 's/"features"/features/' "$set/meta/info.json"
refused 66 'info.json: line [0-9]*: no JSON' "broken info.json"
copy v21
echo '{"task_index": 2, "task": ' >>"$set/meta/tasks.jsonl"
refused 66 'tasks.jsonl, line 3: broken JSON' "a broken line names its number"
copy v21
head -c 100000000 /dev/zero | tr '\0' 'x' >>"$set/meta/episodes.jsonl"
refused 66 'episodes.jsonl, line 4: longer than' "a line of 100 MB"
copy v21
printf '{"task_index": 0, "task": "a\\u001b[31mb\\u202e"}\n' >"$set/meta/tasks.jsonl"
sed -i 's/"arm.pos"/"a\\u001b]0;x"/' "$set/meta/info.json"
learn "$set"
has 'task "a\\x1b\[31mb' "escape sequences in a task are shown, not sent"
! grep -q "$(printf '\033')" "$work/out"
tap_ok $? "nor in a joint's name"
copy v21
sed -i 's/so101_follower/so101_follower\\u001b[2J/' "$set/meta/info.json"
learn "$set"
! grep -q "$(printf '\033')" "$work/out"
tap_ok $? "nor in a robot's"
set=$work/nowhere
refused 66 'nowhere: no such folder' "no such folder"
set=$sets
refused 66 'no LeRobotDataset, meta/info.json is missing' "a folder that is none"
tap_done
