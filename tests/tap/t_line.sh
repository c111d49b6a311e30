#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tap between a program and a serial port is a wire, with the ends and the faults of one.
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP python3 is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" PYTHONDONTWRITEBYTECODE=1
python3 "$TOP_SRCDIR/tests/tap/line.py" "$work"
