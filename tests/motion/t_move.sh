#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# home and joint on simulated arms: plan, arrival, every refusal, every reason to stop.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
PYTHONDONTWRITEBYTECODE=1 python3 "$TOP_SRCDIR/tests/motion/move.py" "$work"
