#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# can: and its interface: one that goes down and away, and two real controllers that share a bus.
#: modules vcan can-raw kvaser_pci
#: programs src/policytop tests/vm/can_arm
#: files tests/vm/can.sh
#: tools ip cansend sqlite3
#: qemu -object can-bus,id=bus -device kvaser_pci,canbus=bus -device kvaser_pci,canbus=bus
#: seconds 300
set -u
. "$TOP_SRCDIR/tests/tap.sh"
. "$TOP_SRCDIR/tests/vm/can.sh"

modprobe -a vcan can-raw kvaser_pci
ip link add vcan0 type vcan && ip link set vcan0 up
start gone 'can:vcan0?robot=yam'
"$arm" 10 4000 vcan0 >/dev/null
within is "$(newest state)" ok
tap_ok $? "an interface that is up"
ip link set vcan0 down
within is "$(newest state)" off
tap_ok $? "an interface that is down"
within is "SELECT count(*) FROM verdicts WHERE code = 'can-bus' AND level = 'fail'" 1
tap_ok $? "which is an alarm"
ip link set vcan0 up
"$arm" 10 4000 vcan0 >/dev/null
within is "$(newest state)" ok
tap_ok $? "up again"
ip link del vcan0
within is "$(newest state)" gone
tap_ok $? "gone"
ip link add vcan0 type vcan && ip link set vcan0 up
within is "SELECT count(*) FROM notes WHERE text = 'vcan0 is back'" 1
"$arm" 10 4000 vcan0 >/dev/null
within is "$(newest state)" ok
tap_ok $? "another one of its name is taken"
stop

# A real controller.
for can in can0 can1; do
	ip link set "$can" type can bitrate 1000000 berr-reporting on && ip link set "$can" up
done
start real 'can:can1?robot=yam'
within is "$(newest "state, tx_errors, rx_errors")" "ok|0|0"
tap_ok $? "a controller that is error active, and its counters"
# One at a time: an emulated controller knows no bit rate, and its buffer is small.
for _ in 1 2 3 4 5; do
	cansend can0 001#7FFF7FF28FF7FF01
	cansend can0 011#1180007FF7FF1A1C
done
within is "$(newest transactions)" 10
tap_same "$(ask "$(newest "transactions, corrupt, stray")"),$(sent_by_host can1)" "10|0|0,0" \
	"frames of another node, and none of ours"
ip link set can1 down
within is "$(newest state)" off
tap_ok $? "a controller that is stopped"
within is "SELECT level, subject, message FROM verdicts WHERE code = 'can-bus'" \
	"fail|can1|can1 is off: no motor hears a command any more"
tap_ok $? "and an alarm"
stop
tap_done
