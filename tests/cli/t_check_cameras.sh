#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Preflight on simulated cameras: which is which, beside the pictures of training.
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -m 700 "$work/run"
HOME=$work XDG_RUNTIME_DIR=$work/run XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data \
	XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work PYTHONDONTWRITEBYTECODE=1 \
	python3 "$TOP_SRCDIR/tests/cli/check_cameras.py" "$work"
