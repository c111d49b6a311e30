#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The real LeRobot 0.6.1 in a root of its own, and policytop outside it: `make check-lerobot`.
# Needs root and debootstrap; skips without them, unless CI asks for it (POLICYTOP_LEROBOT=must).
# The root is kept at $POLICYTOP_LEROBOT_ROOT, else in the build tree.
set -u
here=$TOP_SRCDIR/tests/lerobot
root=${POLICYTOP_LEROBOT_ROOT:-$TOP_BUILDDIR/tests/lerobot/root}

cannot() {
	[ "${POLICYTOP_LEROBOT:-}" != must ] || { echo "Bail out! $1"; exit 1; }
	echo "1..0 # SKIP $1"
	exit 0
}

if [ -z "${LEROBOT_PRIVATE:-}" ]; then
	[ "$(id -u)" -eq 0 ] || cannot "only root can make a root for LeRobot"
	command -v debootstrap >/dev/null || [ -x /usr/sbin/debootstrap ] || cannot "no debootstrap"
	unshare --mount true 2>/dev/null || cannot "mounting is not allowed here"
	sh "$here/mkroot.sh" "$root" | sed 's/^/# /'
	[ -x "$root/opt/lr/bin/lerobot-rollout" ] || { echo "Bail out! no root"; exit 1; }
	# What is mounted below is gone with its last process, however this ends. One at a time: the
	# loop's rate is measured.
	LEROBOT_PRIVATE=1 exec flock -o "$root.lock" unshare --mount --propagation private sh "$0" "$@"
fi

work=$(mktemp -d /tmp/policytop-lerobot.XXXXXX)
trap '[ -n "${LEROBOT_KEEP:-}" ] || rm -rf "$work"' EXIT
chmod 700 "$work"
mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" || exit 1
for folder in "$work" "$TOP_SRCDIR/src/client/python" "$here"; do
	mkdir -p "$root$folder" && mount --bind "$folder" "$root$folder" || exit 1
done
python3 "${LEROBOT_DRIVER:-$here/check.py}" "$root" "$work" "$@"
status=$?
umount "$root$work" && rmdir "$root$work"
exit "$status"
