#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The engine is killed and stopped while a loop with the hook runs: the loop does not notice, the
# run goes on, and what is missing is counted.
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1
unset POLICYTOP_HOOK
python3 "$TOP_SRCDIR/tests/client/restart.py" "$POLICYTOP" "$work"
