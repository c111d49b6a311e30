#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# learn on g1_v21, the whole process, against what a user would write: pyarrow and numpy,
# vectorised, imports not counted. Runs take turns; the median of 5 of each.
set -u
[ -n "${POLICYTOP_DATA-}" ] || { echo "learn: skipped, POLICYTOP_DATA is not set"; exit 0; }
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "learn: skipped, $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" "$TOP_SRCDIR/tests/bench/learn_peer.py" "$POLICYTOP" "$work/runs.db" \
	"$POLICYTOP_DATA/g1_v21"
