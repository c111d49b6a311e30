#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Cameras on the kernel's own drivers: vivid with all it can inject, and a USB camera that uvcsim
# plays to the real uvcvideo. v4l2-ctl is the program that a policy's would be.
#: modules vivid vhci-hcd uvcvideo
#: programs src/policytop tests/vm/uvcsim tests/vm/own_camera
#: tools v4l2-ctl sqlite3
#: udev yes
#: icount 2
#: seconds 900
set -u
. "$TOP_SRCDIR/tests/tap.sh"
cd /tmp || exit 1
uvcsim=$TOP_BUILDDIR/tests/vm/uvcsim
own=$TOP_BUILDDIR/tests/vm/own_camera
by_id=/dev/v4l/by-id/usb-SimCo_SimCam_CAM0001-video-index0

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
	"$own" "v4l2:$camera?name=front&mode=own" 600 <owning.fifo >owned 2>&1 &
	owner=$!
	exec 4>owning.fifo
}

release()
{
	exec 4>&-
	wait "$owner"
}

show()
{
	echo "# the last that was told:" >&2
	tail -n 5 owned >&2 2>/dev/null
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

vivid()
{
	modprobe vivid n_devs=1 node_types=0x1
	camera=/dev/video0
	within test -e $camera
	ctl --set-fmt-video=width=320,height=180,pixelformat=YUYV --set-parm=30
	owning
	tells "vivid: a stream of our own at its rate" said 2 '"state":"streaming".*"fps":[23][0-9.]*,"jitter'
	tells "vivid: its pictures are looked at" said 5 '"type":"camera".*"width":320,"height":180'
	tap_same "$(grep -c '"lost":[1-9]' owned)" 0 "vivid: no frame is lost"
	ctl -c percentage_of_dropped_buffers=30
	tells "vivid: a third is lost, and counted" said 1 '"lost":[1-9][0-9]'
	ctl -c percentage_of_dropped_buffers=0
	ctl -c inject_v4l2_buf_flag_error=1
	tells "vivid: a damaged frame is counted" said 1 '"errors":[1-9]'
	ctl -c inject_fatal_streaming_error=1
	tells "vivid: a fatal error is a state" said 1 '"trouble":"the stream broke'
	: >owned
	tells "vivid: and it streams again" said 2 '"state":"streaming".*"fps":[23]'
	ctl -c inject_vidioc_qbuf_error=1
	tells "vivid: a buffer that is refused is a state, too" said 1 '"trouble":"the stream broke'
	release
	for call in reqbufs streamon; do
		ctl -c inject_vidioc_${call}_error=1
		owning
		tells "vivid: $call is refused" said 1 "cannot stream"
		tells "vivid: and tried again" said 2 '"state":"streaming".*"fps":[23]'
		release
	done
	owning
	said_streaming='"state":"streaming".*"fps":[23]'
	within said 1 "$said_streaming"
	ctl -c disconnect=1
	tells "vivid: disconnected" said 1 '"state":"gone"'
	tells "vivid: and back" said 1 "is back"
	: >owned
	within said 1 "$said_streaming"
	echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind
	tells "vivid: unbound" said 1 '"state":"gone"'
	echo vivid.0 >/sys/bus/platform/drivers/vivid/bind
	tells "vivid: bound again" said 1 "is back"
	release
	within test -e $camera
	ctl --set-fmt-video=width=320,height=180,pixelformat=YUYV --set-parm=30
	ctl -c percentage_of_dropped_buffers=20
	stream 0
	watch "v4l2:$camera?name=front"
	tells "vivid: beside its program the trace tells rate and loss" \
		rows 3 "state = 'streaming' AND mode = 'watch' AND fps > 15 AND lost > 5 AND age_ms IS NOT NULL"
	tells "vivid: its program is named" rows 1 "owner LIKE 'v4l2-ctl (%'"
	unwatch
	tap_same "$(ls /sys/kernel/tracing/instances)" "" "the trace is removed again"
	kill "$streamer"
	wait "$streamer"
	rmmod vivid
}

plug()
{
	rm -f orders
	mkfifo orders
	"$uvcsim" CAM0001 0 <orders &
	sim=$!
	exec 3>orders
	within test -e $by_id
}

unplug()
{
	exec 3>&-
	wait "$sim"
}

order()
{
	echo "$1" >&3
}

uvc()
{
	modprobe vhci-hcd
	modprobe uvcvideo
	camera=$by_id
	plug
	tap_ok $? "uvcvideo: a camera by its name"
	watch "v4l2:$camera?name=front"
	tells "uvcvideo: nobody has it" rows 1 \
		"state = 'idle' AND width = 320 AND format = 'YUYV' AND serial = 'CAM0001'"
	ctl -c exposure_dynamic_framerate=1
	tells "uvcvideo: another process lets its rate fall" noted \
		"exposure_dynamic_framerate 0 -> 1 by another process"
	ctl -c exposure_dynamic_framerate=0
	ctl --set-fmt-video=width=320,height=240,pixelformat=YUYV --set-parm=30
	tap_ok $? "a program can set it while it is watched"
	stream 0
	tells "uvcvideo: 30 fps beside its program" rows 3 \
		"state = 'streaming' AND fps BETWEEN 27 AND 33 AND owner LIKE 'v4l2-ctl%' AND lost = 0"
	order "rate 10"
	tells "uvcvideo: slower" rows 2 "fps BETWEEN 8 AND 12"
	order "rate 30"
	order damage
	tells "uvcvideo: a damaged frame is lost or flagged" rows 1 "lost > 0 OR errors > 0"
	order freeze
	tells "uvcvideo: no picture comes" rows 2 "state = 'silent'"
	order thaw
	sqlite3 run.db "SELECT max(t_ns) FROM frames" >before
	tells "uvcvideo: and they come again" rows 1 "state = 'streaming' AND t_ns > $(cat before)"
	unplug
	tells "uvcvideo: unplugged" rows 1 "state = 'gone'"
	tells "uvcvideo: it is told" noted unplugged
	wait "$streamer"
	plug
	tells "uvcvideo: plugged in again" noted "is back"
	unwatch
	sqlite3 run.db "SELECT DISTINCT code, level FROM verdicts ORDER BY code" >verdicts
	for code in camera-gone camera-busy camera-fps camera-stale; do
		grep -q "^$code" verdicts
		tap_ok $? "verdict $code"
	done
}

# What a watcher costs the program that streams: nothing.
undisturbed()
{
	ctl --set-fmt-video=width=320,height=240,pixelformat=YUYV --set-parm=30
	stream 600
	wait "$streamer"
	before=$(gaps)
	watch "v4l2:$camera?name=front"
	stream 600
	within rows 1 "state = 'streaming'"
	wait "$streamer"
	after=$(gaps)
	tap_same "${before% *} ${after% *}" "600 600" "600 frames unwatched, 600 watched"
	[ "${after#* }" -le "${before#* }" ]
	tap_ok $? "no more gaps: ${before#* } unwatched, ${after#* } watched"
	tells "and all of them were seen" rows 10 "state = 'streaming' AND fps BETWEEN 27 AND 33"
	stream 30
	wait "$streamer"
	tap_ok $? "a program can open it after us, while it is watched"
	stream 0
	within grep -q seq: taken
	owning
	tells "another program has it: it is watched instead" said 1 "watched only"
	tells "and that is told" said 1 '"mode":"watch"'
	kill "$streamer"
	wait "$streamer"
	release
	unwatch
	owning
	tells "nobody has it: a stream of our own" said 2 \
		'"state":"streaming".*"fps":\(2[7-9]\|3[0-3]\)'
	order still
	tells "the same picture again and again" said 1 '"frozen_s":[1-9]'
	order live
	ctl --set-fmt-video=width=320,height=240,pixelformat=YUYV
	tap_ok $((! $?)) "it is ours: another program cannot set it"
	release
	ctl --set-fmt-video=width=320,height=240,pixelformat=YUYV
	tap_ok $? "and can after us"
	unplug
}

vivid
uvc
undisturbed
tap_done
