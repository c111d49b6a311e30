#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every file of the project: licence line, size, leftovers, and the fixed top level.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
cd "$TOP_SRCDIR" || exit 1

sources=$(find src ui db tests man -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.sql' |
	grep -v -e '/corpus/' -e '^db/texts.c$' | sort) # texts.c: generated
written=$(echo "$sources"
	find src ui db tests man \( -name 'local.mk' -o -name '*.[1578]' \)
	ls Makefile.am configure.ac bootstrap .ci/run 2>/dev/null)

tap_empty "$(for f in $written; do
	sed -n 1,4p "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f"
done)" "every file names its licence"

tap_empty "$(for f in $sources; do
	awk -v f="$f" 'END { if (NR > 600) print f ": " NR " lines" }' "$f"
done)" "no file over 600 lines"

# Kernel style: only the body of a function begins with a brace in the first column.
tap_empty "$(echo "$sources" | grep '\.c$' | xargs awk '
	FNR == 1 { start = 0 }
	/^\{/ { start = FNR }
	/^\}/ && start { if (FNR - start + 1 > 60) print FILENAME ":" start ": " FNR - start + 1 " lines"
		start = 0 }')" "no function over 60 lines"

# What is included of ours stands in order, block by block.
# shellcheck disable=SC2016 # they are of awk
tap_empty "$(echo "$sources" | grep -E '^(src|ui|db)/.*[.][ch]$' | xargs awk '
	FNR == 1 { before = "" }
	!/^#include "/ { before = ""; next }
	$0 < before { print FILENAME ":" FNR ": " $2 " after a later one" }
	{ before = $0 }')" "includes are in order"

tap_empty "$(echo "$written" | xargs grep -nE '\<(TOD[O]|FIXM[E]|XX[X]|HAC[K])\>')" "no notes left behind"
tap_empty "$(echo "$written" | grep -v '^\.ci/run$' | xargs grep -nE \
	'/wor[k]/(main|shared)|/tmp/[w]/|\.\./share[d]')" "no path of a workplace"
tap_empty "$(echo "$written" | grep -v '\.mk$\|Makefile.am' | xargs grep -nE '[ 	]+$')" "no white space at line ends"
tap_empty "$(for f in $sources; do [ -z "$(tail -c 1 "$f")" ] || echo "$f"; done)" \
	"every file ends with a newline"

tap_empty "$(echo "$sources" | grep '\.h$' | grep -v '^tests/' | while read -r f; do
	room=${f#src/}
	guard=POLICYTOP_$(echo "${room%.h}" | tr 'a-z/' 'A-Z_')_H
	grep -q "^#ifndef $guard\$" "$f" || echo "$f: guard is not $guard"
	sed -n 2p "$f" | grep -q '^/\*' || echo "$f: no word about what it is for"
done)" "headers: guard and purpose"

# In the tree of a release, or a clone: no other folder at the top.
if [ -d .git ] || [ -f .git ]; then
	tap_empty "$(git ls-files 2>/dev/null | sed 's,/.*,,' | sort -u | grep -vxE \
		'src|ui|db|tests|man|\..*|configure.ac|Makefile.am|bootstrap|LICENSE|[A-Z]*\.md')" \
		"the top level is fixed"
else
	tap_skip "the top level is fixed" "no git tree"
fi
tap_done
