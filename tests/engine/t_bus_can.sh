#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A CAN bus in trouble: verdicts in the database, from captures of can:.
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP python3 is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_DATA_HOME="$work" XDG_STATE_HOME="$work" \
	XDG_CONFIG_HOME="$work" XDG_CACHE_HOME="$work" PYTHONDONTWRITEBYTECODE=1
python3 "$TOP_SRCDIR/tests/engine/bus_can.py" "$work"
