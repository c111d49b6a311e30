#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A camera of the kernel's test driver, with all the errors that it can inject.
#: modules vivid
#: programs src/policytop tests/vm/own_camera
#: files tests/vm/cameras.sh
#: tools v4l2-ctl sqlite3
#: udev yes
#: icount 2
#: seconds 1500
set -u
. "$TOP_SRCDIR/tests/tap.sh"
. "$TOP_SRCDIR/tests/vm/cameras.sh"

modprobe vivid n_devs=1 node_types=0x1
within test -e $camera
ctl --set-fmt-video=width=320,height=180,pixelformat=YUYV --set-parm=30
tells "vivid: look at it" look "0 1" '"state":"streaming".*"width":320,"height":180.*"pictures":[1-9]' \
	$camera
"$POLICYTOP" look --all >looked
[ "$(grep -c '^  [*#][*#].*[.: ]' looked)" -ge 9 ]
tap_ok $? "vivid: look at all: its colour bars, in letters, bright on the left"
mkdir png
"$POLICYTOP" look --png png $camera >looked
tap_same "$(od -An -tu1 -j12 -N12 png/*.png | tr -s ' ')" " 73 72 68 82 0 0 1 64 0 0 0 180" \
	"vivid: its picture as a file, 320 x 180"
owning
tells "vivid: a stream of our own at its rate" said 2 '"state":"streaming".*"fps":[23][0-9]'
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
tells "vivid: and it streams again" said 2 '"state":"streaming".*"fps":[23][0-9]'
ctl -c inject_vidioc_qbuf_error=1
tells "vivid: a buffer that is refused is a state, too" said 1 '"trouble":"the stream broke'
release
for call in reqbufs streamon; do
	ctl -c inject_vidioc_${call}_error=1
	owning
	tells "vivid: $call is refused" said 1 "cannot stream"
	tells "vivid: and tried again" said 2 '"state":"streaming".*"fps":[23][0-9]'
	release
done
owning
said_streaming='"state":"streaming".*"fps":[23][0-9]'
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
tap_done
