# SPDX-License-Identifier: Apache-2.0
"""
One fault each on a servo bus, between a program and its arm, with the tap and the engine in the path:
its verdict, the other joints, and the bytes. What is expected is judged by what the simulated bus and
the program wrote down themselves.
"""
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from bus_client import IDS, STS, Loop
from bus_run import (ALL, BUS, ELBOW, SECONDS, WORK, Recording, Row, SimBus, judge_said, report,
                     until)

BEFORE, AFTER = 60, 30  # cycles


def drive(row, wire, bus, path, broken):
    """The program's whole life on the arm; `broken` is called when the fault is there."""
    loop = Loop(wire, path, **row.loop).connect()
    loop.run(BEFORE)
    at = time.monotonic_ns()
    for order in row.orders:
        bus.order(order)
    loop.patience_s = row.patience_s
    loop.run(row.cycles)
    broken(loop)
    if row.ends and row.orders:
        bus.order("clear")
        loop.run(AFTER)
    if not loop.lost:
        loop.drain()
    loop.close()
    return loop, at


def stored(recording):
    """[({place: sent}, {place: got})] of the steps, in their order."""
    steps = {}
    for seq, place, sent, got in recording.ask(
            "SELECT seq, place, sent, got FROM joint_values ORDER BY seq, place"):
        row = steps.setdefault(seq, ({}, {}))
        row[0][place + 1], row[1][place + 1] = sent, got
    return [steps[k] for k in sorted(steps)]


def judge_values(name, loop, recording, victim):
    """Each cycle is a step with the goals that were written, and the positions as they were read."""
    rows = stored(recording)
    if [sent for sent, _ in rows] != [goal for _, _, _, goal in loop.cycles]:
        place = {tuple(c[3].values()): n for n, c in enumerate(loop.cycles)}
        missing = sorted(set(range(len(loop.cycles))) - {place.get(tuple(s.values())) for s, _ in rows})
        report.ok(False, f"{name}: each goal is recorded, once and in order",
                  (len(rows), len(loop.cycles), missing[:9]))
        return
    report.ok(True, f"{name}: each goal is recorded, once and in order ({len(rows)} cycles)")
    # Positions are too old for a goal that is written long after they were read.
    slow = {n for n, (begin, end, _, _) in enumerate(loop.cycles) if end - begin > 0.5e9}
    wrong = [(n, i, got[i], read[i]) for n, ((_, got), (_, _, read, _)) in
             enumerate(zip(rows, loop.cycles)) for i in read if got[i] != read[i] and n not in slow]
    report.ok(not wrong, f"{name}: and each position that was read", wrong[:4])
    lost = [(n, i) for n, (_, got) in enumerate(rows) for i in IDS
            if i != victim and got[i] is None and n not in slow]
    report.ok(not lost, f"{name}: the other joints' are all there", lost[:9])


def judge_bytes(name, loop, bus):
    said = b"".join(p for _, way, p in bus.packets() if way == ">")
    heard = b"".join(p for _, way, p in bus.packets() if way == "<")
    if loop.lost:  # what was on its way went with the cable
        said, heard = said[:len(loop.said)], heard[:len(loop.heard)]
    report.ok(bytes(loop.said)[:len(said)] == said and len(loop.said) - len(said) <= 300 *
              bool(loop.lost) and bytes(loop.heard) == heard,
              f"{name}: every byte is forwarded, both ways",
              (len(loop.said), len(said), len(loop.heard), len(heard)))


def outcome(loop):
    """Of each cycle: who answered."""
    return [sorted(read) for _, _, read, _ in loop.cycles], loop.lost


