# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What a guest script asks for in its head: lines "#: KEY WORD…", described in vm.sh.

# head_words GUEST KEY: the words, one line.
head_words()
{
	sed -n "s/^#: $2[[:blank:]]\{1,\}//p" "$1" | paste -s -d ' ' -
}
