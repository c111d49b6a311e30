#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 100 000 requests and replies through the serial tap, see cycles.c.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
"$TOP_BUILDDIR/tests/tap/cycles" "$work"
