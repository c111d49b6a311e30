# SPDX-License-Identifier: Apache-2.0
"""The real lerobot-rollout on the simulated SO-101 bus, untouched, through the serial tap, and with
the hook besides: what is in the database is what was on the bus."""
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys

from check import (CALIBRATION, HERE, JOINTS, OUTSIDE, POLICYTOP, ROOT, TASK, WORK, environment,
                   f32, ok, prepare, quick, until)
import scenarios

sys.path.insert(0, os.path.join(HERE, "../sim"))
from simbus import SimBus

SECONDS = int(os.environ.get("LEROBOT_SECONDS", 60))
SYNC_READ, SYNC_WRITE, POSITION, GOAL = 0x82, 0x83, 56, 42
WAY_BACK = 150  # goals
CHUNK = 20  # n_action_steps of policy.py
OLD_S = 0.04  # after two periods a position is unknown; a busy tap stamps them otherwise
SOON_S = 0.004  # so soon after the call a tap sees what it wrote


def word(p, at):
    """As these servos store positions: sign and magnitude."""
    v = p[at] | p[at + 1] << 8
    return -(v & 0x7fff) if v >> 15 else v


def quick_taps():
    """A tap is a link of the bus: as the servos, it comes before other work."""
    told = subprocess.run([POLICYTOP, "status", "--json"], env=OUTSIDE, stdout=subprocess.PIPE,
                          check=True).stdout
    for tap in json.loads(told)["taps"]:
        try:
            os.sched_setscheduler(tap["pid"], os.SCHED_FIFO, os.sched_param(5))
        except OSError:
            pass


