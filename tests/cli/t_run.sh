#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run around a command that counts its signals: exit status, terminal, Ctrl-C, in tmux, outside of
# it, without it, and when the connection is lost. The terminal is a real tmux.
# shellcheck disable=SC2086 # $show is a list of words
set -u
. "$TOP_SRCDIR/tests/tap.sh"
if ! command -v tmux >/dev/null; then
	tap_skip "run in terminals" "no tmux"
	tap_done
	exit
fi
work=$(mktemp -d)
here=policytop-test-$$
number=0
trap 'tmux -L $here-$number kill-server 2>/dev/null; tmux -L policytop-own kill-server 2>/dev/null
	"$POLICYTOP" stop own 2>/dev/null; rm -rf "$work"' EXIT
unset TMUX TMUX_PANE POLICYTOP_PYTHONDIR
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" POLICYTOP
db=$work/policytop/runs.db
mkdir "$work/bin"
ln -s "$TOP_BUILDDIR/tests/cli/counter" "$work/bin/lerobot-rollout"
export PATH="$work/bin:$PATH"
file=$work/signals
# A display that nobody shows gives the engine a source.
show="--display_data=true --display_mode=foxglove --display_port=1"

sql()
{
	sqlite3 -readonly "$db" "$1"
}

# wait_until COMMAND...: until it succeeds, a minute at most.
wait_until()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || return 1
		sleep 0.05
	done
}

has()
{
	grep -q -- "$1" "$2"
}

count()
{
	grep -cx "$1" "$file"
}

pid()
{
	sed -n 's/^ready \([0-9]*\).*/\1/p' "$file"
}

# Field $2 of process $1: 3 its state, 4 its parent.
field()
{
	cut -d' ' -f"$2" "/proc/$1/stat"
}

gone()
{
	! kill -0 "$1"
}

t()
{
	tmux -L "$here-$number" "$@"
}

# A terminal of $1 columns and $2 lines, with a shell.
terminal()
{
	t kill-server 2>/dev/null
	number=$((number + 1)) # the old one may take its time to go
	rm -f "$file" "$work/status" "$work/stty"*
	t -f /dev/null new-session -d -x "$1" -y "$2" "PS1='$ ' sh"
	pane=$(t list-panes -F '#{pane_id}')
	t send-keys -t "$pane" "stty -g >$work/stty1" Enter
	wait_until test -s "$work/stty1"
}

# Types a command into it; its status comes into a file.
typed()
{
	rm -f "$work/status"
	t send-keys -t "$pane" "$1; echo \$? >$work/status; stty -g >$work/stty2" Enter
}

ends_with()
{
	wait_until test -s "$work/status"
	tap_same "$(cat "$work/status")" "$1" "$2"
}

run="$POLICYTOP run"

# In the user's own tmux.
terminal 170 50
typed "$run --no-check --full-rate --rig own -- lerobot-rollout $file $show"
wait_until has ready "$file"
tap_ok $? "in tmux: the command starts"
tap_same "$(sed -n 's/ready [0-9]* //p' "$file")" "blocked=0 xfsz=default" \
	"with signals as a shell leaves them"
panes()
{
	[ "$(t list-panes | wc -l)" -eq "$1" ]
}
wait_until panes 2
tap_same "$? $(t list-panes -F '#{pane_width}' | awk '$1 < 80' | wc -l)" "0 0" \
	"the dashboard is beside it, 80 columns each"
t send-keys -t "$pane" C-c
wait_until has INT "$file"
t send-keys -t "$pane" "a line" Enter
wait_until has 'line a line' "$file"
tap_same "$? $(count INT)" "0 1" "Ctrl-C reaches it once; standard input is its own"
t send-keys -t "$pane" C-c
# An engine that is behind with reading when the command ends: nothing of it may be lost.
engine=$("$POLICYTOP" status --json | sed 's/.*"pid":\([0-9]*\).*/\1/')
tap_same "$(tr '\0' '\n' <"/proc/$engine/cmdline" | grep -c '^--full-rate$')" 1 \
	"its engine records as it was told to"
kill -STOP "$engine"
t send-keys -t "$pane" "q 7" Enter
wait_until gone "$(pid)"
kill -CONT "$engine"
ends_with 7 "its exit status"
tap_same "$(count INT)" 2 "and a second Ctrl-C is a second one"
cmp -s "$work/stty1" "$work/stty2"
tap_ok $? "the terminal is as it was"
tap_same "$(sql "SELECT count(*) FROM notes WHERE text = 'ERROR from the command'")" 1 \
	"its last words are in the run"
tap_same "$(sql "SELECT count(*) FROM notes WHERE text LIKE '%the command ended with status 7'")" 1 \
	"as is how it ended"
