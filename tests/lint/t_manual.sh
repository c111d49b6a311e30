#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Registries, --help, manual and completions are in step: what one knows, all know.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
tab=$(printf '\t')
page=$TOP_SRCDIR/man/policytop.1
rows=$("$POLICYTOP" list all)
folder=$TOP_BUILDDIR/man/completions

column()
{
	printf '%s\n' "$rows" | awk -F"$tab" -v g="$1" -v n="$2" '$1 == g { print $n }'
}

# The part of the page about a command.
section()
{
	awk -v c="$1" '/^\.S[sh] / { on = $1 == ".Ss" && $2 == c } on' "$page"
}

# Names that a page does not hold as a word of its own.
unnamed()
{
	while read -r name; do
		grep -qE -- "(^|[^a-z0-9-]|--)$name([^a-z0-9-]|\$)" "$1" || echo "${1##*/}: $name"
	done
}

tap_empty "$(column commands 3 | while read -r c; do
	[ -n "$(section "$c")" ] || echo "no .Ss $c"
done)" "policytop.1 has a part about every command"

tap_empty "$(awk '/^\.Sh / { on = $2 == "COMMANDS" } on && /^\.Ss / { print $2 }' "$page" | while read -r c; do
	column commands 3 | grep -qx -- "$c" || echo ".Ss $c: no such command"
done)" "policytop.1 has no command that does not exist"

tap_empty "$(printf '%s\n' "$rows" | awk -F"$tab" '$1 == "options" { print $2, $3 }' |
	while read -r c o; do
		section "$c" | grep -qE "^\.It Fl -$o( |\$)" || echo "$c: no .It Fl -$o"
	done)" "policytop.1 has every option"

tap_empty "$(column commands 3 | while read -r c; do
	section "$c" | sed -n 's/^\.It Fl -\([a-z0-9-]*\).*/\1/p' | while read -r o; do
		printf '%s\n' "$rows" | grep -q "^options$tab$c$tab$o$tab" || echo "$c: no option --$o"
	done
done)" "policytop.1 has no option that does not exist"

for g in sources faults; do
	tap_empty "$(column $g 3 | sed 's/$/:/; '"$([ $g = faults ] && echo 's/:$//')" |
		unnamed "$page")" "policytop.1 names all $g"
done
tap_empty "$(printf '%s\n' "$rows" | awk -F"$tab" '$1 == "parameters" { print $2, $3 }' |
	while read -r kind key; do
		grep -q "^\.It Cm $key=\|^\.It Cm $key " "$page" || echo "$kind: no .It Cm $key="
	done)" "policytop.1 has every parameter of a source"
tap_empty "$(column keys 3 | while read -r k; do
	sed 's/\\&//' "$page" | grep -qFx -- ".It Ic $k" || echo "no .It Ic $k"
done)" "policytop.1 has every key"
tap_empty "$(column checks 3 | unnamed "$TOP_SRCDIR/man/policytop-checks.7")" \
	"policytop-checks.7 names every check"
tap_empty "$(column codes 3 | unnamed "$TOP_SRCDIR/man/policytop-checks.7")" \
	"policytop-checks.7 names every code of the audits"
tap_same "$(sed -n 's/^\.It Cm \([a-z0-9_.*]*\).*/\1/p' "$TOP_SRCDIR/man/policytop-rig.5")" \
	"$(column rig 3)" "policytop-rig.5 has the options of a rig, in their order"
tap_empty "$(column queries 3 | unnamed "$TOP_SRCDIR/man/policytop-db.5")" \
	"policytop-db.5 names every canned query"

help=$("$POLICYTOP" --help)
tap_empty "$(column commands 3 | while read -r c; do
	printf '%s\n' "$help" | grep -q "^  $c " || echo "$c"
done)" "--help names every command"
tap_empty "$(printf '%s\n' "$rows" | awk -F"$tab" '$1 == "options" { print $2, $3 }' |
	while read -r c o; do
		"$POLICYTOP" "$c" --help | grep -qE -- "^  --$o( |\$)" || echo "$c --$o"
	done)" "--help of a command names every option"

tap_empty "$(printf '%s\n' "$rows" | awk -F"$tab" '
	{ if ($3 !~ /^[A-Za-z0-9_?\/ .,*-]+$/) print $1 ": odd name " $3
	  if ($5 == "" || $5 ~ /\.$/) print $1 " " $3 ": summary missing or with a full stop"
	  if ($1 ~ /commands|sources|checks/ && length($5) > 60) print $1 " " $3 ": summary too long"
	  if ($1 != "keys" && $1 != "facts" && seen[$1 " " $2 " " $3]++) print $1 " " $3 ": twice" }')" \
	"rows are in order"

for shell in bash zsh fish; do
	case $shell in
	bash) file=$folder/policytop ;;
	zsh) file=$folder/_policytop ;;
	fish) file=$folder/policytop.fish ;;
	esac
	tap_empty "$({ column commands 3; column options 3
		printf '%s\n' "$rows" | grep -q "^commands.*SOURCE" && column sources 3
		printf '%s\n' "$rows" | grep -q "^options${tab}demo${tab}fault" && column faults 3; } |
		sort -u | unnamed "$file")" "$shell completion names everything"
	if command -v $shell >/dev/null; then
		tap_empty "$($shell -n "$file" 2>&1)" "$shell understands its completion"
	else
		tap_skip "$shell understands its completion" "no $shell"
	fi
done

if command -v bash >/dev/null; then
	# shellcheck disable=SC2016 # for the other shell
	complete='. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _policytop; echo "${COMPREPLY[*]}"'
	tap_same "$(bash -c "$complete" "$folder/policytop" policytop li 2>&1)" "list" \
		"bash completes a command"
	tap_same "$(bash -c "$complete" "$folder/policytop" policytop --db x list --js 2>&1)" "--json" \
		"bash completes an option"
else
	tap_skip "bash completes" "no bash"
fi
tap_done