def play(row, wire):
    name = f"{wire.kind}, {row.name}"
    base = f"{wire.kind}-{row.name.replace(' ', '-').replace(',', '')}"
    bus, other = SimBus(WORK, wire.kind), SimBus(WORK, wire.kind)
    recording = Recording(base, f"tap:{bus.link}?link={wire.kind}&robot={wire.robot}&norm=ticks")

    def told(loop):
        for (code, subject), level in row.wanted("%").items():
            recording.wait("SELECT 1 FROM verdicts WHERE code = ? AND subject LIKE ? AND level = ?",
                           SECONDS, code, subject, level)

    with ThreadPoolExecutor(1) as beside:
        direct = beside.submit(drive, row, wire, other, other.link, lambda loop: None)
        loop, at_ns = drive(row, wire, bus, recording.address, told)
        direct = direct.result()[0]
    last = tuple(loop.cycles[-1][3].values())
    until(lambda: recording.ask("SELECT 1 FROM joint_values WHERE place = 4 AND sent = ?", last[4]),
          f"{name}: its last cycle", 60)
    result = recording.end()
    victim = 3 if any(k[1] == ELBOW or k[1] == BUS for k in row.verdicts) else 0
    # A busy machine's slow reply is told, rightly.
    judge_said(row, name, recording, at_ns, {"bus-latency"} if loop.worst_ms >= 20 else set())
    judge_values(name, loop, recording, victim)
    judge_bytes(name, loop, bus)
    report.ok(result["dropped"] == 0, f"{name}: nothing is dropped", result)
    report.ok(outcome(direct) == outcome(loop), f"{name}: without a tap it is the same",
              [(n, a, b) for n, (a, b) in enumerate(zip(outcome(direct)[0], outcome(loop)[0]))
               if a != b][:4])
    bus.close()
    other.close()


def grasp(n, ident):
    """The arm moves, and its gripper closes on an object: it stays behind its command for good."""
    return (2900 if n < BEFORE else 2020) if ident == 6 else Loop.wave(n, ident)


OFF = [("torque-lost", ELBOW)]  # a Dynamixel that protects itself lets go
ROWS = (
    Row("healthy", (), {}),
    Row("a gripper that holds an object", ("set 6 48/2 500", "fault stuck/6"), {}, cycles=150,
        wires=(STS,), goal=grasp),
    Row("checksum error", ("fault checksum/3:4*5",), {("bus-errors", BUS): "warn"}),
    Row("truncated reply", ("fault truncated/3:4*5",), {("bus-errors", BUS): "warn"},
        patience_s=0.2),
    Row("garbage between packets", ("fault garbage/3:3",), {("bus-errors", BUS): "warn"}),
    Row("FF FF inside payload", ("set 2 44/4 67371007", "set 4 44/4 83820543"), {}, wires=(STS,)),
    Row("duplicate id, at once", ("fault duplicate-id/3",),
        {("motor-status", ELBOW): "fail", ("bus-errors", BUS): "warn"}),
    Row("duplicate id, in turn", ("fault twin/3",), {("motor-status", ELBOW): "fail"}),
    Row("one motor silent", ("fault silent/3",),
        {("motor-status", ELBOW): "fail", ("bus-errors", BUS): "warn"}, cycles=14, within_s=4,
        patience_s=0.2),
    Row("overload bit", ("fault error-bits/3:32",), {("overload", ELBOW): "fail"}, also=OFF),
    Row("over-temperature bit", ("fault error-bits/3:4",), {("motor-hot", ELBOW): "fail"}, also=OFF),
    Row("68 degC", ("fault over-temperature/3:68.5",), {("motor-hot", ELBOW): "fail"}),
    Row("4.9 V", ("fault under-voltage:4.9",), {("voltage", ALL): "fail"}, wires=(STS,), cycles=120),
    Row("12.6 V on 7.4 V servos", ("fault over-voltage:12.6",), {("voltage", ALL): "fail"},
        wires=(STS,), cycles=120),
    Row("encoder wrap", ("fault encoder-wrap/3",), {("encoder-wrap", ELBOW): "fail"}),
    Row("torque lost", ("fault torque-lost/3",), {("torque-lost", ELBOW): "fail"}),
    Row("torque lost, positions alone are read", ("fault torque-lost/3",),
        {("torque-lost", ELBOW): "warn"}, cycles=250, within_s=5, health=False),
    Row("unplug in mid-packet", ("fault unplug/3:5",), {("bus-errors", BUS): "fail"}, ends=False),
)


def main():
    chosen = sys.argv[2:]
    for row in ROWS:
        for wire in row.wires[:1] if os.environ.get("POLICYTOP_QUICK") else row.wires:
            if not chosen or any(c in f"{wire.kind}, {row.name}" for c in chosen):
                play(row, wire)
    return report.done()


sys.exit(main())
