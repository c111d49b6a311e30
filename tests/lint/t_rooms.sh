#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rooms keep to rooms.txt: in what they include, and in what their archives call.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
table=$TOP_SRCDIR/tests/lint/rooms.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$TOP_SRCDIR" || exit 1

# room<TAB>folder<TAB>" allowed … "
awk -F'\t' '!/^#/ && NF { n = $1; sub(/.*\//, "", n); print n "\t" $1 "\t base " n " " $2 " " }' \
	"$table" >"$work/rooms"

includes()
{
	find "$1" -name '*.[ch]' -exec grep -Hn '^[ \t]*#[ \t]*include "' {} + |
		sed 's/^\([^:]*:[0-9]*\):.*"\([^"]*\)".*/\1 \2/' |
		awk -v allowed="$2" '{ room = $2; sub(/\/.*/, "", room) }
			index(allowed, " " room " ") == 0 { print $1 ": includes " $2 }'
}

# Defined symbols of every archive: symbol room
while IFS="$(printf '\t')" read -r room folder allowed; do
	archive=$TOP_BUILDDIR/$folder/lib$room.a
	[ -f "$archive" ] || continue
	nm -g --defined-only "$archive" 2>/dev/null |
		awk -v room="$room" 'NF == 3 && $3 !~ /^_/ { print $3, room }'
done <"$work/rooms" >"$work/defined"

calls()
{
	nm -A -g --undefined-only "$1" 2>/dev/null |
		awk -v allowed="$2" 'NR == FNR { where[$1] = $2; next }
			{ split($1, part, ":") }
			$NF in where && index(allowed, " " where[$NF] " ") == 0 {
				print part[2] ": calls " $NF " of " where[$NF] }' "$work/defined" -
}

while IFS="$(printf '\t')" read -r room folder allowed; do
	[ -d "$folder" ] || continue
	tap_empty "$(includes "$folder" "$allowed")" "$folder includes only what it may"
	[ -f "$TOP_BUILDDIR/$folder/lib$room.a" ] || continue
	tap_empty "$(calls "$TOP_BUILDDIR/$folder/lib$room.a" "$allowed")" "$folder calls only what it may"
done <"$work/rooms"

tap_empty "$(find src -mindepth 1 -maxdepth 1 -type d ! -name '.*' |
	while read -r d; do
		[ "$d" != src/client ] || continue
		grep -q "^$d\$\|^$d	" "$table" || echo "$d is no room of rooms.txt"
	done)" "every folder is a room"

tap_empty "$(grep -rln '[<"]sqlite3\.h[>"]' src ui --include='*.[ch]')" "only db knows sqlite3.h"
tap_empty "$(grep -rlnE '[<"](n?curses|term)\.h[>"]' src db ui --include='*.[ch]' |
	grep -v '^ui/term')" "only ui/term knows curses"
tap_empty "$(grep -rl '[<"]turbojpeg\.h[>"]' src db ui --include='*.[ch]' |
	grep -v '^src/wire/photo')" "only wire/photo knows libjpeg-turbo"
tap_empty "$(grep -rl '[<"]png\.h[>"]' src db ui --include='*.[ch]' |
	grep -v '^src/wire/pngfile')" "only wire/pngfile knows libpng"
tap_done
