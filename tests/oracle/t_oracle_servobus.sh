#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the SDKs of Feetech and ROBOTIS write and read is what we overhear.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-servo.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PYTHONDONTWRITEBYTECODE=1 "$python" "$TOP_SRCDIR/tests/oracle/servobus.py" "$work"
