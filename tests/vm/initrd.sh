#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first and only root of a guest, as a compressed cpio archive.
#
#	initrd.sh KERNEL GUEST OUT	KERNEL: what kernel.sh printed; GUEST: a guest_*.sh
#
# In it: busybox, dash, the guest script and what its head asks for (see vm.sh), with their
# libraries; the build tree as /build and the source tree as /source, as far as they are asked for.
set -eu
kernel=${1:?usage: initrd.sh KERNEL GUEST OUT}
guest=$2
out=$3
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
. "$here/head.sh"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
version=$(basename "$(echo "$kernel"/lib/modules/*)")
: >"$root/depends"

# Puts a program of this machine, and what it is linked with, to where it is wanted.
program()
{
	mkdir -p "$root$(dirname "$2")"
	cp -L "$1" "$root$2"
	{ ldd "$1" 2>/dev/null || :; } | grep -oE '/[^ ]+' | sort -u | while read -r library; do
		if [ ! -e "$library" ] || [ -e "$root$library" ]; then
			continue
		fi
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done
}

modules()
{
	mkdir -p "$root/lib/modules/$version"
	for name in $(head_words "$guest" modules); do
		modprobe -d "$kernel" -S "$version" --show-depends "$name" >>"$root/depends" || {
			echo "the kernel package has no module $name" >&2
			exit 1
		}
	done
	awk '/^insmod/ { print $2 }' "$root/depends" | sort -u | while read -r file; do
		to=$root/lib/modules/$version/${file#*/"$version"/}
		mkdir -p "$(dirname "$to")"
		case $file in
		*.xz) xz -dc "$file" >"${to%.xz}" ;;
		*) cp "$file" "$to" ;;
		esac
	done
	rm "$root/depends"
	cp "$kernel/lib/modules/$version"/modules.order "$kernel/lib/modules/$version"/modules.builtin* \
		"$root/lib/modules/$version/"
	depmod -b "$root" "$version"
}

udev()
{
	mkdir -p "$root/lib/udev/rules.d" "$root/etc/udev"
	for rule in 50-udev-default 60-serial 60-persistent-v4l 80-drivers 70-camera; do
		find "$kernel/udev" -name "$rule.rules" -exec cp {} "$root/lib/udev/rules.d/" \;
	done
	program "$(find "$kernel/udev" -path "*bin/udevadm" -type f | head -n 1)" /usr/bin/udevadm
	program "$(find "$kernel/udev" -name v4l_id -type f | head -n 1)" /lib/udev/v4l_id
	: >"$root/etc/udev/udev.conf"
	{
		printf 'root:x:0:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\ndialout:x:20:\ncdrom:x:24:\ntape:x:26:\n'
		printf 'audio:x:29:\nkmem:x:15:\nvideo:x:44:\ninput:x:101:\nsgx:x:102:\nkvm:x:103:\nrender:x:104:\n'
	} >"$root/etc/group"
	printf 'passwd: files\ngroup: files\n' >"$root/etc/nsswitch.conf"
}

mkdir -p "$root/bin" "$root/sbin" "$root/etc" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" \
	"$root/run" "$root/usr/bin" "$root/root"
printf 'root:x:0:0::/root:/bin/sh\n' >"$root/etc/passwd"
program "$(command -v busybox)" /bin/busybox
# A shell that looks for programs where PATH says: busybox's prefers what is built in.
program "$(command -v dash)" /bin/sh
busybox --list | while read -r applet; do
	ln -s busybox "$root/bin/$applet" 2>/dev/null || :
done
ln -s ../bin/busybox "$root/sbin/modprobe"
modules
[ -z "$(head_words "$guest" udev)" ] || udev
for name in $(head_words "$guest" tools); do
	program "$(command -v "$name")" "/usr/bin/$name"
done
for name in $(head_words "$guest" programs); do
	program "$TOP_BUILDDIR/$name" "/build/$name"
done
for name in tests/tap.sh $(head_words "$guest" files); do
	mkdir -p "$root/source/$(dirname "$name")"
	cp -r "$TOP_SRCDIR/$name" "$root/source/$name"
done
cp "$guest" "$root/guest.sh"
cp "$here/init.sh" "$root/init"
chmod 755 "$root/init"
(cd "$root" && find . -print0 | cpio --null -o -H newc -R 0:0 --quiet | gzip -1) >"$out"
