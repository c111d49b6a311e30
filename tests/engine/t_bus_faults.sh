#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A servo bus with one fault each, between a program and its arm: verdicts in the database, other
# joints and bytes undisturbed. Words choose among the rows: t_bus_faults.sh checksum
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP python3 is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_DATA_HOME="$work" XDG_STATE_HOME="$work" \
	XDG_CONFIG_HOME="$work" XDG_CACHE_HOME="$work" PYTHONDONTWRITEBYTECODE=1 \
	POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
python3 "$TOP_SRCDIR/tests/engine/bus_faults.py" "$work" "$@"
