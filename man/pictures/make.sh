#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: make.sh PROGRAM FOLDER: draws the pictures of the manual anew, with the real program on the
# simulation, in a home of its own. Takes the seconds that the pictures show.
set -eu
program=$1
folder=$2
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" LC_ALL=C.UTF-8 TZ=UTC
for place in CACHE DATA STATE RUNTIME CONFIG; do
	export "XDG_${place}_HOME=$home" "XDG_${place}_DIR=$home"
done

# shot NAME SECONDS SIZE SOURCE: the exit status tells the level of what is on it, so any will do.
shot()
{
	"$program" --db "$home/policytop/demo.db" watch --rig demo --profile demo --once --svg \
		--after "$2" --size "$3" "$4" >"$home/$1.svg" || [ $? -le 2 ]
	"$program" stop demo
	mv "$home/$1.svg" "$folder/$1.svg"
}

# The demo leaves the profile of its training set in its database.
"$program" demo --headless --seconds 1 >/dev/null || [ $? -le 3 ]
shot dashboard 12 100x32 'sim:?seed=4&fault=jump@4'
