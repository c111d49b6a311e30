#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What status and stop say of taps, what a damaged or stale entry does, and who may knock.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
command -v python3 >/dev/null || { echo "1..0 # SKIP python3 is not installed"; exit 0; }
work=$(mktemp -d)
tap_pid=
trap '[ -z "$tap_pid" ] || kill "$tap_pid"; rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_STATE_HOME="$work" \
	POLICYTOP_LIBEXECDIR="$TOP_BUILDDIR/src/tap"
watcher=$TOP_BUILDDIR/tests/tap/watcher
taps=$work/policytop/taps

# wait_for COMMAND…: until it succeeds, a minute at most.
wait_for()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}

field() # of the only tap
{
	"$POLICYTOP" status --json | sed -n 's/.*"taps":\[{\(.*\)}\].*/\1/p' |
		sed -n "s/.*\"$1\":\"\{0,1\}\([^\",]*\).*/\1/p"
}

has_clients()
{
	[ "$(field clients)" = "$1" ]
}

taps_are()
{
	[ "$(find "$taps" -name '*.sock' | wc -l)" -eq "$1" ]
}

listens()
{
	[ -s "$work/$1" ]
}

tap_same "$("$POLICYTOP" status --json)" '{"schema":1,"engines":[],"taps":[]}' "no tap, none shown"

# A server that says nothing, and a client that stays until it is told to go.
python3 -c 'import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
	c = s.accept()[0]
	while c.recv(100):
		pass
	c.close()' >"$work/server" &
server_pid=$!
wait_for listens server
upstream=127.0.0.1:$(cat "$work/server")

"$watcher" "simple:0=$upstream" "$work/store" >"$work/address" &
engine_pid=$!
wait_for listens address
address=$(cat "$work/address")
tap_pid=$(field pid)
tap_same "$(field source) $(field listen) $(field upstream)" \
	"simple:0=$upstream $address $upstream" "status names the tap's source and both addresses"
tap_same "$(field clients) $(field lost) $(field link) $(field pty)" "0 0 null null" \
	"clients, what was lost, and no serial line"

