# SPDX-License-Identifier: Apache-2.0
# `policytop record --full-rate` beside a program that works a servo bus at 200 Hz through the tap, with
# the SDK of its servos: every value that it read and wrote is in the database, joint by joint, at its
# time, once, and nothing else; and what it asked, what was sent and what came back line up by tick.
# Usage: full_rate.py POLICYTOP FOLDER
import json
import os
import random
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
import dynamixel_sdk as dxl
import scservo_sdk as scs

import live
from simbus import SimBus
from wiretap import done, ok, wait_for

IDS = range(1, 7)
NAMES = ["shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper"]
PERIOD_S = 0.005
CYCLES = 300 if os.environ.get("POLICYTOP_QUICK") else 1500
ROBOT = {"sts": "so101", "dxl": "koch"}


class Program:
    """A loop as people write it; its own log of what passed: (joint, vector, value, begin, end)."""

    def __init__(self, kind, path, stream):
        sdk = scs if kind == "sts" else dxl
        self.packets = sdk.PacketHandler(0 if kind == "sts" else 2.0)
        self.port = sdk.PortHandler(path)
        if not self.port.openPort() or not self.port.setBaudRate(1_000_000):
            raise OSError(path)
        # A busy machine answers late: here a time-out is not what is tested.
        self.port.setPacketTimeout = lambda length: self.port.setPacketTimeoutMillis(20000)
        at = (56, 2, 42, 2) if kind == "sts" else (132, 4, 116, 4)
        self.size, self.place = at[3], at[:2]
        self.read_one = self.packets.read2ByteTxRx if kind == "sts" else self.packets.read4ByteTxRx
        self.reader = sdk.GroupSyncRead(self.port, self.packets, *self.place)
        self.writer = sdk.GroupSyncWrite(self.port, self.packets, *at[2:])
        for i in IDS:
            self.reader.addParam(i)
            self.writer.addParam(i, self.pack(2048))
        self.log, self.ticks, self.random = [], [], random.Random(kind)
        self.stream = stream

    def pack(self, value):
        return list(value.to_bytes(self.size, "little"))

    def note(self, vector, values, begin):
        end = time.monotonic_ns()
        self.log += [(i - 1, vector, float(v), begin, end) for i, v in values.items()]

    def read(self):
        begin = time.monotonic_ns()
        assert self.reader.txRxPacket() == 0
        got = {i: self.reader.getData(i, *self.place) for i in IDS}
        self.note("got", got, begin)
        return list(got.values())

    def read_single(self, i):
        begin = time.monotonic_ns()
        value, result, error = self.read_one(self.port, i, self.place[0])
        assert result == 0 and error == 0
        self.note("got", {i: value}, begin)

    def write(self, goal):
        begin = time.monotonic_ns()
        for i in IDS:
            self.writer.changeParam(i, self.pack(goal[i - 1]))
        assert self.writer.txPacket() == 0
        self.note("sent", dict(zip(IDS, goal)), begin)

    def tick(self, n):
        begin = time.monotonic_ns()
        got = self.read()
        if n % 3 == 0:
            got = self.read()  # as max_relative_target does
        if n % 11 == 0:
            self.read_single(1 + n % 6)
        if n % 10 == 9:
            return  # a tick that writes nothing, and tells nothing
        asked = [g + self.random.randint(-300, 300) for g in [2048, 2000, 2100, 1900, 2200, 2048]]
        sent = [min(max(a, 1850), 2250) for a in asked]  # some are clamped
        self.write(sent)
        self.ticks.append((asked, sent, got))
        self.stream.sendall(json.dumps({"type": "step", "t": begin / 1e9, "asked": asked}).encode()
                            + b"\n")

    def run(self):
        due = time.monotonic()
        for n in range(CYCLES):
            self.tick(n)
            due = max(due + PERIOD_S, time.monotonic())
            time.sleep(max(0, due - time.monotonic()))
        self.port.closePort()


def connect(path):
    """A stream that tells what the program asks."""
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    hello = {"type": "hello", "protocol": 1, "joints": [f"{n}.pos" for n in NAMES], "units": "ticks",
             "clock": "monotonic", "fps": 1 / PERIOD_S}
    s.sendall(json.dumps(hello).encode() + b"\n")
    return s


def by_joint(rows):
    found = {}
    for row in rows:
        found.setdefault(row[:2], []).append(row[2:])
    return found


