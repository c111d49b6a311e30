#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The hook by itself, in plain Python.
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 0; }
PYTHONDONTWRITEBYTECODE=1 exec python3 "$TOP_SRCDIR/tests/client/t_hook.py"
