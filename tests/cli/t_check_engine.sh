#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Values of a run that is under way, and their age.
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset HF_HOME HF_LEROBOT_HOME HF_LEROBOT_CALIBRATION HF_HUB_CACHE XDG_CACHE_HOME
mkdir -m 700 "$work/run"
HOME=$work XDG_RUNTIME_DIR=$work/run XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data \
	XDG_STATE_HOME=$work/state PYTHONDONTWRITEBYTECODE=1 \
	python3 "$TOP_SRCDIR/tests/cli/check_engine.py" "$work"
