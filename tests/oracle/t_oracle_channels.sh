#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Channel statistics of decoded pictures, against PyAV and the sets' own.
set -u
[ -n "${POLICYTOP_DATA-}" ] || { echo "1..0 # SKIP POLICYTOP_DATA is not set"; exit 0; }
[ -x "$TOP_BUILDDIR/src/video/policytop-video" ] || { echo "1..0 # SKIP built without FFmpeg"; exit 0; }
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-video.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export POLICYTOP_LIBEXECDIR="${POLICYTOP_LIBEXECDIR-$TOP_BUILDDIR/src/video}"
PYTHONDONTWRITEBYTECODE=1 "$python" "$TOP_SRCDIR/tests/oracle/channels.py" "$work"
