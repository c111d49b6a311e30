#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who can write to a servo: only the commands that are named for it. No source, decoder, engine or
# tap reaches the room that builds such packets, by the symbols of the object code.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
cd "$TOP_BUILDDIR" || exit 1
may='^src/cmd/libcmd\.a:libcmd_a-(cmd_home|cmd_joint|move|move_from|move_report)\.o$'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -g --defined-only src/motion/libmotion.a | awk 'NF == 3 && $3 !~ /^_/ { print $3 }' |
	sort -u >"$work/motion"
tap_same "$(grep -c '^motion_packet_\(sync_\)\?write$' "$work/motion")" 2 \
	"the room has what builds packets that write"
tap_empty "$(grep -v '^motion_' "$work/motion")" "all it offers is called motion_…"

# "archive:object symbol" of all that is called from elsewhere
find src ui db -name 'lib*.a' ! -name libmotion.a -exec nm -A -g --undefined-only {} + 2>/dev/null |
	awk 'NR == FNR { motion[$1] = 1; next }
	$NF in motion { split($1, part, ":"); print part[1] ":" part[2], $NF }' "$work/motion" - \
	>"$work/calls"
tap_empty "$(awk '{ print $1 }' "$work/calls" | sort -u | grep -vE "$may")" \
	"only the commands that move an arm reach it"
tap_ok "$(grep -q 'libcmd_a-move.o motion_drive' "$work/calls"; echo $?)" "and they do"
tap_empty "$(nm src/motion/libmotion.a | grep -E ' U (sim_|source_|engine_)')" \
	"it uses no source and no engine"

tap_empty "$(nm src/tap/policytop-tap | awk '{ print $NF }' | grep -xFf "$work/motion")" \
	"the tap has none of it"
tap_empty "$(cd "$TOP_SRCDIR" && grep -rl '"motion/' src ui db --include='*.[ch]' |
	grep -vE '^src/motion/|^src/cmd/(cmd_home|cmd_joint|move|move_from|move_report)\.[ch]$')" \
	"nobody else includes its headers"
tap_done
