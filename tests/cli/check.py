# SPDX-License-Identifier: Apache-2.0
"""`policytop check` on a simulated arm: GO, NO-GO, NOT SEEN, waivers, what is kept of it."""
import json
import os
import sqlite3
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
from peers import Report
from simbus import SimBus

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
SETS = os.path.join(os.environ["TOP_SRCDIR"], "tests/training/checkpoint")
JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
report = Report()
ok = report.ok


def profile(start, task="Grab the brain"):
    """A training profile that starts within 3 of these positions."""
    def feature(j, mean):
        return {"name": f"{j}.pos", "unit": "0_100" if j == "gripper" else "deg", "min": -120.0,
                "max": 120.0, "mean": 0.0, "std": 40.0, "q01": -100.0, "q10": -80.0, "q50": 0.0,
                "q90": 80.0, "q99": 100.0, "delta": dict.fromkeys(("q50", "q95", "q99", "q999",
                                                                  "max"), 3.0),
                "episode_delta_max": [3.0] * 12,
                "start": {"mean": mean, "std": 1.0, "min": mean - 3, "max": mean + 3}}
    state = {"joints": [feature(j, v) for j, v in zip(JOINTS, start)]}
    text = {"schema": 1, "profile": "brain", "robot": "so101_follower", "fps": 30, "episodes": 12,
            "frames": 1200, "learned_utc": "", "action_space": "absolute", "action_space_why": "",
            "tasks": [{"task": task, "episodes": 12}], "cameras": [],
            "features": {"action": state, "observation.state": state},
            "episode_frames": [100] * 12, "disagreements": [],
            "behaviour": {k: [1.0] * 6 for k in ("rough_max", "tracking_max")}}
    with open(f"{WORK}/profile.json", "w", encoding="ascii") as f:
        json.dump(text, f)
    p = subprocess.run([POLICYTOP, "profile", "import", f"{WORK}/profile.json"], text=True,
                       capture_output=True, check=False)
    assert p.returncode == 0, p.stderr


def rig(bus, **more):
    folder = f"{WORK}/config/policytop/rigs"
    os.makedirs(folder, exist_ok=True)
    text = {"schema": 1, "robot": {"type": "so101_follower", "port": bus.link,
                                   "calibration": bus.calibration},
            "profile": "brain", "task": "Grab the brain",
            "require": ["prompt", "pose", "disk"]} | more
    with open(f"{folder}/bench.json", "w", encoding="ascii") as f:
        json.dump(text, f)


def check(*words, name="bench"):
    p = subprocess.run([POLICYTOP, "check", *([name] if name else []), "--json", *words], text=True,
                       capture_output=True, timeout=60, check=False)
    return p.returncode, json.loads(p.stdout) if p.stdout else {}, p.stderr


def items(found, code, **want):
    return [i for i in found.get("items", []) if i["code"] == code and
            all(i[k] == v for k, v in want.items())]


def positions(bus):
    """Where the arm is, as the source itself says it."""
    status, found, words = check()
    got = {i["subject"].removesuffix(".pos"): i["value"] for i in items(found, "pose")}
    assert len(got) == 6, (status, found, words)
    return [got[j] for j in JOINTS]


def pose(bus, at):
    rig(bus)
    profile(at)
    status, found, _ = check()
    ok(found["verdict"] == "GO" and status in (0, 1) and len(items(found, "pose", level="ok")) == 6,
       f"an arm at its training starts: {found['verdict']}", str(items(found, "pose")))
    ok(all(0 <= i["age_s"] < 2 and i["source"] == "bus" for i in items(found, "pose")),
       "where it is was heard on the bus, just now")
    profile([at[0] + 90] + at[1:])
    status, found, _ = check()
    far = items(found, "pose", level="fail")
    ok(status == 2 and found["verdict"] == "NO-GO" and len(far) == 1 and
       far[0]["subject"] == "shoulder_pan.pos" and far[0]["do"].startswith("move it by +"),
       "a joint 90 degrees away: NO-GO, and which way to move it", str(far))
    status, found, _ = check("--waive", "pose:shoulder_pan=the bench is turned")
    ok(status == 1 and found["verdict"] == "GO" and items(found, "pose", waived=True)[0]["reason"] ==
       "the bench is turned", "waived with a reason: GO, and 1")
    profile(at[:5] + [at[5] + 60])
    _, found, _ = check()
    ok([i["do"] for i in items(found, "pose", level="fail")] or
       [i["do"] for i in items(found, "pose", level="warn")], "a gripper that is shut")
    profile(at)


def prompts(bus):
    rig(bus, task="Grab a brain")
    status, found, _ = check()
    one = items(found, "prompt")
    ok(status == 2 and one[0]["level"] == "fail" and "Grab the brain" in one[0]["do"],
       "a prompt of other words: NO-GO, and the right one", str(one))
    rig(bus, task="")
    status, found, _ = check()
    ok(status == 3 and found["verdict"] == "NOT SEEN", "no task where the prompt is required: NOT SEEN")


