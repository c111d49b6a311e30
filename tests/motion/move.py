# SPDX-License-Identifier: Apache-2.0
"""`policytop home` and `policytop joint` on the simulated arms, judged by the packets on the bus."""
import json
import os
import pty
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
from peers import Report
from simbus import SimBus, until

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
START = (10.0, -60.0, 40.0, 20.0, -30.0, 30.0)
SAGS = "LeRobot switches the torque off when it connects"
FOLLOW = 18 * 4096 // 360  # ticks that a joint may be from its goal
report = Report()


class Arm:
    """A simulated arm and what was said on its bus, as (time, what, {id: value})."""

    def __init__(self, kind="sts"):
        self.kind, self.bus = kind, SimBus(WORK, kind)
        self.robot = "so101" if kind == "sts" else "koch"
        with open(self.bus.calibration, encoding="ascii") as f:
            self.calibration = json.load(f)

    def words(self, command, *args, go=True):
        return [POLICYTOP, command, self.bus.link, *args, "--robot", self.robot, "--calibration",
                self.bus.calibration, "--reply-timeout", "4000", "--json", *(["--go"] if go else [])]

    def run(self, *words, **how):
        p = subprocess.run(self.words(*words, **how), capture_output=True, text=True, timeout=120,
                           check=False)
        return p.returncode, json.loads(p.stdout) if p.stdout else None, p.stderr

    def start(self, *words):
        return subprocess.Popen(self.words(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)

    def said(self):
        sts = self.kind == "sts"
        names = {0x02: "read", 0x03: "write", 0x82: "sync_read", 0x83: "sync_write"}
        out, address = [], None
        for t, way, p in self.bus.packets():
            if way == "<" and (p[3] + 4 if sts else p[5] + 7) != len(p):
                continue  # a fault cut it
            if way == "<":
                data = p[5:-1] if sts else p[9:-2]
                out.append((t, f"reply {address}", {p[2 if sts else 4]: value(data, sts)}))
                continue
            what, args = (p[4], p[5:-1]) if sts else (p[7], p[8:-2])
            address = args[0] if args else None
            out.append((t, f"{names.get(what, what)} {address}", written(what, p, args, sts)))
        return out

    def goals(self):
        name = "sync_write 42" if self.kind == "sts" else "sync_write 116"
        return [(t, v) for t, what, v in self.said() if what == name]

    def wrote_nothing(self):
        return not any("write" in what for _, what, _ in self.said())

    def holds(self):
        """
        The last goals are the positions that were read last, or, where a signal came before the
        answer, the ones before.
        """
        position = "reply 56" if self.kind == "sts" else "reply 132"
        at, last = {}, self.goals()[-1][1]
        for _, what, v in self.said():
            for i, x in v.items() if what == position else ():
                at[i] = (at.get(i, ()) + (x,))[-2:]
        return all(last[i] in at[i] for i in last)

    def close(self):
        self.bus.close()


def value(data, sts):
    raw = int.from_bytes(data, "little", signed=not sts)
    return -(raw & 0x7FFF) if sts and len(data) == 2 and raw >> 15 else raw


def written(what, p, args, sts):
    if what == 0x83:
        head, size = (2, args[1]) if sts else (4, args[2])
        return {args[k]: value(args[k + 1:k + 1 + size], sts)
                for k in range(head, len(args), size + 1)}
    if what == 0x03:
        return {p[2 if sts else 4]: value(args[1 if sts else 2:], sts)}
    return {}


def fresh(test):
    def one(kind="sts"):
        arm = Arm(kind)
        try:
            test(arm)
        finally:
            arm.close()
    return one


def profile(name, robot, unit, prefix="", joints=JOINTS):
    """A training profile that has a start pose, and little else."""
    def feature(j, mean):
        dist = {k: mean for k in ("min", "max", "mean", "q01", "q10", "q50", "q90", "q99")}
        return {"name": f"{prefix}{j}.pos", "unit": "0_100" if j == "gripper" else unit, **dist,
                "std": 1.0, "delta": {}, "episode_delta_max": [1.0, 1.0],
                "start": {"mean": mean, "std": 1.0, "min": mean - 1, "max": mean + 1}}
    state = {"joints": [feature(j, v) for j, v in zip(JOINTS, START) if j in joints]}
    text = {"schema": 1, "profile": name, "robot": robot, "fps": 30, "episodes": 2, "frames": 100,
            "learned_utc": "", "action_space": "absolute", "action_space_why": "", "tasks": [],
            "cameras": [], "features": {"action": state, "observation.state": state},
            "episode_frames": [50, 50], "disagreements": [],
            "behaviour": {k: [1.0] * len(joints) for k in ("rough_max", "tracking_max")}}
    with open(f"{WORK}/profile.json", "w", encoding="ascii") as f:
        json.dump(text, f)
    p = subprocess.run([POLICYTOP, "profile", "import", f"{WORK}/profile.json"], text=True,
                       capture_output=True, check=False)
    assert p.returncode == 0, p.stderr


@fresh
def arrives(arm):
    name = arm.robot
    status, plan, words = arm.run("home", "--profile", name, go=False)
    report.ok(status == 0 and plan["state"] == "planned" and arm.wrote_nothing(),
              f"{name}: without --go there is a plan, and nothing is written", (words, plan))
    began = time.monotonic()
    status, end, words = arm.run("home", "--profile", name)
    took = time.monotonic() - began
    report.ok(status == 0 and end["state"] == "arrived", f"{name}: home arrives", (words, end))
    report.ok("It holds" in words and SAGS in words, f"{name}: LeRobot will let it sag: that is said",
              words)
    truth = arm.bus.truth()
    off = [abs(truth[j["id"]]["position"] - j["to_ticks"]) for j in end["joints"]]
    report.ok(len(off) == 6 and max(off) <= 64 and
              all(truth[j["id"]]["torque"] for j in end["joints"]),
              f"{name}: every joint is there, and holds", off)
    goals = [v for _, v in arm.goals()]
    fastest = {c["id"]: 0.2 * (c["range_max"] - c["range_min"])
               for c in arm.calibration.values()}
    report.ok(all(abs(b[i] - a[i]) <= fastest[i] * 0.04 + 1
                  for a, b in zip(goals, goals[1:]) for i in b) and
              took >= end["seconds"] >= max(
                  abs(goals[-1][i] - goals[0][i]) / fastest[i] for i in fastest),
              f"{name}: never faster than 20 % of the range a second")
    limits = {c["id"]: (c["range_min"], c["range_max"]) for c in arm.calibration.values()}
    report.ok(all(limits[i][0] - 12 <= v[i] <= limits[i][1] + 12 for v in goals for i in v),
              f"{name}: within the calibrated range")
    first_is_goal(arm)


def first_is_goal(arm):
    """A limp joint is told to stay where it is before it holds."""
    goal, torque = ("write 42", "write 40") if arm.kind == "sts" else ("write 116", "write 64")
    position = "reply 56" if arm.kind == "sts" else "reply 132"
    order, at, good = {}, {}, True
    for _, what, v in arm.said():
        for i, x in v.items():
            if what == position:
                at[i] = x
            if what in (goal, torque):
                order.setdefault(i, []).append(what)
                good = good and (what == torque or x == at[i])
    report.ok(good and all(o == [goal, torque] for o in order.values()) and len(order) == 6,
              f"{arm.robot}: limp motors first get the place where they are, then torque", order)


@fresh
def one_joint(arm):
    status, end, words = arm.run("joint", "elbow_flex", "-12.5")
    truth = arm.bus.truth()
    report.ok(status == 0 and end["state"] == "arrived" and
              [j["joint"] for j in end["joints"]] == ["elbow_flex"] and
              abs(truth[3]["position"] - end["joints"][0]["to_ticks"]) <= 64 and
              [i for i in truth if truth[i]["torque"]] == [3],
              "joint: one joint moves to a negative value, the others stay limp", (words, end))
    status, end, words = arm.run("joint", "gripper.pos", "50", "--release")
    report.ok(status == 0 and not any(v["torque"] for v in arm.bus.truth().values()) and
              SAGS not in words,
              "joint: --release lets go at the end", words)
    status, end, words = arm.run("joint", "wrist_roll", "2300", "--norm", "ticks", "--speed", "60")
    report.ok(status == 0 and end["joints"][0]["to_ticks"] == 2300 and end["seconds"] < 1,
              "joint: in ticks, and faster", words)


def refused(arm, reason, text, *words, status=2):
    before = len([w for _, w, _ in arm.said() if "write" in w])
    got, out, told = arm.run(*(words or ("joint", "elbow_flex", "40")))
    after = len([w for _, w, _ in arm.said() if "write" in w])
    report.ok(got == status and reason in told and before == after and
              (status != 2 or out["state"] == "refused"), f"refused: {text}", (got, told))


@fresh
def refusals(arm):
    order = arm.bus.order
    refused(arm, "outside its calibrated range", "a target outside the range", "joint", "elbow_flex",
            "140")
    # A calibration that has the whole turn: its ends are not the arm's.
    right = arm.calibration["elbow_flex"]
    whole = {**arm.calibration, "elbow_flex": {**right, "range_min": 0, "range_max": 4095}}
    order("set 3 9/2 0")
    order("set 3 11/2 4095")
    with open(arm.bus.calibration, "w", encoding="ascii") as f:
        json.dump(whole, f)
    refused(arm, "goes from -104 to 97", "a target that no such arm can reach", "joint", "elbow_flex",
            "140")
    order(f"set 3 9/2 {right['range_min']}")
    order(f"set 3 11/2 {right['range_max']}")
    with open(arm.bus.calibration, "w", encoding="ascii") as f:
        json.dump(arm.calibration, f)
    refused(arm, "cannot go to 130", "a value that is none", "joint", "gripper", "130")
    refused(arm, "has no joint 'elbow'", "a joint that is none", "joint", "elbow", "3", status=64)
    for register, wrong, reason in (("31/2", 7, "homing_offset"), ("33/1", 1, "operating mode 1"),
                                    ("3/2", 2825, "model number 2825"), ("9/2", 12, "range_min")):
        right = int(arm.bus.get(4, register))
        order(f"set 4 {register} {wrong}")
        refused(arm, reason, f"register {register} of another arm")
        order(f"set 4 {register} {right}")
    for fault, reason in (("error-bits/3:32", "reports: overload"), ("silent/5", "does not answer"),
                          ("encoder-wrap/3", "encoder that wrapped"),
                          ("over-voltage", "reports: voltage"),
                          ("over-temperature/2:62", "shoulder_lift has 62 degC, its limit is 70"),
                          ("over-temperature/2", "shoulder_lift reports: hot")):
        order(f"fault {fault}")
        refused(arm, reason, fault)
        order("clear")
        if "wrap" in fault:
            order("fault encoder-wrap/3:4096")


@fresh
def others(arm):
    fd = os.open(arm.bus.path, os.O_RDWR | os.O_NOCTTY)
    refused(arm, "python3", "another program has the bus open", status=69)
    os.close(fd)
    p = subprocess.run([POLICYTOP, "joint", arm.bus.link, "elbow_flex", "40", "--robot", "so101",
                        "--go"], capture_output=True, text=True, check=False)
    report.ok(p.returncode == 64 and "calibration" in p.stderr and arm.wrote_nothing(),
              "refused: no calibration", p.stderr)
    own = f"{WORK}/huggingface/lerobot/calibration/robots/so_follower"
    os.makedirs(own)
    os.link(arm.bus.calibration, f"{own}/bench.json")
    for robot_id, want in (("bench", 0), ("other", 66)):
        p = subprocess.run([POLICYTOP, "joint", arm.bus.link, "elbow_flex", "40", "--robot",
                            "so101", "--id", robot_id, "--reply-timeout", "4000"],
                           capture_output=True, text=True, check=False)
        report.ok(p.returncode == want, f"the calibration that LeRobot keeps: {robot_id}", p.stderr)
    p = subprocess.run(arm.words("joint", "elbow_flex", "40")[:2] + ["/dev/none", "elbow_flex", "4",
                       "--robot", "so101", "--calibration", arm.bus.calibration],
                       capture_output=True, text=True, check=False)
    report.ok(p.returncode in (66, 69), "no such device", p.stderr)
    for i in range(1, 7):
        arm.bus.order(f"fault silent/{i}")
    refused(arm, "no motor", "an arm without power", status=69)


@fresh
def tapped(arm):
    """A tap is between a program and the bus: neither its device nor its own end may be moved."""
    tap = subprocess.Popen([POLICYTOP, "record", "--json", f"tap:{arm.bus.link}?link=own&robot=so101"],
                           stdout=subprocess.PIPE, text=True)
    address = json.loads(tap.stdout.readline())["sources"][0]["address"]
    refused(arm, "policytop-tap", "a tap has the bus", status=69)
    fd = os.open(address, os.O_RDWR | os.O_NOCTTY)
    refused(arm, "policytop-tap", "a tap with its program has the bus", status=69)
    link, arm.bus.link = arm.bus.link, address
    refused(arm, "python3", "the tap's own end, which a program has", status=69)
    arm.bus.link = link
    os.close(fd)
    tap.send_signal(signal.SIGINT)
    tap.communicate(timeout=60)
    until(lambda: arm.run("joint", "elbow_flex", "40", go=False)[0] == 0, "the port is free again", 60)
    report.ok(True, "and when it has ended, the arm can be asked again")


@fresh
def torque(arm):
    """A servo that does not hold is found before anything moves."""
    arm.bus.order("fault no-torque/3")
    status, out, told = arm.run("joint", "elbow_flex", "40")
    report.ok(status == 74 and not out and "elbow_flex does not switch its torque on" in told and
              not arm.goals(), "refused: a joint that does not hold", (status, out, told))


@fresh
def poses(arm):
    profile("two", "so101", "deg", "left_")
    refused(arm, "no start of shoulder_pan", "a profile of other joints", "home", "--profile", "two")
    status, plan, words = arm.run("home", "--profile", "two", "--prefix", "left_", go=False)
    report.ok(status == 0 and len(plan["joints"]) == 6, "home: --prefix", words)
    profile("bare", "so101", "what")
    refused(arm, "in which unit", "a profile without units", "home", "--profile", "bare")
    profile("part", "so101", "deg", joints=JOINTS[:4])
    refused(arm, "no start of wrist_roll", "a profile without a joint", "home", "--profile", "part")
    status, _, words = arm.run("home", "--profile", "none")
    report.ok(status == 66 and "none" in words, "home: no such profile", words)


@fresh
def rigs(arm):
    """A rig says it all; options come first."""
    os.makedirs(f"{WORK}/policytop/rigs", exist_ok=True)

    def rig(name, **robot):
        with open(f"{WORK}/policytop/rigs/{name}.json", "w", encoding="ascii") as f:
            json.dump({"schema": 1, "robot": {"type": "so101_follower", **robot},
                       "profile": "so101"}, f)

    def plan(*words):
        p = subprocess.run([POLICYTOP, *words, "--reply-timeout", "4000", "--json"], text=True,
                           capture_output=True, check=False)
        return p.returncode, json.loads(p.stdout) if p.stdout else {}, p.stderr

    rig("bench", port=arm.bus.link, calibration=arm.bus.calibration)
    status, seen, words = plan("home", "bench")
    report.ok(status == 0 and seen["device"] == arm.bus.link and len(seen["joints"]) == 6,
              "home: a rig's arm", words)
    status, _, words = plan("home", "bench", "--profile", "none")
    report.ok(status == 66, "home: an option is meant instead", words)
    status, seen, words = plan("joint", "bench", "gripper", "50")
    report.ok(status == 0 and seen["joints"][0]["joint"] == "gripper", "joint: a rig's arm", words)
    rig("pair", left_port=arm.bus.link, right_port="/dev/none", calibration=arm.bus.calibration)
    report.ok(plan("joint", "pair", "gripper", "50")[0] == 64 and
              plan("joint", "pair", "gripper", "50", "--prefix", "left_")[0] == 0 and
              plan("joint", "pair", "gripper", "50", "--prefix", "right_")[0] in (66, 69),
              "joint: one of two arms")
    report.ok(plan("home", "nowhere")[0] == 66, "home: no such rig")


def under_way(arm, goal):
    """A move of the elbow that has begun well, and its process."""
    p = arm.start("joint", "elbow_flex", "-60")
    until(lambda: arm.bus.get(3, "goal") < goal or p.poll() is not None, "the elbow moves", 120)
    return p


def stopped(arm, p, state, text, joint="elbow_flex", faults="", holds=True):
    out, told = p.communicate(timeout=120)
    end = json.loads(out)
    report.ok(SAGS in told, f"{text}: what LeRobot does to an arm that holds is said", told)
    report.ok(p.returncode == 2 and end["state"] == state and end["holds"] is holds and
              end.get("stopped_by", joint) == joint and faults in end.get("faults", ""), text,
              (p.returncode, end, told))
    if holds:
        report.ok(until(arm.holds, "the last goal"), f"{text}: the last goal is where it was")


def interrupts():
    for number, state in ((signal.SIGINT, "interrupted"), (signal.SIGTERM, "interrupted"),
                          (signal.SIGHUP, "terminal-lost")):
        arm = Arm()
        p = under_way(arm, 2700)
        at = time.monotonic()
        p.send_signal(number)
        stopped(arm, p, state, f"stopped by {number.name}")
        late = [v for t, v in arm.goals() if t > at]
        report.ok(len(late) <= 2, f"{number.name}: within one cycle", late)
        arm.close()


def lost_terminal():
    """The program's terminal goes away: an SSH link that breaks."""
    arm = Arm()
    path = f"{WORK}/lost.json"
    pid, master = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # only the terminal itself tells
        out = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.execv(POLICYTOP, arm.words("joint", "elbow_flex", "-60"))
    until(lambda: arm.bus.get(3, "goal") < 2700, "the elbow moves", 120)
    os.close(master)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with open(path, encoding="ascii") as f:
        report.ok(status == 2 and "terminal-lost" in f.read() and until(arm.holds, "the goal"),
                  "stopped by a terminal that hangs up", status)
    arm.close()


def first_bad(arm, bad):
    """How many goals follow the first reply that is bad."""
    seen = False
    count = 0
    for _, way, p in arm.bus.packets():
        if way == "<" and bad(p):
            seen = True
        count += seen and way == ">" and (p[4] if arm.kind == "sts" else p[7]) == 0x83
    return count


def late_goals(arm, joint):
    """How many goals follow the first position that is further from its goal than it may be."""
    goals, last, count = None, None, 0
    for _, what, v in arm.said():
        if what == "sync_write 42":
            count += last is not None
            goals = v
        elif what == "reply 56" and goals and abs(v.get(joint, goals[joint]) - goals[joint]) > FOLLOW:
            last = v
    return count


def faults(kind="sts"):
    for fault, state, joint, words in (
            ("error-bits/3:32", "fault", "elbow_flex", "overload"),
            ("error-bits/3:4", "fault", "elbow_flex", "hot"),
            ("stuck/3", "not-following", "elbow_flex", ""),
            ("overload/3:2", "not-following", "elbow_flex", ""),
            ("torque-lost/3", "not-following", "elbow_flex", ""),
            ("encoder-wrap/3", "not-following", "elbow_flex", ""),
            ("silent/3", "no-reply", "elbow_flex", ""),
            ("truncated/3:1", "no-reply", "elbow_flex", "")):
        if kind == "dxl" and fault not in ("error-bits/3:32", "silent/3"):
            continue
        arm = Arm(kind)
        p = under_way(arm, 2700)
        arm.bus.order(f"fault {fault}")
        stopped(arm, p, state, f"{arm.robot}: stopped by {fault}", joint, words)
        if "error-bits" in fault:
            bad = (lambda q: q[4] != 0) if kind == "sts" else (lambda q: q[8] & 0x80)
            report.ok(first_bad(arm, bad) == 1, f"{fault}: within one cycle")
        elif state == "not-following":
            report.ok(late_goals(arm, 3) == 1, f"{fault}: within one cycle", late_goals(arm, 3))
        arm.close()


@fresh
def unplugged(arm):
    p = under_way(arm, 2700)
    arm.bus.order("fault unplug/3")
    stopped(arm, p, "unplugged", "stopped by an unplugged bus", holds=False)


@fresh
def hiccups(arm):
    """What happens on every bus now and then does not stop an arm."""
    for fault in ("checksum/3:7", "garbage/3:5", "mute/3*1"):
        arm.bus.order(f"fault {fault}")
    status, end, words = arm.run("joint", "elbow_flex", "60", "--reply-timeout", "1000")
    report.ok(status == 0 and end["state"] == "arrived" and end["asked_again"] > 0,
              "a corrupt reply is asked for again", (words, end))


def main():
    profile("so101", "so101_follower", "deg")
    profile("koch", "koch_follower", "m100_100")
    arrives("sts")
    arrives("dxl")
    one_joint()
    refusals()
    others()
    tapped()
    torque()
    poses()
    rigs()
    interrupts()
    lost_terminal()
    faults()
    faults("dxl")
    unplugged()
    hiccups()
    return report.done()


sys.exit(main())
