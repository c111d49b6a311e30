#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What real pyzmq sockets say in GR00T's message forms is what policytop decodes of the bytes
# between them; through the tap of `policytop record`, too.
set -u
python=$(sh "$TOP_SRCDIR/tests/oracle/venv.sh" requirements-policy.txt 2>&1) ||
	{ echo "1..0 # SKIP $python"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1 \
	POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
"$python" "$TOP_SRCDIR/tests/oracle/groot.py" "$POLICYTOP" \
	"$TOP_BUILDDIR/tests/oracle/dump_events" "$work"
