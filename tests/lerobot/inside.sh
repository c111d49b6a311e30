#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs in the root: inside.sh NAME POLICY PROGRAM ARGUMENT...  with the simulated arm beside it.
# $WORK holds everything that is written; the program's own exit status is this one's.
set -u
here=$(dirname "$0")
name=$1 policy=$2
shift 2
. /opt/lr/bin/activate
cd "$WORK" || exit 70
calibration=$WORK/hf/lerobot/calibration/robots/so_follower/sim.json
mkdir -p "$(dirname "$calibration")"
cp "$here/calibration.json" "$calibration"
export HF_HOME=$WORK/hf HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$here/plugins${HOOK:+:$HOOK}
case $policy in
*05) PYTHONPATH=/opt/lr05:$here/stubs:$PYTHONPATH ;;
esac
export PYTHONPATH
if [ ! -d "$WORK/$policy" ]; then
	env -u WITNESS -u POLICYTOP_HOOK python "$here/policy.py" "$WORK/$policy" \
		"${policy%05}" >"$WORK/$policy.txt" 2>&1 || exit 70
fi
fast=()
chrt -f 5 true 2>/dev/null && fast=(chrt -f 5)
env -u PYTHONPATH "${fast[@]}" python "$here/arm.py" "$WORK/arm" "$calibration" "$WORK/$name.bus" \
	>"$WORK/$name.arm" 2>&1 &
arm=$!
for _ in $(seq 200); do
	[ ! -e "$WORK/arm" ] || break
	read -rt 0.05 <> <(:) || :
done
"$@" >"$WORK/$name.out" 2>&1 </dev/null &
echo $! >"$WORK/$name.pid"
wait $!
status=$?
kill "$arm"
wait "$arm"
exit "$status"