def motors(bus):
    rig(bus)
    bus.order("fault error-bits/3:32")
    status, found, _ = check()
    bad = items(found, "motors", level="fail")
    ok(status == 2 and [i["subject"] for i in bad] == ["elbow_flex.pos"] and
       "overload" in bad[0]["text"], "a servo that reports overload", str(items(found, "motors")))
    status, _, words = check("--waive", "motors=never mind")
    ok(status == 64 and "cannot be waived" in words, "which nobody can waive")
    bus.order("clear")


def others(bus):
    rig(bus, policy=f"{SETS}/act")
    _, found, _ = check()
    ok(items(found, "checkpoint", level="ok") and items(found, "norm-sides", level="ok"),
       "the rig's checkpoint is audited")
    rig(bus, server="127.0.0.1:1")
    status, found, _ = check()
    ok(status == 2 and items(found, "server", level="fail"), "a policy server that is not there")
    peer = socket.create_server(("127.0.0.1", 0))

    def talk(answer):
        c, _ = peer.accept()
        c.recv(1000)
        c.sendall(answer)
        c.close()

    for answer, level in ((b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "ok"),
                          (b"HTTP/1.1 404 Not Found\r\n\r\n", "fail")):
        threading.Thread(target=talk, args=(answer,), daemon=True).start()
        rig(bus, server=f"127.0.0.1:{peer.getsockname()[1]}")
        _, found, _ = check()
        ok(items(found, "server")[0]["level"] == level, f"who answers {answer[9:12]}",
           str(items(found, "server")))
    status, found, _ = check("--policy", f"{SETS}/act", name=None)
    ok(found["verdict"] in ("GO", "NOT SEEN") and items(found, "norm-tensors", level="ok"),
       "a checkpoint without a rig")
    status, found, _ = check("--dataset", f"{WORK}/nowhere", name=None)
    ok(status == 2 and items(found, "set-files", level="fail"), "a training set that is not there")
    status, _, words = check(name=None)
    ok(status == 64 and "name a rig" in words, "nothing to look at is usage")
    status, _, words = check(name="nobody")
    ok(status == 66 and "nobody" in words, "no such rig")
    status, _, words = check("--waive", "pose")
    ok(status == 64 and "REASON" in words, "a waiver without a reason")


def kept(bus):
    """Stored, and claimed by the rig's next run."""
    rig(bus)
    check()
    line = '{"type":"hello","protocol":1,"joints":["a"]}\n{"type":"step","seq":0,"got":[1]}\n'
    subprocess.run([POLICYTOP, "record", "stdin:", "--rig", "bench"], input=line,
                   text=True, capture_output=True, timeout=60, check=False)
    rows = sqlite3.connect(f"{WORK}/data/policytop/runs.db").execute(
        "SELECT count(DISTINCT preflight), sum(code = 'pose') FROM preflights WHERE run ="
        " (SELECT max(run) FROM runs)").fetchone()
    ok(rows == (1, 6), "the next run of the rig has the last look", str(rows))


def before_run(bus):
    """`run` with a rig: a required item that is not seen stops it, and so does a fail."""
    def run(*words):
        return subprocess.run([POLICYTOP, "run", "--here", "--rig", "bench", *words, "--", "true"],
                              text=True, capture_output=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL)

    rig(bus)
    p = run()
    ok(p.returncode == 0, "GO: the command runs", p.stderr)
    rig(bus, task="")
    p = run()
    ok(p.returncode == 3 and "preflight prompt" in p.stderr, "the task is not named: not started",
       p.stderr)
    rig(bus, task="Grab a brain")
    p = run()
    ok(p.returncode == 2 and "Grab the brain" in p.stderr, "another prompt: not started", p.stderr)
    ok(run("--no-check").returncode == 0, "--no-check starts it all the same")
    check("--waive", "prompt=a new task")
    p = run()
    ok(p.returncode == 0, "what was waived before holds for the run", p.stderr)
    p = run()
    ok(p.returncode == 2, "and for no other", p.stderr)


def gone(bus):
    rig(bus)
    bus.close()
    status, found, _ = check()
    ok(status == 2 and found["verdict"] == "NO-GO" and items(found, "pose", level="unknown") and
       items(found, "paths", level="fail"), "an arm without its bus: never GO", str(found.get("verdict")))
    text = subprocess.run([POLICYTOP, "check", "bench", "--once"], text=True, capture_output=True,
                          timeout=60, check=False)
    ok(text.stdout.startswith("NO-GO") and " ??  pose" in text.stdout and text.returncode == 2,
       "and so it is printed", text.stdout)
    head = [line for line in text.stdout.splitlines() if line.startswith(("  1st", "  2nd"))]
    ok(len(head) == 1 and head[0].startswith("  1st paths robot.port: plug in what is /"),
       "the first thing to do is the only one: that the arm is not seen comes of it", str(head))
    rig(bus, require=["prompt", "server"])
    status, found, _ = check()
    ok(items(found, "server", level="unknown", required=True),
       "what the rig requires and nothing tells of is not seen", str(items(found, "server")))


def main():
    bus = SimBus(WORK, "sts")
    rig(bus)
    profile([0.0] * 6)
    at = positions(bus)
    pose(bus, at)
    prompts(bus)
    motors(bus)
    others(bus)
    kept(bus)
    before_run(bus)
    gone(bus)
    return report.done()


sys.exit(main())