tap_same "$(sql "SELECT count(*) FROM notes WHERE text LIKE '%preflight skipped%'")" 1 \
	"as is that there was no preflight"
t capture-pane -p -t "$pane" >"$work/screen"
tap_same "$(grep -c '^policytop: run 1: 0 steps' "$work/screen")" 1 "its result is one line"
tap_same "$("$POLICYTOP" status --json)" '{"schema":1,"engines":[],"taps":[]}' \
	"no engine is left"

terminal 80 24
typed "$run --rig own -- lerobot-rollout $file $show"
wait_until has ready "$file"
windows()
{
	[ "$(t list-windows | wc -l)" -eq "$1" ]
}
wait_until windows 2
tap_same "$? $(t list-panes | wc -l) $(t display-message -p '#{pane_id}')" "0 1 $pane" \
	"a small terminal: a window of its own, the command stays in front"
t send-keys -t "$pane" "k" Enter
ends_with 137 "a command that is killed: 128 + 9"

# --here, and the shell's job control.
terminal 170 50
typed "$run --here --rig own -- lerobot-rollout $file $show"
wait_until has ready "$file"
tap_same "$(t list-panes | wc -l)" 1 "--here: nothing is beside it"
t send-keys -t "$pane" C-c
wait_until has INT "$file"
stopped()
{
	[ "$(field "$(pid)" 3)" = T ]
}
t send-keys -t "$pane" C-z
wait_until stopped
tap_ok $? "Ctrl-Z stops it"
t send-keys -t "$pane" "" Enter
t send-keys -t "$pane" "echo shell >$work/shell" Enter
wait_until test -s "$work/shell"
tap_ok $? "the shell has its terminal again"
rm -f "$work/status"
t send-keys -t "$pane" "fg; echo \$? >$work/status" Enter
wait_until has CONT "$file"
t send-keys -t "$pane" C-c
t send-keys -t "$pane" "q 3" Enter
ends_with 3 "fg wakes it, and its status is there in the end"
tap_same "$(count INT)" 2 "every Ctrl-C came once"

# Where one signal could become two: we are held up until the command has taken its own.
terminal 170 50
printf '%s\n' 'trap : INT' "$run --here --rig own -- lerobot-rollout $file $show" \
	"echo \$? >$work/status" >"$work/script"
t send-keys -t "$pane" "sh $work/script" Enter
wait_until has ready "$file"
ours=$(field "$(pid)" 4)
kill -STOP "$ours"
t send-keys -t "$pane" C-c
wait_until has INT "$file"
kill -CONT "$ours"
t send-keys -t "$pane" "a line" Enter
wait_until has 'line a line' "$file"
rm -f "$work/status"
t send-keys -t "$pane" "q 6" Enter
ends_with 6 "from a script: its exit status"
tap_same "$(count INT)" 1 "and one Ctrl-C, whenever we hear of it"

# What is sent to us is for it.
terminal 170 50
typed "$run --here --rig own -- lerobot-rollout $file $show & wait \$!"
wait_until has ready "$file"
ours=$(field "$(pid)" 4)
kill -TERM "$ours"
wait_until has TERM "$file"
kill -INT "$ours"
wait_until has INT "$file"
kill -HUP "$ours"
wait_until has HUP "$file"
tap_same "$(count TERM)$(count INT)$(count HUP)" 111 "kill: passed on once each"
"$POLICYTOP" status --json >"$work/out"
tap_ok "$(grep -c '"rig":"own"' "$work/out" | awk '{ print !$1 }')" "and the engine goes on"
engine=$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$work/out")
kill -9 "$engine"
another()
{
	"$POLICYTOP" status --json | grep '"rig":"own"' | grep -qv "\"pid\":$engine"
}
wait_until another
tap_ok $? "an engine that is killed has a successor"
kill -9 "$(pid)"
ends_with 137 "and the command's end is told as before"

# Outside of tmux: a server of our own.
terminal 170 50
typed "env -u TMUX -u TMUX_PANE $run --rig own -- lerobot-rollout $file $show"
wait_until has ready "$file"
tap_same "$? $(tmux -L policytop-own list-sessions | wc -l)" "0 1" \
	"outside of tmux: a server of our own"
t send-keys -t "$pane" C-c
wait_until has INT "$file"
tap_same "$(count INT)" 1 "Ctrl-C reaches the command once"
client=$(tmux -L policytop-own list-clients -F '#{client_pid}')
kill -9 "$client"
ends_with 0 "its client is killed: the terminal is free"
kill -0 "$(pid)"
tap_same "$? $(wc -l <"$file")" "0 5" "the command goes on, and heard nothing of it"
tap_ok "$("$POLICYTOP" status --json | grep -c '"rig":"own"' | awk '{ print !$1 }')" \
	"and so does its engine"
