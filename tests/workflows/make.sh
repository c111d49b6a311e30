#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records the workflows again, from the code that people run: make.sh [served] [lerobot]
# Needs a built policytop ($POLICYTOP, $TOP_BUILDDIR as for the tests); served: a network for the
# pinned Python packages, once; lerobot: root and what `make check-lerobot` needs.
# Then UPDATE=1 make check TESTS=tests/workflows/t_workflows.sh, and look at every difference.
set -eu
TOP_SRCDIR=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
: "${POLICYTOP:?the policytop to record with}" "${TOP_BUILDDIR:?its build tree}"
export TOP_SRCDIR TOP_BUILDDIR POLICYTOP
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 700 "$work"
[ $# -gt 0 ] || set -- served lerobot
for what; do
	case $what in
	served)
		python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-policy.txt)
		HOME=$work XDG_RUNTIME_DIR=$work no_proxy=127.0.0.1 PYTHONDONTWRITEBYTECODE=1 \
			"$python" "$TOP_SRCDIR/tests/workflows/served.py" "$POLICYTOP" "$work"
		;;
	lerobot)
		WORKFLOWS=$work LEROBOT_DRIVER=$TOP_SRCDIR/tests/workflows/lerobot.py \
			POLICYTOP_LEROBOT=must sh "$TOP_SRCDIR/tests/lerobot/check.sh"
		;;
	*)
		echo "make.sh: no such recordings: $what" >&2
		exit 64
		;;
	esac
done
# Readable by everybody, as other files of the tree.
install -m 644 "$work"/*.cap "$TOP_SRCDIR/tests/workflows/cap/"