# What the tap holds of who started it: nothing.
tap_same "$(readlink "/proc/$tap_pid/cwd")" / "it stands in no folder"
tap_empty "$(find "/proc/$tap_pid/fd" -lname 'pipe:*' -o -lname "$work/*")" \
	"and holds no pipe and no file of the engine"
[ "$(awk '{ print $6 }' "/proc/$tap_pid/stat")" != "$(awk '{ print $6 }' "/proc/$$/stat")" ]
tap_ok $? "and has a session of its own"

"$watcher" "simple:0=$upstream" "$work/other" >"$work/second" &
second_pid=$!
wait_for listens second
[ "$(cat "$work/second")" != "$address" ]
tap_ok $? "a second engine gets a tap of its own"
kill "$second_pid"
wait "$second_pid"
wait_for taps_are 1
tap_ok $? "which ends with it"

mkfifo "$work/go"
python3 -c 'import socket, sys
c = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
c.sendall(b"x")
open(sys.argv[2]).read()' "${address##*:}" "$work/go" &
client_pid=$!
wait_for has_clients 1
tap_ok $? "a client is counted"
"$POLICYTOP" stop --taps 2>"$work/err"
tap_same $? 69 "stop --taps refuses while there is one"
grep -q '1 client of' "$work/err"
tap_ok $? "and says so"
"$POLICYTOP" stop --taps x 2>/dev/null
tap_same $? 64 "stop --taps takes no rig"

# The engine ends in order: the tap stays for its client, and the next engine finds it.
kill "$engine_pid"
wait "$engine_pid"
has_clients 1
tap_ok $? "the tap outlives its engine"
: >"$work/address"
"$watcher" "simple:0=$upstream" "$work/third" >"$work/address" &
engine_pid=$!
wait_for listens address
tap_same "$(cat "$work/address") $(field pid)" "$address $tap_pid" "the next engine adopts it"
kill "$engine_pid"
wait "$engine_pid"
: >"$work/address"
"$watcher" "simple:${address##*:}=$upstream?prefix=left" "$work/fourth" >"$work/address" &
engine_pid=$!
wait_for listens address
tap_same "$(cat "$work/address") $(field pid)" "$address $tap_pid" \
	"so does one whose word has the same address and other parameters"
"$watcher" "simple:localhost:${address##*:}=$upstream" "$work/fifth" | grep -q 'another engine'
tap_ok $? "while it has an engine, one more is told so"
kill -KILL "$engine_pid"
wait "$engine_pid" 2>/dev/null
: >"$work/go"
wait "$client_pid"
wait_for has_clients 0
tap_ok $? "without a client it waits for an engine that was killed"
"$POLICYTOP" status | grep -q 'no engine$'
tap_ok $? "and status says that it has none"
"$POLICYTOP" stop --taps 2>/dev/null
tap_same $? 0 "stop --taps ends it"
wait_for taps_are 0
tap_ok $? "and its entry is gone"
tap_pid=

# Entries of another boot, or of who was killed, are removed by whoever looks.
"$TOP_BUILDDIR/src/tap/policytop-tap" 0 "$upstream" >"$work/line" &
tap_pid=$!
wait_for listens line
kill -KILL $tap_pid
wait $tap_pid 2>/dev/null
tap_pid=
taps_are 1
tap_ok $? "a tap that is killed leaves its entry"
"$POLICYTOP" status >/dev/null
taps_are 0
tap_ok $? "which goes when somebody looks"

# The tap dies while its engine lives: there is another one at the same address.
pid_is_new()
{
	[ -n "$(field pid)" ] && [ "$(field pid)" != "$tap_pid" ]
}
: >"$work/address"
"$watcher" "simple:0=$upstream" "$work/died" >"$work/address" &
engine_pid=$!
wait_for listens address
address=$(cat "$work/address")
tap_pid=$(field pid)
kill -KILL "$tap_pid"
wait_for pid_is_new
tap_ok $? "a tap that dies is replaced"
tap_same "$(field listen)" "$address" "at the same address"
grep -q "the tap at $address died" "$work/died"
tap_ok $? "and that is told"

# The server is gone: a client is turned away, and that is told, once.
kill "$server_pid"
wait "$server_pid" 2>/dev/null
turned_away()
{
	python3 -c 'import socket, sys
try:
	socket.create_connection(("127.0.0.1", int(sys.argv[1]))).recv(1)
except ConnectionResetError:
	pass' "${address##*:}"
}
is_told()
{
	grep -q 'cannot be reached: Connection refused' "$work/died"
}
turned_away && turned_away && wait_for is_told
tap_ok $? "a server that refuses is told"
has_clients 0 && tap_same "$(grep -c 'cannot be reached' "$work/died")" 1 "once"
kill "$engine_pid"
wait "$engine_pid"
wait_for taps_are 0
tap_ok $? "and the new tap ends with its engine"
tap_pid=

# Words that are wrong, each with its reason.
refuses()
{
	"$watcher" "$1" "$work/wrong" | grep -q "$2"
	tap_ok $? "$3"
}
refuses "simple:8001=wss://host:443" "cannot be tapped" "wss:// is refused, with the way out"
refuses "simple:8001" "write simple:" "a word without a server is refused"
refuses "simple:8001=127.0.0.1:8001" "own server" "a tap is not its own server"
refuses "simple:localhost:8001=::1:9" "write simple:" "an IPv6 address wants brackets"
refuses "simple:example.org:8001=$upstream" "address in digits" "it listens at addresses"
python3 -c 'import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
sys.stdin.read()' <"$work/go" >"$work/taken" &
exec 3>"$work/go"
wait_for listens taken
refuses "simple:$(cat "$work/taken")=127.0.0.2:1" "Address already in use" "a port that is taken is told"
exec 3>&-
tap_done
