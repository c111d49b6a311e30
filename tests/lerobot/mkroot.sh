#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Build the root that the tests of the real LeRobot run in: Debian 13, CPU PyTorch,
# LeRobot 0.6 in /opt/lr, and 0.5 in /opt/lr05, a folder to put before it.
#
#	mkroot.sh ROOT		as root; finished steps are not done again
#
# Needs debootstrap. The mirror is $MIRROR or this host's, pip's settings are this host's. Everything
# that has to be mounted is mounted in a namespace of its own: nothing of it is left behind, however
# this ends.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${1:?usage: mkroot.sh ROOT}

if [ -z "${MKROOT_PRIVATE:-}" ]; then
	MKROOT_PRIVATE=1 exec unshare --mount --propagation private sh "$0" "$@"
fi
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources \
		2>/dev/null | awk '
		/^URIs:.*\/debian\/?$/ { print $2; exit }
		/^deb / { for (i = 2; i <= NF; i++) if ($i ~ /\/debian\/?$/) { print $i; exit } }'
}

in_root() {
	env -i PATH="$PATH" HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore chroot "$root" "$@"
}

mkdir -p "$root"
exec 9> "$root.lock"
flock 9 # two tests at once build it once

if [ ! -e "$root/opt/.base" ]; then
	from=${MIRROR:-$(mirror)}
	debootstrap --variant=minbase --include=ca-certificates trixie "$root" \
		"${from:-http://deb.debian.org/debian}" > "$root.log" 2>&1 || {
		tail -n 20 "$root.log" >&2
		exit 1
	}
	mkdir -p "$root/opt"
	touch "$root/opt/.base"
fi
for f in resolv.conf pip.conf ssl/certs/ca-certificates.crt; do
	[ ! -e "/etc/$f" ] || cp -L "/etc/$f" "$root/etc/$f"
done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

# libopenblas: with Debian's reference BLAS a chunk of the ACT takes 60 to 100 ms instead of 10.
if [ ! -e "$root/opt/.torch" ]; then
	{
		in_root apt-get -q update
		in_root apt-get -qy --no-install-recommends install python3-venv python3-torch \
			python3-torchvision libopenblas0-pthread
		in_root apt-get clean
	} >> "$root.log" 2>&1 || {
		tail -n 20 "$root.log" >&2
		exit 1
	}
	rm -rf "$root"/var/lib/apt/lists/*
	touch "$root/opt/.torch"
fi

if ! cmp -s "$here/requirements.txt" "$root/opt/.lr"; then
	cp "$here/requirements.txt" "$root/opt/requirements.txt"
	[ -d "$root/opt/lr" ] || in_root python3 -m venv --system-site-packages /opt/lr
	in_root /opt/lr/bin/pip install -q --no-cache-dir --no-deps -r /opt/requirements.txt >&2
	cp "$root/opt/requirements.txt" "$root/opt/.lr"
fi
if ! cmp -s "$here/requirements-05.txt" "$root/opt/.lr05"; then
	cp "$here/requirements-05.txt" "$root/opt/requirements-05.txt"
	in_root /opt/lr/bin/pip install -q --no-cache-dir --no-deps --upgrade --target /opt/lr05 \
		-r /opt/requirements-05.txt >&2
	cp "$root/opt/requirements-05.txt" "$root/opt/.lr05"
fi
in_root /opt/lr/bin/python -c 'import sys, lerobot, torch
print("lerobot", lerobot.__version__, "torch", torch.__version__, "python", sys.version.split()[0])'
