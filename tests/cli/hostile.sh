# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the tests of bad input share: a home of their own, a call that is watched, and judgements.
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"
sets=$TOP_SRCDIR/tests/training/sets
db=$work/runs.db
: >"$work/in"

# run ARGUMENT...: on $db with $work/in as standard input; output in $work/out and $work/err, the
# status in $status, and what no input may cause in $wrong: a hang, a crash, a raw control.
run()
{
	timeout 60 "$POLICYTOP" --db "$db" "$@" <"$work/in" >"$work/out" 2>"$work/err"
	status=$?
	wrong=
	case $status in
	0 | 1 | 2 | 3 | 64 | 66 | 69 | 74) ;;
	*) wrong="status $status" ;;
	esac
	grep -qe 'Sanitizer' -e 'runtime error' "$work/out" "$work/err" && wrong="$wrong, sanitizer"
	raw_controls "$work/out" "$work/err" && wrong="$wrong, a raw control"
	[ -z "$wrong" ] || sed 's/^/# /' "$work/err"
}

# raw_controls FILE...: one has an escape, a C1 control or a bidi override.
raw_controls()
{
	LC_ALL=C grep -q "$(printf '[\001-\010\013-\014\016-\037\177]\\|\302[\200-\237]\\|\342\200\256')" "$@"
}

# refused STATUS PATTERN TEXT: the last run ended so, with that on one line of stderr and no output.
refused()
{
	[ -z "$wrong" ] && [ "$status" -eq "$1" ] && [ ! -s "$work/out" ] &&
		grep -qe "^policytop: .*$2" "$work/err"
	tap_ok $? "$3"
	[ "$status" -eq "$1" ] || echo "# status $status $wrong"
	sed 's/^/# /' "$work/err" | cut -c1-300
}

# says STATUS PATTERN TEXT: the last run ended so and printed that.
says()
{
	[ -z "$wrong" ] && [ "$status" -eq "$1" ] && cat "$work/out" "$work/err" | grep -qe "$2"
	tap_same "$? $status $wrong" "0 $1 " "$3"
}

# sound FILE: a whole database, or none.
sound()
{
	[ ! -e "$1" ] || [ "$(sqlite3 "$1" 'PRAGMA integrity_check')" = ok ]
}

# copy SET: a writable copy as $set.
copy()
{
	set=$work/set
	rm -rf "$set"
	cp -R "$sets/$1" "$set"
	chmod -R u+w "$set"
}

# flip FILE SEED: three bytes of it get other values, of the places and values SEED leads to.
flip()
{
	awk -v size="$(wc -c <"$1")" -v seed="$2" 'BEGIN { srand(seed)
		for (i = 0; i < 3; i++)
			print int(rand() * size), sprintf("%03o", int(rand() * 256)) }' |
		while read -r at octal; do
			# shellcheck disable=SC2059 # an octal escape
			printf "\\$octal" | dd of="$1" bs=1 seek="$at" conv=notrunc 2>/dev/null
		done
}
