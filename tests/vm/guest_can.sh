#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# CAN as the kernel has it: a virtual bus, and two controllers that share a real one.
#: modules vcan can-raw kvaser_pci
#: tools ip cansend candump
#: qemu -object can-bus,id=bus -device kvaser_pci,canbus=bus -device kvaser_pci,canbus=bus
#: icount 2
#: seconds 200
set -u
. "$TOP_SRCDIR/tests/tap.sh"

# within COMMAND…: waits until it is true, 20 s at most.
within()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || return 1
		usleep 100000
	done
}

# seen IFACE FRAME: what is sent is what others on the bus see.
seen()
{
	candump -n 1 -L "$1" >/tmp/dump &
	until grep -q "$1" /proc/net/can/rcvlist_all; do
		usleep 10000
	done
	cansend "$2" "$3"
	within test -s /tmp/dump
	cut -d ' ' -f 3 /tmp/dump
}

modprobe -a vcan can-raw kvaser_pci
ip link add vcan0 type vcan && ip link set vcan0 up
tap_ok $? "vcan0 is up"
tap_same "$(seen vcan0 vcan0 011#1180007FF7FF1A1C)" "011#1180007FF7FF1A1C" "it carries a frame"
for can in can0 can1; do
	ip link set "$can" type can bitrate 1000000 berr-reporting on && ip link set "$can" up
	tap_ok $? "$can, a real controller, is up"
done
tap_same "$(seen can1 can0 001#7FFF7FF28FF7FF01)" "001#7FFF7FF28FF7FF01" "they share a bus"
ip -details link show can0 | grep -q 'state ERROR-ACTIVE (berr-counter tx 0 rx 0)'
tap_ok $? "its state and counters can be read"
tap_done