class Rollout:
    """
    One run of lerobot-rollout. sources: what policytop record is given ({bus}: the port), None: it
    is untouched. fault: what breaks after 60 goals.
    """

    def __init__(self, name, seconds, sources=None, fault=None, env=()):
        self.name, self.db, self.sql = name, f"{WORK}/{name}.db", None
        self.bus = SimBus(WORK, "sts", "--baud", "1000000", first=("chrt", "-f", "5"))
        prepare("act")
        shutil.copy(self.bus.calibration, os.path.dirname(CALIBRATION) + "/bus.json")
        with open(self.bus.calibration, encoding="ascii") as f:
            self.calibration = json.load(f)
        self.out = f"{WORK}/{name}.out"
        recording = sources and self.record([s.format(bus=self.bus.link) for s in sources])
        quick_taps()
        try:
            self.roll(recording["sources"][-1]["address"] if recording else self.bus.link, seconds,
                      fault, env)
        finally:
            if recording:
                self.recorder.send_signal(signal.SIGINT)
                self.result = json.loads(self.recorder.communicate(timeout=60)[0].splitlines()[-1])
                self.sql = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
            self.truth = self.bus.truth()
            self.held = {i: self.bus.get(i, f"{GOAL}/2") for i in self.truth}
            self.bus.close()
        self.read_packets()
        print(f"# {name}: exit {self.status}, {len(self.goals)} goals, "
              f"{self.hz():.2f} Hz, all in all {self.mean_hz():.2f} Hz", flush=True)

    def record(self, sources):
        self.recorder = subprocess.Popen(
            [POLICYTOP, "--db", self.db, "record", "--json", "--rig", f"lr-{self.name}",
             "--capture", f"{WORK}/{self.name}.capture", *sources], env=OUTSIDE, text=True,
            stdout=subprocess.PIPE)
        return json.loads(self.recorder.stdout.readline())

    def roll(self, port, seconds, fault, env):
        command = ["chroot", ROOT, "lerobot-rollout", f"--task={TASK}",
                   f"--policy.path={WORK}/act", "--robot.type=so101_follower",
                   f"--robot.port={port}", "--robot.id=bus",
                   "--robot.cameras={ front: {type: sim, width: 64, height: 48, fps: 30}}",
                   f"--duration={seconds}"]
        with open(self.out, "w") as out:
            # Whether an answer of a busy machine comes in time is not what is tested here.
            p = subprocess.Popen(command, env=environment("act", [("ANSWER_MS", "2000"), *env]),
                                 preexec_fn=quick, stdout=out, stderr=out,
                                 stdin=subprocess.DEVNULL, start_new_session=True)
        if fault:
            until(lambda: self.written() >= 60 or p.poll() is not None)
            self.bus.order(f"fault {fault}")
        try:
            self.status = p.wait(seconds + 90)
        except subprocess.TimeoutExpired:
            p.kill()
            self.status = "too long"

    def written(self):
        with open(self.bus.log, encoding="ascii") as f:
            return f.read().count(" 83 2a ")

    def read_packets(self):
        """
        goals: [(seconds, {id: ticks}, seconds since the last position or None, {id: ticks} as
        read)] of every goal that passed the bus. start: {id: ticks} where the arm was at first.
        """
        self.goals, self.start, asked, got, read = [], {}, False, {}, None
        for t, way, p in self.bus.packets():
            if way == ">" and p[4] == SYNC_READ and p[5] == POSITION:
                asked, got, read = True, {}, None
            elif way == "<" and asked and len(p) == 8:
                got[p[2]] = word(p, 5)
                self.start.setdefault(p[2], got[p[2]])
                read = t
            elif way == ">" and p[4] == SYNC_WRITE and p[5] == GOAL:
                goal = {p[k]: word(p, k + 1) for k in range(7, len(p) - 1, 3)}
                self.goals.append((t, goal, t - read if read else None, got))
                asked, got, read = False, {}, None

    def loop(self):
        return self.goals[:-WAY_BACK]

    def mean_hz(self):
        times = [g[0] for g in self.loop()]
        return (len(times) - 1) / (times[-1] - times[0])

    def hz(self):
        """After the first second, without the longest and the shortest tenth: other work's."""
        times = [g[0] for g in self.loop()][30:]
        steps = sorted(b - a for a, b in zip(times, times[1:]))
        cut = len(steps) // 10
        return 1 / statistics.mean(steps[cut:-cut])

    def all(self, query, *args):
        return self.sql.execute(query, args).fetchall()

    def one(self, query, *args):
        (value,), = self.all(query, *args)
        return value

    def value(self, joint, ticks):
        """As LeRobot makes it, to the last bit; None of None."""
        c = self.calibration[joint.removesuffix(".pos")]
        low, high = c["range_min"], c["range_max"]
        if ticks is None:
            return None
        if joint == "gripper.pos":
            return (min(high, max(low, ticks)) - low) / (high - low) * 100
        return (ticks - (low + high) / 2) * 360 / 4095

    def values(self, ticks):
        return [self.value(j, ticks.get(self.calibration[j[:-4]]["id"])) for j in JOINTS]

    def stored(self, vector):
        """Of each step, in order, the values of its joints."""
        rows = {}
        for seq, joint, v in self.all(f"SELECT seq, joint, {vector} FROM joint_values"):
            rows.setdefault(seq, {})[joint] = v
        return [[row[j] for j in JOINTS] for _, row in sorted(rows.items())]


def late_ticks(run):
    """
    Ticks of the hook whose goal the bus had long after it was sent, as a busy machine has it. What
    the loop said stands there; and the bus may be one behind until it has caught up.
    """
    late = set()
    for n, (x, (t, *_)) in enumerate(zip(scenarios.lines(run, "step"), run.goals)):
        if t - x["done"] > SOON_S:
            late.update(range(n, n + 4))
    return late


