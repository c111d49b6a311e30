#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What other programs know to complain about. Each is skipped where the program is missing.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
cd "$TOP_SRCDIR" || exit 1

# Versions of clang-format differ in what they make of the same rules: 14 is ours (Debian 12).
format=$(command -v clang-format-14 || command -v clang-format || echo none)
if "$format" --version 2>/dev/null | grep -q 'version 14\.'; then
	tap_empty "$(find src ui db tests -name '*.[ch]' ! -path db/texts.c -exec "$format" --dry-run {} + 2>&1 |
		sed -n 's/: warning: code should be clang-formatted.*//p' | sort -u)" "clang-format"
else
	tap_skip "clang-format" "no clang-format 14"
fi

if command -v shellcheck >/dev/null; then
	scripts=$(find src db tests man -name '*.sh'; ls bootstrap .ci/run 2>/dev/null)
	# shellcheck disable=SC2086 # a list of words
	tap_empty "$(shellcheck -e SC1091 -f gcc $scripts)" "shellcheck"
else
	tap_skip "shellcheck" "no shellcheck"
fi

if command -v mandoc >/dev/null; then
	tap_empty "$(find man -name '*.[1578]' -exec mandoc -T lint -W warning {} +)" "mandoc"
else
	tap_skip "mandoc" "no mandoc"
fi

if command -v codespell >/dev/null; then
	tap_empty "$(codespell -q 35 -L crate,ans,nd,te,ser,lod,fo,hist,iif,nin,upto,lisst,parm --skip '*/corpus/*,*/golden/*,*.svg' \
		src ui db tests man README.md CONTRIBUTING.md)" "codespell"
else
	tap_skip "codespell" "no codespell"
fi
tap_done
