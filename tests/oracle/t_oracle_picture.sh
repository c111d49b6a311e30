#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Pictures that are saved, against Pillow.
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" 2>&1) || { echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/pictures"
"$python" "$TOP_SRCDIR/tests/oracle/picture.py" "$TOP_BUILDDIR/tests/oracle/dump_picture" "$work/pictures"
