#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The engine of `policytop record` is killed and stopped while the SDKs of Feetech and ROBOTIS work
# through its serial tap. KILLS=N: how often (25; check-long 100).
set -u
# Real time and SDKs that wait for it: the quick set runs beside sanitizers, where a reply may be late.
[ -z "${POLICYTOP_QUICK-}" ] || { echo "1..0 # SKIP the quick set has no real time"; exit 0; }
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-servo.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
kills=${KILLS:-25}
[ -z "${POLICYTOP_LONG-}" ] || kills=100
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1 \
	POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
"$python" "$TOP_SRCDIR/tests/oracle/servo_tap.py" "$POLICYTOP" "$work" "$kills"
