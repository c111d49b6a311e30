# SPDX-License-Identifier: Apache-2.0
"""LeRobot's own motor buses, as its follower arms use them, on the simulated ones."""
import json
import os
import subprocess
import sys

from check import HERE, INSIDE, ROOT, WORK, ok, quick

sys.path.insert(0, os.path.join(HERE, "../sim"))
from simbus import SimBus

CYCLES = 10000


def degrees(c, ticks):
    return (ticks - (c["range_min"] + c["range_max"]) / 2) * 360 / 4095


def percent(c, ticks, low):
    share = (min(max(ticks, c["range_min"]), c["range_max"]) - c["range_min"]) / (
        c["range_max"] - c["range_min"])
    return share * (100 - low) + low


def one_arm(robot, kind):
    bus = SimBus(WORK, kind, first=("chrt", "-f", "5"))
    os.makedirs(f"{WORK}/{robot}")
    os.rename(bus.calibration, f"{WORK}/{robot}/sim.json")
    with open(f"{WORK}/{robot}/sim.json") as f:
        calibration = json.load(f)
    inside = subprocess.Popen(
        ["chroot", ROOT, "python", f"{HERE}/motors_inside.py", robot, bus.link, f"{WORK}/{robot}",
         str(CYCLES)], env={**INSIDE, "HF_HOME": WORK}, stdin=subprocess.PIPE, preexec_fn=quick,
        stdout=subprocess.PIPE, text=True)
    line = inside.stdout.readline()
    if not ok(line.startswith("{"), f"{robot}: LeRobot connects to the simulated bus"):
        inside.wait()
        return bus.close()
    seen, truth = json.loads(line), bus.truth()
    ok(seen["calibrated"] and seen["calibration"] == calibration,
       f"{robot}: it reads its calibration from the motors")
    ok(seen["wrong"] == 0, f"{robot}: {CYCLES} cycles, no goal lost")
    ids = {k: c["id"] for k, c in calibration.items()}
    ok(all(truth[i]["goal"] == seen["goal"][k] and truth[i]["torque"] == 1 and
           abs(truth[i]["position"] - seen["ticks"][k]) <= 1 for k, i in ids.items()),
       f"{robot}: goals and positions are those of the motors")
    body = degrees if robot == "so101" else lambda c, v: percent(c, v, -100)
    value = {k: percent(c, seen["ticks"][k], 0) if k == "gripper" else body(c, seen["ticks"][k])
             for k, c in calibration.items()}
    ok(all(abs(value[k] - seen["values"][k + ".pos"]) < 0.2 for k in value),
       f"{robot}: and the values of its observation")
    inside.communicate("\n")
    ok(inside.returncode == 0 and not any(m["torque"] for m in bus.truth().values()),
       f"{robot}: it disconnects, and the arm is limp")
    bus.close()


def motor_buses():
    one_arm("so101", "sts")
    one_arm("koch", "dxl")
