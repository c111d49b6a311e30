#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tap is a wire: bytes, ends, resets and back-pressure, with one and with many clients.
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP python3 is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" PYTHONDONTWRITEBYTECODE=1
python3 "$TOP_SRCDIR/tests/tap/relay.py"
