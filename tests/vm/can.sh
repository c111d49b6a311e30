# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the guests that look at CAN share: . "$TOP_SRCDIR/tests/vm/can.sh"
# shellcheck disable=SC2034 # of those who source this
arm=$TOP_BUILDDIR/tests/vm/can_arm
db=/tmp/none

# within COMMAND…: waits until it is true, 30 s of the guest's clock at most.
within()
{
	until_s=$(($(seconds_up) + 30))
	until "$@"; do
		[ "$(seconds_up)" -lt "$until_s" ] || return 1
		usleep 100000
	done
}

seconds_up()
{
	cut -d . -f 1 /proc/uptime
}

ask()
{
	sqlite3 "$db" "$1" 2>/dev/null
}

# is SQL VALUE
is()
{
	[ "$(ask "$1")" = "$2" ]
}

# start NAME WORD…: records into a database of its own.
start()
{
	db=/tmp/$1.db
	shift
	: >/tmp/out
	"$POLICYTOP" --db "$db" record --json "$@" >/tmp/out 2>/tmp/err &
	pid=$!
	within grep -q '"ready":true' /tmp/out || cat /tmp/err >&2
}

stop()
{
	kill -INT "$pid"
	wait "$pid"
}

# newest FIELD [BUS]: of the last row about a bus.
newest()
{
	echo "SELECT $1 FROM buses WHERE bus LIKE '%${2-}' ORDER BY t_ns DESC LIMIT 1"
}

sent_by_host()
{
	cat "/sys/class/net/$1/statistics/tx_packets"
}
