#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every header compiles alone, so that nobody depends on the order of includes.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
cd "$TOP_SRCDIR" || exit 1

alone()
{
	# shellcheck disable=SC2086 # lists of words
	printf '#include "%s"\nextern int not_empty;\n' "$1" |
		${LINT_CC:-cc} -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$TOP_BUILDDIR" \
			-include config.h -Isrc -I. ${LINT_CPPFLAGS-} -x c - 2>&1 | sed -n 1,3p
}
tap_empty "$(find src ui db tests -name '*.h' | sort | while read -r f; do
	alone "$f"
done)" "every header compiles alone"
tap_done
