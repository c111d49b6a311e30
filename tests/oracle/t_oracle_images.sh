#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# learn, of pictures in Parquet, against pyarrow and Pillow.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PYTHONDONTWRITEBYTECODE=1 "$python" "$TOP_SRCDIR/tests/oracle/images.py" "$work"