typed "stty sane; env -u TMUX -u TMUX_PANE $run --rig own -- lerobot-rollout $file $show"
ends_with 69 "a second one of that name is refused"
typed "env -u TMUX -u TMUX_PANE tmux -L policytop-own attach"
attached()
{
	tmux -L policytop-own list-clients | grep -q .
}
wait_until attached
t send-keys -t "$pane" "q 5" Enter
ends_with 0 "attached again, it is ended by what is typed"
wait_until gone "$(pid)"
tap_same "$? $(sed -n 1p "$work/policytop/own.end" 2>/dev/null || sed -n 1p "$work"/*/own.end)" "0 5" \
	"its status is kept"

terminal 170 50
typed "clear; env -u TMUX -u TMUX_PANE $run --rig own -- lerobot-rollout $file $show 'two words;'"
wait_until has ready "$file"
tap_same "$(sed -n 's/^last //p' "$file")" "two words;" "words go through tmux as they are"
t send-keys -t "$pane" "q 7" Enter
ends_with 7 "the exit status comes through the server"
wait_until test -s "$work/stty2"
cmp -s "$work/stty1" "$work/stty2"
tap_ok $? "the terminal is as it was"
t capture-pane -p -t "$pane" >"$work/screen"
tap_same "$(grep -c '^ERROR from the command' "$work/screen") $(grep -c '^policytop: run ' "$work/screen")" \
	"1 1" "what it said last, and the result, are on it"
! tmux -L policytop-own has-session 2>/dev/null
tap_ok $? "and the server is gone"

# Without tmux, without a terminal.
rm -f "$file"
printf 'hello\nq 4\n' >"$work/in"
timeout 30 "$POLICYTOP" run --rig own -- lerobot-rollout "$file" $show <"$work/in" >"$work/out" 2>"$work/err"
tap_same "$? $(sed -n 1p "$work/out") $(grep -c 'line hello' "$file")" "4 INFO counter is ready 1" \
	"without a terminal: standard input and output are its own"
tap_same "$(grep -c "recording as 'own'" "$work/err") $(grep -c '^policytop: run\|nothing was recorded' "$work/err")" \
	"1 1" "what we say is on standard error"
terminal 170 50
typed "PATH=$work/bin $run --rig own -- lerobot-rollout $file $show"
wait_until has ready "$file"
tap_same "$? $(t list-panes | wc -l)" "0 1" "no tmux in PATH: as with --here"
t send-keys -t "$pane" "q 0" Enter
ends_with 0 "and it ends"

# What stops the start.
rm -f "$file"
timeout 20 "$POLICYTOP" run --rig own -- lerobot-rollout "$file" $show --policy.path=/none \
	</dev/null >"$work/out" 2>"$work/err"
tap_same "$? $(grep -c 'checkpoint /none' "$work/err") $(test -e "$file"; echo $?)" "2 1 1" \
	"a preflight that fails, without a terminal: 2, and nothing was started"
echo "q 0" | timeout 20 "$POLICYTOP" run --rig own --no-check -- lerobot-rollout "$file" $show \
	--policy.path=/none >"$work/out" 2>"$work/err"
tap_same "$? $(test -e "$file"; echo $?)" "0 0" "--no-check starts it"
timeout 20 "$POLICYTOP" run --rig own -- no-such-program >"$work/out" 2>"$work/err" </dev/null
tap_same "$?" 127 "a program that is not there: 127"
terminal 100 30
typed "$run --rig own -- lerobot-rollout $file $show --policy.path=/none"
asks()
{
	t capture-pane -p -t "$pane" | grep -q 'start all the same'
}
wait_until asks
tap_ok $? "on a terminal it asks"
t send-keys -t "$pane" "n" Enter
ends_with 2 "no: 2"
typed "$run --rig own -- lerobot-rollout $file $show --policy.path=/none"
t send-keys -t "$pane" "y" Enter
wait_until has ready "$file"
t send-keys -t "$pane" "q 0" Enter
ends_with 0 "yes: it starts"

# The environment of the hook.
mkdir -p "$work/python/policytop_hook"
rm -f "$file"
echo "q 0" | POLICYTOP_PYTHONDIR=$work/python PYTHONPATH=/mine timeout 20 "$POLICYTOP" run --here --rig own \
	-- env PYTHONPATH=/theirs lerobot-rollout "$file" $show >"$work/out" 2>"$work/err"
tap_same "$(sed -n 's/^path //p' "$file")" "$work/python:/theirs" \
	"the hook's folder is first in PYTHONPATH, also in a word of the command"
tap_same "$(sed -n 's/^hook //p' "$file")" "$work/policytop/hook-own.sock" "and its socket is named"
tap_same "$("$POLICYTOP" status --json)" '{"schema":1,"engines":[],"taps":[]}' "nothing is left running"
tap_done
