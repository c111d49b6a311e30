# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# TAP for test scripts: . "$TOP_SRCDIR/tests/tap.sh", then tap_ok, tap_same, tap_empty or tap_skip
# for every claim, and tap_done as the last line.
tap_run=0
tap_failed=0

# tap_ok STATUS TEXT: passes when STATUS is 0.
tap_ok()
{
	tap_run=$((tap_run + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_run - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_run - $2"
	fi
}

# tap_same GOT WANTED TEXT: passes when both texts are equal.
tap_same()
{
	if [ "$1" = "$2" ]; then
		tap_ok 0 "$3"
	else
		tap_ok 1 "$3"
		printf '%s\n' "got: $1" "wanted: $2" | sed 's/^/# /'
	fi
}

# tap_empty COMPLAINTS TEXT: passes when there are no complaints; shows the first of them.
tap_empty()
{
	if [ -z "$1" ]; then
		tap_ok 0 "$2"
	else
		tap_ok 1 "$2"
		printf '%s\n' "$1" | sed -n '1,40s/^/# /p'
	fi
}

# tap_skip TEXT WHY
tap_skip()
{
	tap_run=$((tap_run + 1))
	echo "ok $tap_run - $1 # SKIP $2"
}

tap_done()
{
	echo "1..$tap_run"
	[ "$tap_failed" -eq 0 ]
}
