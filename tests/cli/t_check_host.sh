#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `policytop check` says of the machine: graphics cards by a library of our own making, disks that
# are what they seem not to be, and what it takes to look.
set -u
. "$TOP_SRCDIR/tests/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset HF_HOME HF_LEROBOT_HOME HF_HUB_CACHE XDG_CACHE_HOME
mkdir -m 700 "$work/run"
mkdir -p "$work/config/policytop/rigs" "$work/policy"
export HOME="$work" XDG_RUNTIME_DIR="$work/run" XDG_CONFIG_HOME="$work/config" \
	XDG_DATA_HOME="$work/data" XDG_STATE_HOME="$work/state"

rig()
{
	echo '{"schema": 1, "robot": {"type": "so101_follower"}, "require": ["disk"]'"$1"'}' \
		>"$work/config/policytop/rigs/bench.json"
}

check()
{
	timeout 60 "$POLICYTOP" check bench --json "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# item CODE [SUBJECT]: level|text|do
item()
{
	sqlite3 -batch :memory: ".parameter init" ".parameter set :doc readfile('$work/out')" "
		SELECT value->>'level' || '|' || (value->>'text') || '|' || coalesce(value->>'do', '')
		FROM json_each(:doc, '\$.items') WHERE value->>'code' = '$1'
		AND ('${2-}' = '' OR value->>'subject' = '${2-}')"
}

# card "WISH" LEVEL WORDS
card()
{
	FAKE_NVML=$1 LD_LIBRARY_PATH=$work${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export FAKE_NVML LD_LIBRARY_PATH
	check
	case $(item gpu) in
	"$2|"*"$3"*) tap_ok 0 "a card of $1: $2, $3" ;;
	*) tap_same "$(item gpu)" "$2|$3" "a card of $1" ;;
	esac
	unset FAKE_NVML
	LD_LIBRARY_PATH=${LD_LIBRARY_PATH#"$work"}
}

rig ''
if [ -n "${LINT_CC:-}" ] && $LINT_CC -shared -fPIC -o "$work/libnvidia-ml.so.1" \
	"$TOP_SRCDIR/tests/cli/fake_nvml.c" 2>"$work/cc"; then
	card "1 10 24 50 93 0" ok "10.0 of 24.0 GB are free, 50 degC"
	card "1 10 24 50 0 0" ok "50 degC"
	card "1 10 24 94 93 40" warn "slowed down by heat or power"
	card "1 10 24 90 93 0" warn "about to slow down"
	card "1 10 0 50 93 0" unknown "the card does not answer"
	card "0 0 0 0 0 0" unknown "no card"
	card "-1 0 0 0 0 0" unknown "no library"
	cp -r "$TOP_SRCDIR/tests/training/checkpoint/act/." "$work/policy"
	chmod -R u+w "$work/policy"
	truncate -s 12G "$work/policy/model.safetensors"
	rig ", \"policy\": \"$work/policy\""
	card "1 10 24 50 93 0" warn "end what uses it: the policy's weights are 12.9 GB"
	rig ", \"policy\": \"$work/policy\", \"server\": \"127.0.0.1:1\""
	card "1 10 24 50 93 0" ok "10.0 of 24.0 GB"
else
	tap_skip "graphics cards" "no compiler"
fi
rig ''

check
case $(item disk database) in
ok*" GB free, "*" MB/s: $work"* | warn*"which goes with"*) tap_ok 0 "the database's disk: $(item disk database)" ;;
*) tap_same "$(item disk database)" "ok|… GB free, … MB/s" "the database's disk" ;;
esac
tap_same "$(find "$work" -name '.policytop-probe*')" "" "what was written to measure it is removed"
check --hours 2 --record-to "$work/data/sets/new"
case $(item disk recording) in
*": $work/data"* | *"$work/data"*"which goes with"*) tap_ok 0 "a recording is judged where it will be: $(item disk recording)" ;;
*) tap_same "$(item disk recording)" "…$work/data" "a recording that is planned" ;;
esac
check --hours 9999 --record-to "$work/data"
case $(item disk recording) in
fail*"make room: 79992 GB"*) tap_ok 0 "hours that do not fit" ;;
*) tap_same "$(item disk recording)" "fail|make room" "hours that do not fit" ;;
esac
if [ "$(stat -f -c %T /dev/shm)" = tmpfs ] && [ -w /dev/shm ]; then
	shm=$(mktemp -d /dev/shm/policytop-XXXXXX)
	check --record-to "$shm"
	case $(item disk recording) in
	warn*"memory (tmpfs), which goes with the power"* | *"make room"*) tap_ok 0 "a disk that is memory" ;;
	*) tap_same "$(item disk recording)" "warn|memory" "a disk that is memory" ;;
	esac
	rmdir "$shm"
else
	tap_skip "a disk that is memory" "no tmpfs"
fi
if [ "$(id -u)" != 0 ]; then
	mkdir -m 500 "$work/closed"
	check --record-to "$work/closed"
	tap_same "$status $(item disk recording | cut -d'|' -f1)" "2 fail" "a folder that cannot be written"
elif unshare -m true 2>/dev/null; then
	mkdir "$work/closed"
	unshare -m sh -c "mount -t tmpfs -o ro none '$work/closed' &&
		timeout 60 '$POLICYTOP' check bench --json --record-to '$work/closed' >'$work/out'"
	case $(item disk recording) in
	fail*"cannot be written: Read-only file system"*) tap_ok 0 "a mount that became read-only" ;;
	*) tap_same "$(item disk recording)" "fail|Read-only" "a mount that became read-only" ;;
	esac
else
	tap_skip "a disk that cannot be written" "no mounts here"
fi

# What logind does is in files of the system: here in a mount of our own.
if [ "$(id -u)" = 0 ] && [ -d /etc/systemd ] && unshare -m true 2>/dev/null; then
	logind()
	{
		unshare -m sh -c "mount -t tmpfs none /etc/systemd && mkdir /etc/systemd/logind.conf.d &&
			$1 timeout 60 '$POLICYTOP' check bench --json >'$work/out'"
	}
	logind "echo KillUserProcesses=no >/etc/systemd/logind.conf;
		echo KillUserProcesses=yes >/etc/systemd/logind.conf.d/50-ours.conf;"
	case $(item host logind) in
	note*"leaving the session ends the engine"*) tap_ok 0 "logind kills, says a drop-in: a note" ;;
	*) tap_same "$(item host logind)" "note|…ends the engine" "logind kills, says a drop-in" ;;
	esac
	logind "echo KillUserProcesses=yes >/etc/systemd/logind.conf;
		echo KillUserProcesses=no >/etc/systemd/logind.conf.d/50-ours.conf;"
	tap_same "$(item host logind)" "" "logind kills not, says the last file: nothing"
else
	tap_skip "what logind does" "no mounts here"
fi
tap_done
