# SPDX-License-Identifier: Apache-2.0
"""`policytop check` at a terminal: bars follow the arm, and the port stays open until the end."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
from peers import Report
from simbus import SimBus, until

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
LOOKS = 200
report = Report()
ok = report.ok


def tmux(*words):
    return subprocess.run(["tmux", "-S", f"{WORK}/tmux", "-f", "/dev/null", *words], text=True,
                          capture_output=True, timeout=60, check=False).stdout


def screen():
    return tmux("capture-pane", "-p", "-t", "check")


def profile(at):
    def feature(j, v):
        return {"name": f"{j}.pos", "unit": "0_100" if j == "gripper" else "deg", "min": -120.0,
                "max": 120.0, "mean": 0.0, "std": 40.0, "q01": -100.0, "q10": -80.0, "q50": 0.0,
                "q90": 80.0, "q99": 100.0,
                "delta": dict.fromkeys(("q50", "q95", "q99", "q999", "max"), 3.0),
                "episode_delta_max": [3.0] * 12,
                "start": {"mean": v, "std": 1.0, "min": v - 3, "max": v + 3}}
    state = {"joints": [feature(j, v) for j, v in zip(JOINTS, at)]}
    text = {"schema": 1, "profile": "brain", "robot": "so101_follower", "fps": 30, "episodes": 12,
            "frames": 1200, "learned_utc": "", "action_space": "absolute", "action_space_why": "",
            "tasks": [{"task": "Grab the brain", "episodes": 12}], "cameras": [],
            "features": {"action": state, "observation.state": state},
            "episode_frames": [100] * 12, "disagreements": [],
            "behaviour": {k: [1.0] * 6 for k in ("rough_max", "tracking_max")}}
    with open(f"{WORK}/profile.json", "w", encoding="ascii") as f:
        json.dump(text, f)
    subprocess.run([POLICYTOP, "profile", "import", f"{WORK}/profile.json"], capture_output=True,
                   timeout=60, check=True)


def rig(bus):
    os.makedirs(f"{WORK}/config/policytop/rigs", exist_ok=True)
    text = {"schema": 1, "robot": {"type": "so101_follower", "port": bus.link,
                                   "calibration": bus.calibration},
            "profile": "brain", "task": "Grab the brain", "require": ["prompt", "pose"]}
    with open(f"{WORK}/config/policytop/rigs/bench.json", "w", encoding="ascii") as f:
        json.dump(text, f)


def at_now():
    p = subprocess.run([POLICYTOP, "check", "bench", "--json"], text=True, capture_output=True,
                       timeout=60, check=False)
    got = {i["subject"]: i["value"] for i in json.loads(p.stdout)["items"] if i["code"] == "pose"}
    return [got[f"{j}.pos"] for j in JOINTS]


def bar():
    """Where the o of the first joint's bar stands beside the start of its band, and the line."""
    for line in screen().splitlines():
        found = re.search(r"(?: o *)?\[[.o]{8}\](?: *o )?", line)
        if "shoulder_pan" in line and found:
            return line.find("o", found.start()) - line.index("["), line
    return None, ""


def now():
    """Where the screen says that the first joint is."""
    return float(bar()[1].split()[2])


def descriptors(pid, path):
    """Numbers of pid's descriptors that are open on the port."""
    found = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            if os.readlink(f"/proc/{pid}/fd/{name}") == path:
                found.append(name)
        except OSError:
            pass
    return found


def start():
    tmux("new-session", "-d", "-s", "check", "-x", "100", "-y", "30",
         f"'{POLICYTOP}' check bench; echo status $? >'{WORK}/status'; sleep 1000")
    until(lambda: "NO-GO" in screen() or " GO " in screen(), "the screen")
    shell = int(tmux("list-panes", "-t", "check", "-F", "#{pane_pid}"))
    with open(f"/proc/{shell}/task/{shell}/children", encoding="ascii") as f:
        return int(f.read().split()[0])


def main():
    bus = SimBus(WORK, "sts")
    rig(bus)
    profile([0.0] * 6)
    at = at_now()
    profile(at)
    pid = start()
    port = os.path.realpath(bus.path)
    before = bus.get(1, "position")
    ok(0 < bar()[0] < 9 and " ok " in bar()[1], "the arm at its starts: in its bar, ok", bar()[1])
    first = descriptors(pid, port)
    seen = [descriptors(pid, port) == first for _ in range(LOOKS)]
    ok(len(first) == 1 and all(seen), f"the port is open once, at {LOOKS} looks", str(first))
    packets = len(bus.packets())
    until(lambda: len(bus.packets()) > packets + 500, "the bus being read")
    ok(descriptors(pid, port) == first, "and is the same after 500 packets")

    home = bar()[0]
    bus.order(f"set 1 position {before + 900:.0f}")
    until(lambda: " XX shoulder_pan" in screen(), "a joint that a hand moved")
    ok(bar()[0] > 9 and "NO-GO" in screen() and "move it by -" in bar()[1],
       "a hand moves a joint away: its bar follows, NO-GO, and by how much", bar()[1])
    places = set()
    for k in range(8, -1, -1):
        bus.order(f"set 1 position {before + 100 * k:.0f}")
        until(lambda k=k: abs(now() - at[0] - 100 * k * 360 / 4096) < 1, "the bar to follow")
        places.add(bar()[0])
    ok(len(places) >= 4 and bar()[0] == home,
       f"and on its way home, through places {sorted(places)} of the bar")
    until(lambda: "NO-GO" not in screen(), "GO")
    ok(" ok " in bar()[1], "home again: ok", bar()[1])
    tmux("send-keys", "-t", "check", "jjjj")
    until(lambda: "from bus, age" in " ".join(screen().split()), "the whole text of a line")
    ok("0 sigma beyond; from bus, age 0." in " ".join(screen().split()), "j shows the whole of a line")
    tmux("send-keys", "-t", "check", "Escape")

    bus.order("fault unplug")
    until(lambda: "NO-GO" in screen() or "NOT SEEN" in screen().splitlines()[0].split("0 NOT")[0],
          "an unplugged bus")
    ok(" GO " not in screen().splitlines()[0].replace("NO-GO", ""), "unplugged: never GO",
       screen().splitlines()[0])
    bus.order("clear")
    until(lambda: "NO-GO" not in screen() and " ok " in bar()[1], "the bus to come back")
    ok(True, "plugged in again: the same screen goes on")
    tmux("send-keys", "-t", "check", "q")
    until(lambda: os.path.exists(f"{WORK}/status"), "the end")
    ok(not os.path.exists(f"/proc/{pid}"), "q leaves")
    bus.close()
    return report.done()


sys.exit(main())
