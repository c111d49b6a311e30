#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What every call can rely on: help, version, usage errors, exit statuses, closed outputs.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work" \
	XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work"

# run COMMAND...: its status, stdout and stderr
run()
{
	timeout 20 "$POLICYTOP" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}

run --version
tap_same "$status $(echo "$out" | wc -l)" "0 1" "--version: one line"
run --help
tap_same "$status$err" "0" "--help: on stdout, status 0"
tap_ok "$(echo "$out" | awk 'length > 100 { bad = 1 } END { print bad + 0 }')" \
	"--help fits 100 columns"

commands=$("$POLICYTOP" list all | awk -F'\t' '$1 == "commands" { print $3 }')
tap_empty "$(for c in $commands; do
	run "$c" --help
	[ "$status" -eq 0 ] && [ -z "$err" ] && [ -n "$out" ] || echo "$c --help: status $status"
	case $out in "usage: policytop $c"*) ;; *) echo "$c --help does not begin with its usage" ;; esac
done)" "every command has --help"
tap_empty "$(for c in $commands; do
	run "$c" --no-such-option
	[ "$status" -eq 64 ] && [ -z "$out" ] || echo "$c: status $status"
	case $err in "policytop: $c: "*"--no-such-option"*) ;; *) echo "$c says: $err" ;; esac
done)" "every command refuses an unknown option with 64"

# What "make installcheck" asks of every installed program, also of those that others start.
tap_empty "$(for p in tap/policytop-tap video/policytop-video; do
	[ -x "$TOP_BUILDDIR/src/$p" ] || continue
	for option in --help --version; do
		timeout 20 "$TOP_BUILDDIR/src/$p" $option >"$work/out" 2>"$work/err" </dev/null &&
			[ -s "$work/out" ] && [ ! -s "$work/err" ] || echo "$p $option"
	done
done)" "the helper programs have --help and --version"

run lisst
tap_same "$status" 64 "an unknown command: 64"
tap_ok "$(echo "$err" | grep -c 'did you mean list' | awk '{ print !$1 }')" \
	"and the nearest one is named"
run --no-such-option
tap_same "$status" 64 "an unknown global option: 64"
run --db
tap_same "$status" 64 "--db without a file: 64"
run list commands --jsn
tap_ok "$(echo "$err" | grep -c 'did you mean --json' | awk '{ print !$1 }')" \
	"the nearest option is named"

run watch "$work/set"
tap_same "$status $(echo "$err" | grep -c "dataset:$work/set")" "64 1" \
	"watch of a folder names the source that it could be"

run list "$(printf 'x\033[31m')"
tap_ok "$(grep -c "$(printf '\033')" "$work/err")" "no escape sequence passes into a message"

# A country with decimal commas: JSON, SQL and limits must not follow it.
if localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" >/dev/null 2>&1; then
	tap_same "$(LOCPATH=$work LC_ALL=de_DE.UTF-8 "$POLICYTOP" list parameters)" \
		"$(LC_ALL=C "$POLICYTOP" list parameters)" "numbers are the same in every locale"
	rm -rf "$work/de_DE.UTF-8"
else
	tap_skip "numbers are the same in every locale" "no locale sources to make one from"
fi

if [ -c /dev/full ]; then
	"$POLICYTOP" list all >/dev/full 2>"$work/err"
	tap_same "$?" 74 "a full disk: 74"
fi
"$POLICYTOP" list all >&- 2>"$work/err"
tap_same "$?" 74 "a closed standard output: 74"
tap_empty "$(find "$work" -mindepth 1 ! -name out ! -name err)" "none of this left a file behind"
tap_done
