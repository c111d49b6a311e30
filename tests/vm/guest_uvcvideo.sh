#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A USB camera that uvcsim plays to the real uvcvideo: watched beside a program that streams it.
#: modules vhci-hcd uvcvideo
#: programs src/policytop tests/vm/own_camera tests/vm/uvcsim
#: files tests/vm/cameras.sh
#: tools v4l2-ctl sqlite3
#: udev yes
#: icount 2
#: seconds 1500
set -u
. "$TOP_SRCDIR/tests/tap.sh"
. "$TOP_SRCDIR/tests/vm/cameras.sh"

by_id=/dev/v4l/by-id/usb-SimCo_SimCam_CAM0001-video-index0

plug()
{
	rm -f orders
	mkfifo orders
	"$TOP_BUILDDIR/tests/vm/uvcsim" CAM0001 0 <orders &
	sim=$!
	exec 3>orders
	within test -e $by_id
}

unplug()
{
	order unplug
	exec 3>&-
	wait "$sim"
}

order()
{
	echo "$1" >&3
}

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
tells "verdict camera-fps" raised camera-fps
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
for code in camera-gone camera-busy camera-stale; do
	tells "verdict $code" raised $code
done
unwatch

# What a watcher costs the program that streams: nothing.
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
tells "look: whose it is, and no picture" look 3 '"level":"unknown".*has it.*"owner":"v4l2-ctl (' \
	"$camera" --name front
kill "$streamer"
wait "$streamer"
release
unwatch
tells "look: nobody has it, and it is let go again" look "0 1" \
	'"state":"streaming".*"width":320,"height":240.*"pictures":[1-9]' "$camera"
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
tap_done
