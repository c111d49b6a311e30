#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The real openpi-client, unchanged, with our folder in PYTHONPATH: its chunks are in the database.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" "$TOP_SRCDIR/tests/client/requirements.txt" 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1 \
	no_proxy=127.0.0.1,localhost
"$python" "$TOP_SRCDIR/tests/client/openpi_client.py" "$POLICYTOP" "$work"
