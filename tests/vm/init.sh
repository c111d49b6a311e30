#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first process of a guest. The script's results go to the second serial line, everything else
# to the console. The last line of the results is "# ended STATUS".
export PATH=/usr/bin:/bin:/sbin HOME=/root TMPDIR=/tmp LC_ALL=C.UTF-8 TZ=UTC
export TOP_SRCDIR=/source TOP_BUILDDIR=/build POLICYTOP=/build/src/policytop
export XDG_RUNTIME_DIR=/run/user
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
mkdir -m 700 /run/user
mount -t debugfs debug /sys/kernel/debug 2>/dev/null
mount -t tracefs trace /sys/kernel/tracing 2>/dev/null
[ ! -e /proc/self/fd ] || ln -sf /proc/self/fd /dev/fd
stty -opost </dev/ttyS1 2>/dev/null
ip link set lo up 2>/dev/null
if [ -x /usr/bin/udevadm ]; then
	mkdir -p /lib/systemd
	ln -sf /usr/bin/udevadm /lib/systemd/systemd-udevd
	/lib/systemd/systemd-udevd --daemon --resolve-names=never
	udevadm trigger --action=add
	udevadm settle -t 30
fi
sh /guest.sh >/dev/ttyS1 2>/dev/console </dev/null
echo "# ended $?" >/dev/ttyS1
sync
poweroff -f
