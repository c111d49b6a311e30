#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `check --ask --go` sends is what the real codecs of openpi-client and of GR00T's servers read,
# and what they answer is judged; hostile servers end in a sentence.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-policy.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset HF_HOME HF_LEROBOT_HOME HF_LEROBOT_CALIBRATION HF_HUB_CACHE XDG_CACHE_HOME
mkdir -m 700 "$work/run"
export HOME="$work" XDG_RUNTIME_DIR="$work/run" XDG_CONFIG_HOME="$work/config" \
	XDG_DATA_HOME="$work/data" XDG_STATE_HOME="$work/state" no_proxy=127.0.0.1,localhost \
	PYTHONDONTWRITEBYTECODE=1
"$python" "$TOP_SRCDIR/tests/oracle/ask.py" "$work"
