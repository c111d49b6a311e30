#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints "N passed, N failed, N skipped" of the .trs files below the given build folder.
find "${1:-.}" -name '*.trs' -exec cat {} + | awk '
/^:test-result: (PASS|XFAIL)/ { p++ }
/^:test-result: (FAIL|ERROR|XPASS)/ { f++ }
/^:test-result: SKIP/ { s++ }
END { printf "%d passed, %d failed, %d skipped\n", p, f, s }'
