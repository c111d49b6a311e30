#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the SDKs of Feetech and ROBOTIS read and wrote at 200 Hz is in the database, each value of it.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-servo.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1 \
	POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
"$python" "$TOP_SRCDIR/tests/oracle/full_rate.py" "$POLICYTOP" "$work"
