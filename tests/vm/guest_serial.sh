#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Servo buses on real serial drivers: a ttyACM of the USB gadget, and an FTDI chip as ttyUSB. Polled
# through libserialport, with a program between tap and bus, and overheard by usbmon; unplugged and
# plugged in again.
#: modules dummy_hcd usb_f_acm cdc-acm g_serial usbmon xhci-pci ftdi_sio
#: programs src/policytop src/tap/policytop-tap tests/vm/servo_peer
#: tools sqlite3
#: udev yes
#: qemu -device qemu-xhci,id=xhci -chardev socket,id=bus,path=%t/bus,server=on,wait=off
#: qemu -device usb-serial,chardev=bus,serial=DXLSIM01,bus=xhci.0
#: beside tests/vm/servo_peer bus dxl :%t/bus
#: icount 2
#: seconds 400
set -u
. "$TOP_SRCDIR/tests/tap.sh"
peer=$TOP_BUILDDIR/tests/vm/servo_peer
acm=/dev/serial/by-id/usb-SimCo_SO101-Sim_SIMARM0001-if00
link=$XDG_RUNTIME_DIR/policytop/arm

# within COMMAND…: waits until it is true, 60 s at most.
within()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || return 1
		usleep 100000
	done
}

plug()
{
	modprobe g_serial use_acm=1 n_ports=1 iSerialNumber=SIMARM0001 iManufacturer=SimCo \
		iProduct=SO101-Sim
	within test -c /dev/ttyGS0
	"$peer" bus sts /dev/ttyGS0 &
	bus_pid=$!
}

unplug()
{
	kill $bus_pid
	wait $bus_pid 2>/dev/null
	rmmod g_serial
}

# record NAME SOURCE…: in the background.
record()
{
	name=$1
	shift
	"$POLICYTOP" --db "/tmp/$name.db" record --json --rig "$name" "$@" >"/tmp/$name" &
	eval "${name}_pid=$!"
	within grep -q ready "/tmp/$name"
}

count() # NAME VIEW [WHERE]
{
	sqlite3 "/tmp/$1.db" "SELECT count(*) FROM $2 ${3:+WHERE $3}" 2>/dev/null || echo 0
}

has() # NAME AT-LEAST VIEW [WHERE]
{
	[ "$(count "$1" "$3" "${4-}")" -ge "$2" ]
}

finish()
{
	eval "kill -INT \$${1}_pid; wait \$${1}_pid"
	[ $? -le 2 ]
}

modprobe -a dummy_hcd usb_f_acm cdc-acm usbmon xhci-pci ftdi_sio
plug
within test -c "$acm"
tap_ok $? "the gadget is $(readlink -f "$acm")"
[ -c "$acm" ] || exit 1

record poll "feetech:$acm?robot=so101"
within has poll 100 steps && within has poll 6 motors "temp_degc > 0 AND voltage_v > 0"
tap_ok $? "feetech: polls a ttyACM through libserialport ($(count poll steps) steps)"
"$peer" drive sts "$acm" 1 >/tmp/second
finish poll
tap_ok $? "and ends in order"
tap_same "$(count poll gaps)" 0 "nothing is missing"

dev=$(cat "/sys/class/tty/$(basename "$(readlink -f "$acm")")/device/../busnum")-$(
	cat "/sys/class/tty/$(basename "$(readlink -f "$acm")")/device/../devnum")
record beside "usbmon:$dev?robot=so101&norm=ticks"
tap_ok $? "usbmon:$dev is overheard"
record arm "tap:$acm?link=arm&robot=so101&norm=ticks"
tap_ok $? "a tap has the port"
tap_same "$("$peer" drive sts "$link" 500)" "500 cycles: well" "a program works through it"
within has arm 500 steps && within has beside 500 steps
tap_same "$(count arm steps) $(count beside steps)" "500 500" "both see each goal"
values="SELECT seq, joint, sent, got FROM joint_values ORDER BY seq, place"
sqlite3 /tmp/arm.db "$values" >/tmp/arm.csv
sqlite3 /tmp/beside.db "$values" >/tmp/beside.csv
cmp -s /tmp/arm.csv /tmp/beside.csv
tap_ok $? "and the same values: $(wc -l </tmp/arm.csv)"
tap_same "$(sqlite3 /tmp/beside.db "SELECT sum(timeouts), sum(corrupt) FROM buses")" "0|0" \
	"overheard without a fault"
timeout 5 dd if="$acm" of=/dev/null count=1 2>/dev/null
within has arm 1 buses "openers > 0" && within has arm 1 notes "text LIKE 'dd (pid%past the tap%'"
tap_ok $? "root's second program at the port is told by name"

# A reply is on its way again and again while the cable comes off.
"$peer" drive sts "$link" 100000 >/tmp/cut &
drive_pid=$!
within has arm 520 steps
unplug
wait $drive_pid
tap_ok $((1 - $?)) "unplugged under a program, that notices: $(cat /tmp/cut)"
grep -q 'Input/output error' /tmp/cut
tap_ok $? "as an error of the port"
within test ! -L "$link"
tap_ok $? "the link is gone"
within has arm 1 buses "state = 'gone'" && within has beside 1 buses "state = 'gone'"
tap_ok $? "and both sources say so"
plug
within test -L "$link"
tap_ok $? "plugged in again, the link is there"
tap_same "$("$peer" drive sts "$link" 100)" "100 cycles: well" "and a program works through it"
finish arm && finish beside
tap_ok $? "both end in order"
record poll2 "feetech:$acm?robot=so101"
within has poll2 20 steps
unplug
within has poll2 1 buses "state = 'gone'"
tap_ok $? "a polled port that is unplugged is told"
plug
steps=$(count poll2 steps)
within has poll2 $((steps + 50)) steps
tap_ok $? "and polled again once it is back"
finish poll2

ftdi=$(echo /dev/serial/by-id/*DXLSIM01*)
within test -c "$ftdi"
tap_ok $? "an FTDI chip is $(readlink -f "$ftdi")"
record usb "dynamixel:$ftdi?robot=koch"
within has usb 50 steps && within has usb 1 buses "latency_timer_ms IS NOT NULL"
tap_ok $? "dynamixel: polls it, and tells its latency timer"
finish usb
record arm2 "tap:$ftdi?link=arm&robot=koch&norm=ticks"
tap_same "$("$peer" drive dxl "$link" 100)" "100 cycles: well" "a program works through its tap"
within has arm2 100 steps
tap_ok $? "which sees it"
finish arm2
"$POLICYTOP" record "usbmon:$(cat /sys/class/tty/ttyUSB0/device/../../busnum)-$(
	cat /sys/class/tty/ttyUSB0/device/../../devnum)" 2>&1 | grep -q 'no CDC-ACM'
tap_ok $? "usbmon: knows that it is none of its own"
tap_done
