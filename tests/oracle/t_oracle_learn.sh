#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# learn's figures equal numpy's on real datasets.
set -u
[ -n "${POLICYTOP_DATA-}" ] || { echo "1..0 # SKIP POLICYTOP_DATA is not set"; exit 0; }
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" "$TOP_SRCDIR/tests/oracle/learn.py" "$POLICYTOP" "$work" "$POLICYTOP_DATA"
