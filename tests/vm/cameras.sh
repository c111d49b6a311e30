# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the guests with cameras share: v4l2-ctl is the program that a policy's would be. $camera is
# the device, which the script may change; the script has sourced tests/tap.sh.
cd /tmp || exit 1
camera=/dev/video0

# within COMMAND…: waits until it is true, a minute of the guest's at most.
within()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || return 1
		usleep 100000
	done
}

ctl()
{
	v4l2-ctl -d "$camera" "$@" >/dev/null 2>&1
}

# stream N: a program takes N frames (0: until it is ended), its numbers into "taken".
stream()
{
	v4l2-ctl -d "$camera" --stream-mmap=4 --stream-count="$1" --stream-to=/dev/null --verbose \
		>taken 2>&1 &
	# shellcheck disable=SC2034 # for who sources this
	streamer=$!
}

# Frames that are missing in the numbers of "taken".
gaps()
{
	sed -n 's/.*seq: *\([0-9]*\).*/\1/p' taken |
		awk 'NR > 1 { lost += $1 - last - 1 } { last = $1 } END { print NR + 0, lost + 0 }'
}

# watch WORD: a recording of it, in run.db, until unwatch.
watch()
{
	rm -f run.db*
	"$POLICYTOP" --db run.db record "$1" >watched 2>&1 &
	watcher=$!
	within rows 1 "state IS NOT NULL"
}

unwatch()
{
	kill -INT "$watcher"
	wait "$watcher"
}

# rows N WHERE: at least so many seconds of the camera are such.
rows()
{
	[ "$(sqlite3 run.db "SELECT count(*) FROM frames WHERE $2")" -ge "$1" ]
}

noted()
{
	sqlite3 run.db "SELECT text FROM notes" | grep -q -- "$1"
}

# raised CODE: a check has told of it.
raised()
{
	[ "$(sqlite3 run.db "SELECT count(*) FROM verdicts WHERE code = '$1'")" -gt 0 ]
}

# said N PATTERN: at least so many lines of the camera that is streamed by us are such.
said()
{
	[ "$(grep -c -- "$2" owned)" -ge "$1" ]
}

# owning: streams the camera until release; what it tells into "owned".
owning()
{
	rm -f owning.fifo
	mkfifo owning.fifo
	: >owned
	"$TOP_BUILDDIR/tests/vm/own_camera" "v4l2:$camera?name=front&mode=own" 600 <owning.fifo >>owned 2>&1 &
	owner=$!
	exec 4>owning.fifo
}

release()
{
	echo end >&4
	exec 4>&-
	wait "$owner"
}

# look STATUS PATTERN ARGUMENT…: the command ends with one of these, and its JSON is such.
look()
{
	statuses=$1
	pattern=$2
	shift 2
	"$POLICYTOP" look "$@" --json >looked 2>&1
	status=$?
	case " $statuses " in *" $status "*) ;; *) return 1 ;; esac
	grep -q -- "$pattern" looked
}

show()
{
	echo "# the last that was told:" >&2
	tail -n 5 owned >&2 2>/dev/null
	tail -n 9 looked >&2 2>/dev/null
	sqlite3 -header run.db "SELECT * FROM frames ORDER BY t_ns DESC LIMIT 3" >&2 2>/dev/null
	sqlite3 run.db "SELECT text FROM notes" >&2 2>/dev/null
}

# tells WHAT COMMAND…: it becomes true.
tells()
{
	what=$1
	shift
	within "$@"
	told=$?
	[ "$told" -eq 0 ] || show
	tap_ok "$told" "$what"
}
