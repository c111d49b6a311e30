#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every value of every Parquet file equals pyarrow's reading, bit for bit.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${POLICYTOP_DATA-}" ]; then
	find "$POLICYTOP_DATA" -name '*.parquet' | sort >"$work/files"
else
	: >"$work/files"
fi
# shellcheck disable=SC2046 # names without spaces
"$python" "$TOP_SRCDIR/tests/oracle/parquet.py" "$TOP_BUILDDIR/tests/oracle/dump_parquet" "$work" \
	$(cat "$work/files")
