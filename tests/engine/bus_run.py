# SPDX-License-Identifier: Apache-2.0
"""What the tables of bus faults share: a row, a recording, and the judgement of its verdicts."""
import atexit
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
from bus_client import DXL, STS
from peers import Report
from simbus import SimBus, until

report = Report()
WORK = sys.argv[1]
JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
ELBOW, GRIPPER, ALL, BUS = "elbow_flex.pos", "gripper.pos", "*", "the bus"
SECONDS = float(os.environ.get("FAULT_SECONDS", 60))  # until a verdict that is missing is given up


class Row:
    """
    What is broken (orders to the simulated bus), for so many cycles, and which verdicts that must
    give: {(code, subject): level}, each within so many seconds. also: what may be said, too.
    """

    def __init__(self, name, orders, verdicts, cycles=40, within_s=2.5, also=(), wires=(STS, DXL),
                 patience_s=20.0, ends=True, **loop):
        self.name, self.orders, self.verdicts, self.cycles = name, orders, verdicts, cycles
        self.within_s, self.also, self.wires, self.patience_s = within_s, also, wires, patience_s
        self.ends, self.loop = ends, loop

    def wanted(self, bus):
        subjects = {BUS: [bus], ALL: [f"{j}.pos" for j in JOINTS]}
        return {(code, s): level for (code, subject), level in self.verdicts.items()
                for s in subjects.get(subject, [subject])}


class Recording:
    def __init__(self, name, source, *options):
        self.db = os.path.join(WORK, name + ".db")
        self.process = subprocess.Popen(
            [os.environ["POLICYTOP"], "--db", self.db, "record", "--json", *options, source],
            stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.terminate)
        self.address = json.loads(self.process.stdout.readline())["sources"][0]["address"]

    def ask(self, sql, *values):
        try:
            with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True) as store:
                return store.execute(sql, values).fetchall()
        except sqlite3.OperationalError:
            return []

    def has(self, sql, what, *values, seconds=60):
        return until(lambda: self.ask(sql, *values), what, seconds)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return json.loads(self.process.communicate(timeout=60)[0].splitlines()[-1])

    def wait(self, sql, seconds, *values):
        """Waits for a row; it may never come."""
        try:
            self.has(sql, sql, *values, seconds=seconds)
        except TimeoutError:
            pass


def pace(recording):
    """How slow this machine was: the usual time between two steps by its due, and the longest in s."""
    times = [t for t, in recording.ask("SELECT t_ns FROM steps ORDER BY t_ns")]
    gaps = sorted(b - a for a, b in zip(times, times[1:])) or [0]
    return max(1, gaps[len(gaps) // 2] / 20e6), gaps[-1] / 1e9


def judge_said(row, name, recording, at_ns, noise):
    """All that is wanted is said, in time, and nothing else; noise: what this machine's pace may cause."""
    wanted = row.wanted(recording.ask("SELECT DISTINCT bus FROM buses")[0][0])
    rows = recording.ask("SELECT code, subject, level, t_ns, message FROM verdicts ORDER BY t_ns")
    found = {}
    for code, subject, level, t_ns, _ in rows:
        if wanted.get((code, subject)) == level:
            found.setdefault((code, subject), (t_ns - at_ns) / 1e9)
    missing = {k: v for k, v in wanted.items() if k not in found}
    what = ", ".join(sorted({f"{code} {level}" for (code, _), level in wanted.items()})) or "nothing"
    report.ok(not missing, f"{name}: {what} is said", (missing, rows))
    slow, longest_s = pace(recording)
    late = {k: s for k, s in found.items() if not 0 <= s <= row.within_s * slow + longest_s}
    if wanted:
        report.ok(not late, f"{name}: within {row.within_s} s", late)
    other = [r for r in rows if r[:2] not in wanted and r[:2] not in row.also and r[0] not in noise]
    report.ok(not other, f"{name}: and nothing else, of nobody else", other)
    for code, subject, level, t_ns, message in rows:
        print(f"# {(t_ns - at_ns) / 1e9:.2f} s {level} {code} {subject}: {message}")
