#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Boots Debian's stock kernel, in an emulated machine, and runs a guest script as its only task: its
# TAP is the TAP of this. For `make check-vm`; as any user.
#
#	vm.sh GUEST		GUEST: tests/vm/guest_*.sh
#
# A guest script is sh with busybox's tools, run as root with $POLICYTOP, $TOP_SRCDIR and $TOP_BUILDDIR as in
# any other test: it sources tests/tap.sh and ends with tap_done. Its stderr goes to the console.
# Lines in its head say what it needs:
#
#	#: modules NAME…	kernel modules, to be loaded by it
#	#: programs PATH…	of the build tree
#	#: files PATH…		of the source tree
#	#: tools NAME…		of this machine, as found by PATH, in place of busybox's
#	#: udev yes		systemd-udevd runs: /dev/serial/by-id, /dev/v4l/by-id
#	#: qemu OPTION…		of qemu, as they are; %t is a folder for sockets
#	#: beside PROGRAM…	of the build tree: runs beside the machine; %t as above
#	#: icount N		the guest's clock counts instructions, 2^N ns each, and stands still
#				with the machine: for what must be fast, on a slow host, too
#	#: seconds N		may take so long, 300 unless said
#
# Where it died, or was never done, the test bails out and shows the end of the console.
# The kernel is kept in POLICYTOP_VM_CACHE, else in the build tree.
set -u
here=$(cd "$(dirname "$0")" && pwd)
guest=${1:?usage: vm.sh GUEST}
PATH=$PATH:/usr/sbin:/sbin
. "$here/head.sh"

bail()
{
	echo "Bail out! $*"
	exit 1
}

for tool in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio modprobe:kmod \
	dash:dash apt-get:apt; do
	command -v "${tool%:*}" >/dev/null || bail "no ${tool%:*}: install ${tool#*:}"
done
for tool in $(head_words "$guest" tools); do
	command -v "$tool" >/dev/null || bail "no $tool, which $(basename "$guest") needs"
done
work=$(mktemp -d) || bail "no folder for the machine"
beside=
trap 'kill $beside 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

kernel=$(sh "$here/kernel.sh" "${POLICYTOP_VM_CACHE:-$TOP_BUILDDIR/tests/vm/cache}" 2>"$work/log") ||
	bail "no kernel: $(tail -n 1 "$work/log")"
sh "$here/initrd.sh" "$kernel" "$guest" "$work/initrd" 2>"$work/log" ||
	bail "no initrd: $(tail -n 1 "$work/log")"

other=$(head_words "$guest" beside | sed "s,%t,$work,g")
if [ -n "$other" ]; then
	# shellcheck disable=SC2086 # a list of words
	(cd "$TOP_BUILDDIR" && exec $other >"$work/beside" 2>&1) &
	beside=$!
fi
pace=$(head_words "$guest" icount)
seconds=$(head_words "$guest" seconds)
# KVM is there and hangs on some hosts: never asked for.
# shellcheck disable=SC2046 # lists of words
timeout -k 5 "${seconds:-300}" qemu-system-x86_64 -accel tcg -m 512 \
	$(if [ -n "$pace" ]; then echo "-smp 1 -icount shift=$pace,sleep=off"; else echo "-smp 2"; fi) \
	-nic none -display none -no-reboot -serial "file:$work/console" -serial "file:$work/results" \
	$(head_words "$guest" qemu | sed "s,%t,$work,g") \
	-kernel "$kernel"/boot/vmlinuz-* -initrd "$work/initrd" \
	-append "console=ttyS0 quiet loglevel=3 panic=-1 net.ifnames=0" \
	</dev/null >"$work/qemu" 2>&1
status=$?

touch "$work/results" "$work/console" "$work/beside"
tr -d '\r' <"$work/results" | grep -v '^# ended '
ended=$(tr -d '\r' <"$work/results" | sed -n 's/^# ended //p')
if [ "$ended" != 0 ] || [ -n "${VM_CONSOLE-}" ]; then
	{
		cat "$work/qemu" "$work/beside"
		tr -d '\r' <"$work/console" | tail -n 100
	} | sed 's/^/# /'
fi
[ -n "$ended" ] || {
	[ "$status" -ne 124 ] || bail "the machine was not done after ${seconds:-300} s"
	bail "the machine died (qemu ended with $status)"
}
[ "$ended" -eq 0 ]