def same_bus(run, late=(), told=None):
    """
    Each goal that the servos got is a step, and what was read before it belongs to it. told: what the
    loop says of its goals, which may stand in a few places where the tap was late; another's never.
    """
    sent, got = run.stored("sent"), run.stored("got")
    want = [run.values(goal) for _, goal, _, _ in run.goals]
    other = [(n, s, w) for n, (s, w) in enumerate(zip(sent, want)) if n not in late and s != w]
    if told and len(other) < len(sent) / 50:
        other = [(n, s, w) for n, s, w in other if s != told[n]]
    ok(len(sent) == len(want) and len(late) < len(sent) / 2 and not other,
       f"{run.name}: sent of {len(sent)} steps is what the servos got, one by one, to the last bit"
       f" ({len(late)} too late) {other[:2] or ''}".rstrip())
    read = [(n, run.values(ticks), gap > OLD_S) for n, (_, _, gap, ticks) in enumerate(run.loop())]
    old = sum(x[2] for x in read)
    ok(len(read) > 60 and all(n in late or got[n] == w or (slow and got[n] == [None] * 6)
                              for n, w, slow in read),
       f"{run.name}: got of {len(read)} of them is what the servos said just before ({old} goals "
       "came too late for that)")
    last = run.all("SELECT joint, sent FROM joint_values WHERE seq = (SELECT max(seq) FROM steps)")
    ids = {j: run.calibration[j[:-4]]["id"] for j in JOINTS}
    ok({j: v for j, v in last} == {j: run.value(j, run.held[i]) for j, i in ids.items()},
       f"{run.name}: the goals of the last one are what the servos hold")
    lost = run.all("SELECT lost, unit, reason FROM gaps")
    ok(not lost and run.result["dropped"] == 0 and run.result["bad_lines"] == 0,
       f"{run.name}: nothing is missing {lost or ''}")


def no_bus_error(run):
    errors = run.all("SELECT max(retries), max(timeouts), max(corrupt), max(late), max(behind),"
                     " max(stray), max(overruns) FROM buses")
    ok(errors == [(0,) * 7], f"{run.name}: no error on the bus {errors}")
    with open(run.out) as f:
        said = [x for x in f.read().splitlines() if "TxRxResult" in x or "Failed to" in x]
    ok(run.status == 0 and not said,
       f"{run.name}: LeRobot ends with 0, and speaks of none {said[:2]}")


def replans(run):
    """From the bus alone; beside what was on the bus."""
    gaps = [1000 * gap for _, _, gap, _ in run.loop()]
    usual = statistics.median(gaps)
    long = statistics.median(gaps[::CHUNK])
    told = [tuple(map(float, found.groups())) for text, in run.all("SELECT text FROM notes") if
            (found := re.fullmatch(r"goals follow the positions after ([0-9.]+) ms, and every "
                                   rf"{CHUNK} steps after ([0-9.]+) ms: .*", text))]
    ok(any(usual / 3 < a < 3 * usual and long / 3 < b < 3 * long for a, b in told),
       f"{run.name}: every {CHUNK} steps a new chunk, after {long:.1f} ms in place of {usual:.1f}; "
       f"told are {told}")


def way_back(run):
    """The last goals follow no position, and lead back to where the arm was at first."""
    n, took = run.all(
        "SELECT count(*), (max(t_ns) - min(t_ns)) / 1e9 FROM steps WHERE seq > (SELECT max(seq) - ?"
        " FROM steps)", WAY_BACK)[0]
    blind = run.one("SELECT count(*) FROM joint_values WHERE joint = 'gripper.pos' AND got IS NULL"
                    " AND seq > (SELECT max(seq) - ? FROM steps)", WAY_BACK)
    ok(n == WAY_BACK and 2.5 < took < 9 and blind >= WAY_BACK - 5,
       f"{run.name}: the way back is {n} steps in {took:.1f} s, {blind} of them without a position")
    start = dict(zip(JOINTS, run.values(run.start)))
    far, off = (max(abs(v - start[joint]) for joint, v in run.all(
        "SELECT joint, sent FROM joint_values WHERE seq = (SELECT max(seq) - ? FROM steps)", back))
        for back in (WAY_BACK, 0))
    ok(off < 0.1 < 1 < far, f"{run.name}: it leads from {far:.1f} to {off:.2f} of the first pose")


