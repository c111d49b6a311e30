#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the hook costs a loop of 14 joints at 50 Hz, beside Rerun logging the same scalars as LeRobot
# does, in one process. Medians of 5 rounds; and the worst tick with policytop stopped and absent.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" "$TOP_SRCDIR/tests/bench/requirements.txt" 2>&1) ||
	{ echo "hook: skipped, $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_DATA_HOME="$work" XDG_STATE_HOME="$work" \
	PYTHONDONTWRITEBYTECODE=1
exec "$python" "$TOP_SRCDIR/tests/bench/hook_cost.py" "$POLICYTOP" "$work"
