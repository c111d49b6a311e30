#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# learn and look where videos, or the helper that decodes them, are broken: a message, a profile
# without pictures, and never an exit.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
db=$work/runs.db
set=$work/set
cp -R "$TOP_SRCDIR/tests/training/sets/v21" "$set"
chmod -R u+w "$set"
videos=$set/videos/chunk-000/observation.images.top
mkdir -p "$videos"
for i in 0 1 2; do
	echo "this is no video" >"$videos/episode_00000$i.mp4"
done

learn()
{
	"$POLICYTOP" --db "$db" learn "$@" >"$work/out" 2>"$work/err"
}

# says PATTERN TEXT: the profile was made, and this was said.
says()
{
	grep -q '^profile set' "$work/out" && grep -qe "$1" "$work/err"
	tap_ok $? "$2"
	sed 's/^/# /' "$work/err"
}

# helper LINE...: a helper that does so.
helper()
{
	mkdir -p "$work/libexec"
	printf '#!/bin/sh\n%s\n' "$1" >"$work/libexec/policytop-video"
	chmod +x "$work/libexec/policytop-video"
}

# refused STATUS TEXT: a mistake in the words of a command.
refused()
{
	[ "$1" -eq 64 ] && [ -s "$work/err" ]
	tap_ok $? "$2"
}

if [ -x "$TOP_BUILDDIR/src/video/policytop-video" ]; then
	learn "$set"
	says 'camera top: 3 of 3 videos do not decode: no video can be read' "files that are no videos"
	: >"$videos/episode_000001.mp4"
	learn "$set"
	says 'do not decode' "an empty file"
else
	tap_skip "files that are no videos" "built without FFmpeg"
	tap_skip "an empty file" "built without FFmpeg"
fi
POLICYTOP_LIBEXECDIR=$work/libexec
export POLICYTOP_LIBEXECDIR
mkdir -p "$work/libexec"
helper 'kill -SEGV $$'
learn "$set"
says 'videos are not looked at: .*policytop-video crashed' "a helper that crashes"
grep -q "only the set's channel statistics are used" "$work/err" &&
	grep -q 'no pictures: its light is judged by these means, which tell less' "$work/out"
tap_ok $? "what is left to go by is weaker, and that is said"
helper 'exit 0'
learn "$set"
says 'policytop-video ended early' "one that ends early"
helper 'head -c 100000 /dev/zero'
learn "$set"
says 'another version, or out of its mind' "one that writes nonsense"
helper 'yes REELREEL | head -c 200000'
learn "$set"
says 'another version, or out of its mind' "other nonsense"
# One that hangs, and one that is stopped: given up, killed, and the profile is made.
export POLICYTOP_VIDEO_WAIT_S=1
for hang in 'exec sleep 300' 'kill -STOP $$'; do
	helper "echo \$\$ >'$work/pid'; $hang"
	learn "$set"
	says 'videos are not looked at: .*policytop-video said nothing for 1 s' "one that hangs: $hang"
	! kill -0 "$(cat "$work/pid")" 2>/dev/null
	tap_ok $? "it is gone"
done
learn --no-videos "$set" && ! grep -q 'not looked at' "$work/err"
tap_ok $? "--no-videos looks at none"

! "$POLICYTOP" --db "$db" look --dataset "$set" --profile set >"$work/out" 2>"$work/err" &&
	grep -q 'has no pictures of its cameras' "$work/err"
tap_ok $? "look with a profile without pictures says so"
"$POLICYTOP" --db "$db" look --dataset "$set" >"$work/out" 2>"$work/err"
refused $? "look without a profile"
"$POLICYTOP" --db "$db" look --profile set >"$work/out" 2>"$work/err"
refused $? "look at nothing"
"$POLICYTOP" --db "$db" look --dataset "$set" --profile set --swap a >"$work/out" 2>"$work/err"
refused $? "a swap of one"
"$POLICYTOP" --db "$db" look --dataset "$set" --profile set --every 5h >"$work/out" 2>"$work/err"
refused $? "windows of no length"
tap_done
