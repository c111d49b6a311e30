# SPDX-License-Identifier: Apache-2.0
"""
Runs inside LeRobot's root: one of its own follower arms on a simulated bus.

    motors_inside.py so101|koch LINK FOLDER CYCLES

FOLDER has the calibration as sim.json. Connects, checks the calibration, writes and reads CYCLES
times, and prints what it saw as one line of JSON.
"""
import json
import pathlib
import random
import sys
import time


def make(kind, link, folder):
    how = {"port": link, "id": "sim", "calibration_dir": pathlib.Path(folder)}
    if kind == "so101":
        from lerobot.robots.so_follower import SO101Follower, SO101FollowerConfig
        return SO101Follower(SO101FollowerConfig(**how))
    from lerobot.robots.koch_follower import KochFollower, KochFollowerConfig
    return KochFollower(KochFollowerConfig(**how))


def main():
    kind, link, folder, cycles = sys.argv[1:]
    robot = make(kind, link, folder)
    bus = robot.bus
    # A busy machine answers late: time-outs are not what is tested here.
    bus.port_handler.setPacketTimeout = lambda n: bus.port_handler.setPacketTimeoutMillis(20000)
    robot.connect(calibrate=False)
    seen = {"calibrated": robot.is_calibrated,
            "calibration": {k: vars(v) for k, v in bus.read_calibration().items()}}
    goal = {k: int(v) for k, v in bus.sync_read("Present_Position", normalize=False).items()}
    rng, wrong = random.Random(3), 0
    for i in range(int(cycles)):
        goal = {k: min(max(v + rng.randint(-9, 9), 1000), 3000) for k, v in goal.items()}
        bus.sync_write("Goal_Position", goal, normalize=False)
        bus.sync_read("Present_Position")
        if i % 20 == 0:
            wrong += bus.sync_read("Goal_Position", normalize=False) != goal
    before = None
    while before != (before := bus.sync_read("Present_Position", normalize=False)):
        time.sleep(0.3)
    seen.update(wrong=wrong, goal=goal, ticks=before, values=robot.get_observation())
    print(json.dumps(seen, default=float), flush=True)
    sys.stdin.readline()
    robot.disconnect()


main()
