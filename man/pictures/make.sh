#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: make.sh PROGRAM FOLDER: draws the pictures of the manual anew, with the real program on the
# simulation, in a home of its own. Takes the seconds that the pictures show.
set -eu
program=$1
folder=$2
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" XDG_RUNTIME_DIR="$home" LC_ALL=C.UTF-8 TZ=UTC
export XDG_CACHE_HOME="$home" XDG_DATA_HOME="$home" XDG_STATE_HOME="$home"

# shot NAME SECONDS SIZE SOURCE [OPTION...]: the exit status tells the level of what is on it, so any will do.
shot()
{
	name=$1 seconds=$2 size=$3
	shift 3
	"$program" --db "$home/policytop/demo.db" watch --rig demo --profile demo --once --svg \
		--after "$seconds" --size "$size" "$@" >"$home/$name.svg" || [ $? -le 2 ]
	mv "$home/$name.svg" "$folder/$name.svg"
}

# The demo leaves the profile of its training set in its database.
"$program" demo --headless --seconds 1 >/dev/null || [ $? -le 3 ]
shot dashboard 12.5 100x32 'sim:?seed=4&fault=jump@6'
shot chunk 2.4 100x26 'sim:?seed=4' --page chunk
shot cameras 5.9 100x36 'sim:?seed=4&fault=camera-swap@2' --page cameras
