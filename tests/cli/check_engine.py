# SPDX-License-Identifier: Apache-2.0
"""
`policytop check` of a rig whose arm another program has: the run that listens to it is asked, and what
it heard too long ago is not how it is.
"""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
from peers import Report
from simbus import until

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
report = Report()
ok = report.ok


def profile():
    def feature(j):
        return {"name": j, "unit": "deg", "min": -120.0, "max": 120.0, "mean": 0.0, "std": 40.0,
                "q01": -100.0, "q10": -80.0, "q50": 0.0, "q90": 80.0, "q99": 100.0,
                "delta": dict.fromkeys(("q50", "q95", "q99", "q999", "max"), 3.0),
                "episode_delta_max": [3.0] * 12,
                "start": {"mean": 5, "std": 1.0, "min": 2, "max": 8}}
    both = {"joints": [feature("a.pos"), feature("b.pos")]}
    text = {"schema": 1, "profile": "two", "robot": "x", "fps": 30, "episodes": 12, "frames": 1200,
            "learned_utc": "", "action_space": "absolute", "action_space_why": "",
            "tasks": [{"task": "t", "episodes": 12}], "cameras": [],
            "features": {"action": both, "observation.state": both},
            "episode_frames": [100] * 12, "disagreements": [],
            "behaviour": {k: [1.0] * 2 for k in ("rough_max", "tracking_max")}}
    with open(f"{WORK}/profile.json", "w", encoding="ascii") as f:
        json.dump(text, f)
    subprocess.run([POLICYTOP, "profile", "import", f"{WORK}/profile.json"], capture_output=True,
                   timeout=60, check=True)


def rig(age_s):
    os.makedirs(f"{WORK}/config/policytop/rigs", exist_ok=True)
    text = {"schema": 1, "robot": {"type": "so101_follower", "port": "/dev/null"}, "profile": "two", "task": "t",
            "cameras": {"front": {"device": "/dev/nowhere"}}, "require": ["pose"],
            "tolerances": {"age_s": age_s}}
    with open(f"{WORK}/config/policytop/rigs/bench.json", "w", encoding="ascii") as f:
        json.dump(text, f)


def check():
    p = subprocess.run([POLICYTOP, "check", "bench", "--json"], text=True, capture_output=True,
                       timeout=60, check=False)
    return p.returncode, json.loads(p.stdout)


def items(found, code):
    return [i for i in found["items"] if i["code"] == code]


def main():
    profile()
    rig(60)
    engine = subprocess.Popen([POLICYTOP, "engine", "--rig", "bench", "stdin:"], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)

    def say(**line):
        engine.stdin.write(json.dumps(line) + "\n")
        engine.stdin.flush()

    say(type="hello", protocol=1, joints=["a.pos", "b.pos"], units=["deg", "deg"], fps=30)
    say(type="step", seq=0, got=[5.0, 50.0])
    say(type="motor", joint="a.pos", temp_degc=41.0, voltage_v=12.0, faults=0)

    def told():
        pose = items(check()[1], "pose")
        return pose if len(pose) == 2 and pose[0]["source"] == "engine" else None

    pose = until(told, "the run to be asked")
    ok([i["level"] for i in pose] == ["ok", "warn"] or [i["level"] for i in pose] == ["ok", "fail"],
       "where the arm is, by the run that listens", str(pose))
    age = pose[0]["age_s"]
    ok(0 <= age < 60, f"with its age: {age} s")
    motors = items(check()[1], "motors")
    ok(motors and motors[0]["level"] == "ok" and "41 degC" in motors[0]["text"], "and its motors",
       str(motors))
    rig(0.2)
    time.sleep(0.3)
    status, found = check()
    ok(status in (2, 3) and all(i["level"] == "unknown" and "last heard" in i["text"]
                                for i in items(found, "pose")),
       "older than the rig allows: not seen", str(items(found, "pose")))
    ok([i["level"] for i in items(found, "motors")] == ["unknown"] and
       "ago" in items(found, "motors")[0]["text"], "nor are its motors",
       str(items(found, "motors")))
    engine.stdin.close()
    engine.wait(60)
    return report.done()


sys.exit(main())
