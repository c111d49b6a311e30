#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The engine of a tap is killed, stopped and started again while clients talk: they notice nothing,
# and what the engine has stored is whole and exact, once. KILLS=N: how often (25; check-long 100).
set -u
command -v python3 >/dev/null || { echo "1..0 # SKIP python3 is not installed"; exit 0; }
kills=${KILLS:-25}
[ -z "${POLICYTOP_QUICK-}" ] || kills=4
[ -z "${POLICYTOP_LONG-}" ] || kills=100
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" PYTHONDONTWRITEBYTECODE=1 \
	POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
python3 "$TOP_SRCDIR/tests/tap/kills.py" "$work" "$kills"
