#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: summary.sh FOLDER [STATUS]
# Prints "N passed, N failed, N skipped" of the .trs files below FOLDER. A run that ended with
# STATUS, not 0, and without a failed test failed before its tests: that counts as one.
find "${1:-.}" -name '*.trs' -exec cat {} + | awk -v status="${2:-0}" '
/^:test-result: (PASS|XFAIL)/ { p++ }
/^:test-result: (FAIL|ERROR|XPASS)/ { f++ }
/^:test-result: SKIP/ { s++ }
END {
	if (status && !f)
		f = 1
	printf "%d passed, %d failed, %d skipped\n", p, f, s
}'