def values(name, program, store, run):
    """Joint by joint, what the program has in its log is what the database has."""
    rows = store.all("SELECT joint, vector, value, t_ns, unit FROM samples WHERE run = ?"
                     " AND source LIKE 'tap:%' ORDER BY sample", run)
    ok({r[4] for r in rows} == {"ticks"}, f"{name}: in the unit of the bus")
    have, want = by_joint([r[:4] for r in rows]), {}
    for joint, vector, value, begin, end in program.log:
        want.setdefault((f"{NAMES[joint]}.pos", vector), []).append((value, begin, end))
    ok(sorted(have) == sorted(want), f"{name}: of six joints, sent and got")
    for key, wanted in sorted(want.items()):
        mine = have.get(key, [])
        ok([v for v, _ in mine] == [v for v, _, _ in wanted],
           f"{name}: {key[0]}: all {len(wanted)} values that were {key[1]}, in order")
        # A write has left the program when its call returns, and may pass the tap a little later.
        wrong = [(t - begin, end - begin) for (_, t), (_, begin, end) in zip(mine, wanted)
                 if t < begin or (key[1] == "got" and t > end)]
        ok(not wrong, f"{name}: {key[0]}: each at the time of its call {wrong[:2]}")
    asked = store.all("SELECT joint, value FROM samples WHERE run = ? AND vector = 'asked'"
                      " ORDER BY sample", run)
    for j, joint in enumerate(NAMES):
        ok([v for k, v in asked if k == f"{joint}.pos"] == [float(a[j]) for a, _, _ in program.ticks],
           f"{name}: {joint}.pos: all that was asked")


def ticks(name, program, store, run):
    """A step of the run is a tick of the program: its asked, its sent, its got."""
    steps = {}
    for seq, place, *row in store.all("SELECT seq, place, asked, sent, got FROM joint_values"
                                      " WHERE run = ? ORDER BY seq, place", run):
        steps.setdefault(seq, [[None] * 6 for _ in range(3)])
        for k in range(3):
            steps[seq][k][place] = row[k]
    rows = [steps[seq] for seq in sorted(steps)]
    first = next((n for n, r in enumerate(rows) if None not in r[0]), 0)
    rows = rows[first:]  # before the program's first word the bus makes the steps
    ok([r[0] for r in rows] == [a for a, _, _ in program.ticks][-len(rows):] and
       len(rows) >= len(program.ticks) - 2, f"{name}: {len(rows)} steps are its ticks")
    truth = program.ticks[-len(rows):]
    for k, word in ((1, "sent"), (2, "got")):
        wrong = [n for n, (row, tick) in enumerate(zip(rows, truth))
                 if any(v is not None and v != t for v, t in zip(row[k], tick[k]))]
        for n in wrong[:5]:
            near = [m - n for m in range(len(truth)) if truth[m][k] == rows[n][k]]
            print(f"# tick {n} has {word} {rows[n][k]}, of the tick {near} after it")
        known = sum(None not in r[k] for r in rows)
        ok(not wrong, f"{name}: {word} of each is what was {word} in it {len(wrong)} {wrong[:5]}")
        ok(known > 0.9 * len(rows), f"{name}: and it is known ({known} of {len(rows)})")


def phase(policytop, folder, kind):
    bus = SimBus(folder, kind)
    path = f"{folder}/{kind}.sock"
    recording = live.Recording(policytop, f"{folder}/{kind}.db", "--full-rate",
                               f"tap:{bus.link}?link={kind}&robot={ROBOT[kind]}&norm=ticks",
                               f"unix:{path}?listen=1")
    program = Program(kind, recording.address, connect(path))
    program.run()
    last = program.log[-1][3]
    wait_for(lambda: recording.count(f"samples WHERE t_ns >= {last}"), 60)
    wait_for(lambda: recording.count("samples WHERE vector = 'asked'") >= 6 * len(program.ticks), 60)
    program.stream.close()
    wait_for(lambda: recording.count("notes WHERE text LIKE '%connection lost%'"), 60)
    store, run = live.Store(recording.db), 1
    values(kind, program, store, run)
    ticks(kind, program, store, run)
    gaps = store.all("SELECT lost, unit, reason FROM gaps WHERE run = ?", run)
    ok(not gaps, f"{kind}: nothing is missing {gaps[:3]}")
    recording.process.send_signal(signal.SIGINT)  # how soon it ends is another test's
    recording.process.communicate(timeout=60)
    bus.close()


if __name__ == "__main__":
    for servos in ("sts", "dxl"):
        phase(sys.argv[1], sys.argv[2], servos)
    code = done()
    sys.stdout.flush()
    os._exit(code)
