#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What record stores of a dataset is what pyarrow reads, bit for bit; its capture gives it again.
set -u
[ -n "${POLICYTOP_DATA-}" ] || { echo "1..0 # SKIP POLICYTOP_DATA is not set"; exit 0; }
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
"$python" "$TOP_SRCDIR/tests/oracle/record.py" "$POLICYTOP" "$work" "$POLICYTOP_DATA"
