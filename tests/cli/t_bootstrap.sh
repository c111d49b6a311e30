#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bootstrap refuses what it does not know, installs only what is missing, and asks for no password.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/tree"
cp "$TOP_SRCDIR/bootstrap" "$work/tree/bootstrap"

# A machine of our making: only these commands, and they tell what they are called with.
for tool in sh dirname getconf cat grep env mkdir find; do
	ln -s "$(command -v $tool)" "$work/bin/$tool"
done
fake()
{
	rm -f "$work/bin/$1" # never write through a link to the real one
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}
# shellcheck disable=SC2016 # for the fake commands
fake apt-get 'echo "apt-get $*" >>"$CALLS"'
fake id 'echo 1000'
fake dpkg-query 'exit 1'

run()
{
	: >"$work/calls"
	CALLS=$work/calls PATH=$work/bin "$work/tree/bootstrap" "$@" >"$work/out" 2>&1 </dev/null
	status=$?
}

run
tap_same "$status" 64 "without a verb: usage"
run frobnicate
tap_same "$status" 64 "with an unknown verb: usage"

run build
tap_same "$status" 69 "something missing, neither root nor sudo: 69"
tap_ok "$(grep -q 'administrator' "$work/out"; echo $?)" "and what to ask an administrator for"
tap_same "$(cat "$work/calls")" "" "and nothing was called"

# shellcheck disable=SC2016
fake sudo 'echo "sudo $1" >>"$CALLS"; shift; exec "$@"'
run build
tap_ok "$(grep -q '^sudo -n$' "$work/calls"; echo $?)" "sudo without a terminal asks for nothing"
installed=$(grep '^apt-get.* install' "$work/calls")
tap_ok "$(echo "$installed" | grep -q 'libsqlite3-dev'; echo $?)" "what is missing is installed"
tap_ok "$(echo "$installed" | grep -q 'shellcheck'; echo $((! $?)))" "test tools are not, for a build"

fake make 'exit 0'
fake automake 'exit 0'
run build
installed=$(grep '^apt-get.* install' "$work/calls")
tap_ok "$(echo "$installed" | grep -qw -e make -e automake; echo $((! $?)))" \
	"what is there is not installed"
tap_done
