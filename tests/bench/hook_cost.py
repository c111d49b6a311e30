# SPDX-License-Identifier: Apache-2.0
"""hook_cost.py POLICYTOP WORK: see b_hook.sh."""
import json
import os
import signal
import statistics
import subprocess
import sys
import time

os.environ.setdefault("RERUN_FLUSH_NUM_BYTES", "8000")  # what LeRobot's init_rerun sets
sys.path[:0] = [os.environ["TOP_SRCDIR"] + p for p in ("/src/client/python", "/tests/client")]
import fake  # noqa: E402
import numpy as np  # noqa: E402
import rerun as rr  # noqa: E402

POLICYTOP, WORK = sys.argv[1:]
os.environ["POLICYTOP_HOOK"] = WORK + "/hook.sock"
JOINTS = [f"joint_{i}.pos" for i in range(14)]
HZ, STEPS, ROUNDS = 50, 150, 5


class Arm(fake.Robot):
    action_features = dict.fromkeys(JOINTS, float)

    def connect(self):
        pass

    def get_observation(self):
        return self.values

    def send_action(self, action):
        return action


class Engine:
    """Of the shape of lerobot.rollout.inference.sync.SyncInferenceEngine."""

    _dataset_features = {"observation.state": {"names": JOINTS}, "action": {"names": JOINTS}}
    _ordered_action_keys, _task, _postprocessor = JOINTS, "pick", None

    def get_action(self, frame):
        return self.action


class Plain(Arm):
    """The same, never wrapped."""

    def __init__(self):
        pass


class PlainEngine(Engine):
    def get_action(self, frame):
        return self.action


def tick(arm, engine, frame):
    """What lerobot-rollout calls; returns the us it took."""
    t = time.perf_counter_ns()
    arm.get_observation()
    engine.get_action(frame)
    arm.send_action(arm.values)
    return (time.perf_counter_ns() - t) / 1e3


def log(rec, state, action):
    """As LeRobot's log_rerun_data: one call a scalar."""
    t = time.perf_counter_ns()
    for name, v in zip(JOINTS, state):
        rec.log("observation." + name, rr.Scalars(float(v)))
    for name, v in zip(JOINTS, action):
        rec.log("action." + name, rr.Scalars(float(v)))
    return (time.perf_counter_ns() - t) / 1e3


def paced(rounds, rec=None, pair=None, plain=None):
    """
    us of a tick's wrapped calls, whose own bodies are empty, and of Rerun's logging of the same. A
    tick without the hook comes first after the sleep, as a real loop has work of its own; then the
    two take turns in being first.
    """
    hook, rerun, rng = [], [], np.random.default_rng(1)
    begin = time.perf_counter()
    for k in range(rounds):
        state, action = rng.normal(size=(2, 14))
        for arm, engine in (pair, plain):
            arm.values = dict(zip(JOINTS, state.tolist()))
            engine.action = action.astype(np.float32)
        frame = {"observation.state": state.astype(np.float32)}
        tick(*plain, frame)
        if rec and k % 2:
            rerun.append(log(rec, state, action))
        hook.append(tick(*pair, frame))
        if rec and not k % 2:
            rerun.append(log(rec, state, action))
        time.sleep(max(0, begin + (k + 1) / HZ - time.perf_counter()))
    return hook, rerun


def told(name, us):
    us = sorted(us)
    print(f"{name:34s} median {statistics.median(us):7.1f} us  p99 {us[int(.99 * len(us))]:7.1f}"
          f"  worst {us[-1]:8.1f}")


fake.lerobot()
fake._module("lerobot.rollout.inference.sync", SyncInferenceEngine=Engine)
from policytop_hook import _lerobot  # noqa: E402

plain = Plain(), PlainEngine()
watch = _lerobot.install()
arm, engine = Arm(), Engine()
watch.keys = JOINTS
arm.connect()
pair = arm, engine
record = subprocess.Popen([POLICYTOP, "--db", WORK + "/r.db", "record", "hook:", "--json"],
                          stdout=subprocess.PIPE, text=True)
json.loads(record.stdout.readline())
rec = rr.RecordingStream("cost", make_default=False)
rec.save(WORK + "/r.rrd")
paced(50, rec, pair, plain)  # warm
ratios, all_hook, all_rerun = [], [], []
for _ in range(ROUNDS):
    hook, rerun = paced(STEPS, rec, pair, plain)
    ratios.append(statistics.median(hook) / statistics.median(rerun))
    all_hook += hook
    all_rerun += rerun
told("hook, policytop records", all_hook)
told("rerun, 28 scalars as LeRobot logs", all_rerun)
print(f"hook / rerun: {statistics.median(ratios):.3f} (goal at most 0.100), rounds "
      + " ".join(f"{r:.3f}" for r in sorted(ratios)))
engine_pid = int(subprocess.run(["pgrep", "-P", str(record.pid)], capture_output=True,
                                text=True).stdout.split()[0])
os.kill(engine_pid, signal.SIGSTOP)
told("hook, policytop is stopped (6 s)", paced(300, None, pair, plain)[0])
print(f"{'':34s} packets dropped {watch.loop.sender.dropped}")
os.kill(engine_pid, signal.SIGCONT)
record.send_signal(signal.SIGINT)
record.communicate(timeout=20)
told("hook, no policytop", paced(150, None, pair, plain)[0])
