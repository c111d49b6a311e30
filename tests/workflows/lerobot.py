# SPDX-License-Identifier: Apache-2.0
"""
Captures of the real LeRobot with the hook, in tests/lerobot's root: lerobot-record of 0.5 on two
arms of 14 joints, lerobot-rollout of 0.6 with a policy in the loop, and with real-time chunking.
Run by tests/lerobot/check.sh as its LEROBOT_DRIVER; what it makes goes to $WORKFLOWS.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lerobot"))
from check import WORK, Run, ok  # noqa: E402

DATASET = ["--dataset.repo_id=sim/eval_two_arms", "--dataset.num_episodes=1",
           "--dataset.episode_time_s=3", "--dataset.push_to_hub=false",
           "--dataset.single_task=fold the towel", "--play_sounds=false"]


def keep(run, name):
    if ok(run.status == 0, f"{name}: LeRobot ended with 0"):
        shutil.copyfile(f"{WORK}/{run.name}.capture", f"{os.environ['WORKFLOWS']}/{name}.cap")


keep(Run("sync", "--duration=3.5"), "lerobot-sync")
keep(Run("rtc", "--inference.type=rtc", "--duration=3.5", policy="simrtc"), "lerobot-rtc")
keep(Run("record", *DATASET, policy="act05", env={"JOINTS": "28"}.items(),
         program=["python", "-m", "lerobot.scripts.lerobot_record"],
         robot=["--robot.type=bisim"]), "lerobot-record")
