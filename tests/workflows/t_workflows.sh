#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Five recorded workflows, replayed, and what a person sees of them some seconds later at 80x24:
# against files that people can read. UPDATE=1 writes the files anew (look at the difference before
# committing it).
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_DATA_HOME="$work" XDG_STATE_HOME="$work"
unset NO_COLOR
cd "$TOP_SRCDIR/tests/workflows" || exit 1

# The words of `list sources --facts` as a screen says them.
on_screen()
{
	sed 's/\<chunk\>/chunks/; s/\<reset\>/resets/; s/\<frames\>/cameras/; s/\<health\>/motors/'
}

promised() # KIND: its facts, one a line
{
	"$POLICYTOP" list sources --facts | sed -n "s/^$1 [^ ]*  *//p" | on_screen | tr ' ' '\n'
}

everything='seen asked sent got chunks prompt resets latency cameras motors'

screen() # NAME AT_S PAGE
{
	[ "$3" = main ] && set -- "$1" "$2"
	"$POLICYTOP" watch "raw:cap/$1.cap" --once --text --size 80x24 --after "$2" ${3:+--page "$3"}
}

# What the line of a label names, one fact a line, as far as they are facts.
named() # LABEL
{
	sed -n "s/$1  *//p" | tr -s ' ' '\n' | while read -r word; do
		case " $everything " in
		*" $word "*) echo "$word" ;;
		*) break ;;
		esac
	done
}

words() { tr '\n' ' ' | sed 's/ $//'; }

# workflow NAME KIND AT_S JOINTS NEVER ALARMS: KIND is what it was captured from; NEVER are facts that
# this kind can see and this workflow does not tell; ALARMS every "level code" of the whole replay.
workflow()
{
	name=$1
	for page in main chunk traffic; do
		screen "$name" "$3" "$page" >"$work/screen" 2>"$work/err"
		[ -z "${UPDATE:-}" ] || cp "$work/screen" "golden/$name-$page.txt"
		tap_empty "$(diff "golden/$name-$page.txt" "$work/screen" 2>&1)" "$name: the screen, page $page"
	done
	given=$(promised "$2" | grep -vwF -e "${5:-nothing}" | words)
	blind=$(echo "$everything" | tr ' ' '\n' | grep -vxF -e "$(echo "$given" | tr ' ' '\n')" | words)
	screen "$name" "$3" main >"$work/screen"
	tap_same "$(named '.*BLIND' <"$work/screen" | words)" "$blind" \
		"$name: BLIND names all that $2: does not see"
	tap_same "$(named '^ sees' <"$work/screen" | words)" "$given" \
		"$name: sees are the facts that $2: promises${5:+, but $5}"
	"$POLICYTOP" watch "raw:cap/$name.cap" --once --json >"$work/json"
	tap_same "$(grep -o '"joint":"' "$work/json" | wc -l) $(grep -c '"bad_lines":0' "$work/json")" \
		"$4 1" "$name: joints, and all of it is understood"
	tap_same "$(sed 's/.*"alarms":\[\([^]]*\)\].*/\1/' "$work/json" | tr '{' '\n' |
		sed -n 's/^"level":"\([a-z]*\)","code":"\([a-z-]*\)".*/\1 \2/p' | words)" "$6" \
		"$name: the alarms are '$6'"
}

workflow lerobot-record hook 3 28 '' ''
workflow lerobot-sync hook 3 6 '' 'note cadence'
workflow lerobot-rtc hook 3 6 '' ''
# Its client says no prompt: the server adds one.
workflow openpi-aloha openpi 4 14 prompt ''
workflow groot-so101 groot 4 6 '' ''

screen groot-so101 0 main >"$work/whole"
tap_same "$(grep -c '^policytop replay .*no episode' "$work/whole")" 1 "without --after all of it is played"
tap_done
