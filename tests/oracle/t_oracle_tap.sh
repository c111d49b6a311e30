#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real openpi and GR00T clients, policytop record in their path: every chunk they got is in the database,
# once, also when the engine is killed (KILLS=N: 25; check-long 100), and the capture replays to it.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-policy.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
kills=${KILLS:-25}
[ -z "${POLICYTOP_QUICK-}" ] || kills=4
[ -z "${POLICYTOP_LONG-}" ] || kills=100
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" no_proxy=127.0.0.1,localhost \
	PYTHONDONTWRITEBYTECODE=1
"$python" "$TOP_SRCDIR/tests/oracle/tapped.py" "$POLICYTOP" "$work" "$kills"
