#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What damiao-motor, a driver of others, sends to a bus and reads from it is what can: makes of the
# frames.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-can.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1
"$python" "$TOP_SRCDIR/tests/oracle/damiao.py" "$POLICYTOP" "$work"
