#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian's stock kernel and its udev, fetched once.
#
#	kernel.sh CACHE		prints the folder that holds boot/, lib/modules/ and udev/
#
# Needs apt-get with its lists, or a CACHE that an earlier run filled. No root.
set -eu
cache=${1:?usage: kernel.sh CACHE}
PATH=$PATH:/usr/sbin:/sbin

# Of the modules, what has to do with our devices, and what those lean on.
kept='drivers/media drivers/usb drivers/net/can drivers/hid drivers/leds drivers/char net/can fs/configfs
	lib crypto sound'

fetch()
{
	name=$1
	work=$cache/$name.new
	rm -rf "$work"
	mkdir -p "$work/udev"
	cd "$work"
	apt-get -q download "$name" udev >apt.log 2>&1 || {
		tail -n 5 apt.log >&2
		return 1
	}
	set -- './boot/vmlinuz-*' './boot/config-*' '*/lib/modules/*/modules.*'
	for folder in $kept; do
		set -- "$@" "*/lib/modules/*/kernel/$folder/*"
	done
	dpkg-deb --fsys-tarfile "$name"_*.deb | tar x --wildcards "$@" 2>tar.log || true
	dpkg-deb --fsys-tarfile udev_*.deb | tar x -C udev
	# Debian 13 has it below usr.
	[ -d lib ] || mv usr/lib lib
	rm -rf ./*.deb usr
	depmod -b "$work" "${name#linux-image-}"
	mv "$work" "$cache/$name"
}

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # boots at once fetch once
wanted=$(apt-cache depends linux-image-amd64 2>/dev/null |
	awk '/Depends: linux-image/ { print $2; exit }') || wanted=
if [ -z "$wanted" ] || [ ! -d "$cache/$wanted" ]; then
	[ -z "$wanted" ] || fetch "$wanted" || wanted=
fi
# Without a network, and on another distribution: what is there.
[ -n "$wanted" ] || wanted=$(find "$cache" -maxdepth 1 -name 'linux-image-*' ! -name '*.new' \
	-printf '%f\n' | sort -V | tail -n 1)
[ -n "$wanted" ] || {
	echo "no linux-image-amd64 to be had: try apt-get update, on Debian" >&2
	exit 1
}
cd "$cache/$wanted" && pwd -P
