#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the server of the foxglove-sdk sends, as LeRobot uses it, is in the database bit for bit.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
"$python" "$TOP_SRCDIR/tests/oracle/foxglove_peer.py" "$POLICYTOP" "$work"
