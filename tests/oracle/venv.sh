#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# venv.sh [FILE]: prints the Python of a virtual environment that holds what FILE names (a path, or a
# file beside this script; requirements.txt unless given), made when it is not there yet. Exit
# status 1 and a reason on stderr when it cannot be made (no network, no venv module).
# It lives in the build tree, or in $POLICYTOP_VENVS, so that several builds share one.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
pins=${1:-requirements.txt}
case $pins in
*/*) ;;
*) pins=$here/$pins ;;
esac
folder=${POLICYTOP_VENVS:-${TOP_BUILDDIR:-.}/tests/oracle}
venv=$folder/venv-$(cksum <"$pins" | cut -d' ' -f1)

make_venv()
{
	[ ! -e "$venv/ready" ] || return 0
	rm -rf "$venv"
	python3 -m venv "$venv" || return 1
	"$venv/bin/pip" install -q --disable-pip-version-check --retries 1 --timeout 20 \
		--only-binary :all: --no-deps -r "$pins" || return 1
	touch "$venv/ready"
}

if [ ! -e "$venv/ready" ]; then
	mkdir -p "$folder"
	log=$folder/venv.log
	# Tests run in parallel: one makes it, the others wait.
	(flock 9 && make_venv) 9>"$venv.lock" >"$log" 2>&1 || {
		echo "no virtual environment: $(tail -n 1 "$log")" >&2
		exit 1
	}
fi
echo "$venv/bin/python"