def limp(run):
    after = run.one("SELECT count(*) FROM notes WHERE text = 'wrote Torque_Enable 0 to 6 motors"
                    " (id 1 2 3 4 5 6)' AND t_ns > (SELECT max(t_ns) FROM steps)")
    torque = run.all("SELECT DISTINCT torque FROM motors m WHERE t_ns = (SELECT max(t_ns) FROM"
                     " motors WHERE joint = m.joint)")
    held = [i for i, m in run.truth.items() if m["torque"]]
    ok(after == 1 and torque == [(0,)] and not held,
       f"{run.name}: then torque is taken from all six {after, torque, held}")
    ok(not run.one("SELECT count(*) FROM notes WHERE text LIKE 'torque was not taken%'"),
       f"{run.name}: of which nobody warns")


def tapped():
    """60 s untouched, then through the tap; shorter ones again where other work came between."""
    for n, seconds in enumerate((SECONDS, 20, 20)):
        bare = Rollout(f"alone{n}", seconds)
        run = Rollout(f"tapped{n}", seconds, [f"tap:{{bus}}?link=lr{n}&robot=so101&id=bus"])
        good = bare.status == run.status == 0 and run.hz() > bare.hz() - 0.3
        if n == 0:
            ticks = run.one("SELECT count(*) FROM steps") - WAY_BACK
            ok(ticks > seconds * 15 and ticks == len(run.loop()),
               f"{run.name}: {ticks} ticks of {seconds} s, and the way back, are in the database")
            for look in (no_bus_error, same_bus, replans, way_back, limp):
                look(run)
        if good:
            break
    ok(good, f"the loop through the tap at {run.hz():.2f} Hz, untouched at {bare.hz():.2f}: as "
       "fast as without us, to 0.3 Hz")


def sent_by_hook(run):
    """As its lines have it, in order."""
    return [x["sent"] for x in scenarios.lines(run, "step") if "sent" in x]


def both():
    """Hook and tap: each tick has both sides. At the end a servo says that it is overloaded."""
    hook = f"{WORK}/both.sock"
    run = Rollout("both", 6, [f"hook:{hook}", "tap:{bus}?link=both&robot=so101&id=bus"],
                  fault="error-bits/3:32", env=[
                      ("POLICYTOP_HOOK", hook),
                      ("PYTHONPATH", f"{HERE}/plugins:{HERE}/../../src/client/python")])
    late, told = late_ticks(run), sent_by_hook(run)
    same_bus(run, late, told)
    n = len(run.loop())
    seen, asked, got = (run.stored(v)[:n] for v in ("seen", "asked", "got"))
    ok(n > 60 and all(i in late or a == [f32(v) for v in b]
                      for i, (a, b) in enumerate(zip(seen, got))),
       f"both: seen of {n} ticks, which the hook tells, is got, which the bus tells")
    tick = [run.value(j, 2501) - run.value(j, 2500) for j in JOINTS]
    off = max(abs(a - b) / t for i, (x, y) in enumerate(zip(told, run.stored("sent")))
              for a, b, t in zip(x, y, tick) if i not in late)
    ok(len(told) == len(run.goals) and off < 1.01, f"both: and sent of all {len(told)} is what the "
       f"hook says that it sent, to {off:.2f} ticks of a servo")
    ok(told[:n] == asked, "both: which is what was asked, at each tick")
    overloaded(run)


def overloaded(run):
    with open(run.out) as f:
        text = f.read()
    ok(run.status == 1 and "Overload error" in text, "overload: LeRobot's end fails at that servo")
    left = [f"{name}.pos (id {c['id']})" for name, c in run.calibration.items()
            if run.truth[c["id"]]["torque"]]
    ok(len(left) == 3, f"overload: torque is still on at {left}")
    told = run.all("SELECT text FROM notes WHERE level = 'warn' AND text LIKE 'torque was not"
                   " taken%' AND t_ns > (SELECT max(t_ns) FROM steps)")
    ok(told == [("torque was not taken from all: still on " + ", ".join(left),)],
       f"overload: and which those are is told {told}")
    found = run.all("SELECT DISTINCT code, level, subject FROM verdicts WHERE level = 'fail'")
    ok(found == [("overload", "fail", "elbow_flex.pos")], f"overload: the servo is named {found}")
