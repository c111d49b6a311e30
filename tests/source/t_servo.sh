#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# feetech: and dynamixel: poll simulated servo buses.
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
XDG_RUNTIME_DIR=$work XDG_STATE_HOME=$work/state PYTHONDONTWRITEBYTECODE=1 \
	python3 "$TOP_SRCDIR/tests/source/servo.py" "$work"
