#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A reply that comes after the SDKs of Feetech and ROBOTIS have given up, through the serial tap.
set -u
# Real time and SDKs that wait for it: the quick set runs beside sanitizers, where a reply may be late.
[ -z "${POLICYTOP_QUICK-}" ] || { echo "1..0 # SKIP the quick set has no real time"; exit 0; }
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-servo.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1 \
	POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
"$python" "$TOP_SRCDIR/tests/oracle/servo_late.py" "$POLICYTOP" "$work"
