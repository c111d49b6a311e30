# SPDX-License-Identifier: Apache-2.0
# Replies that come after the vendor's SDK has given up. Feetech's never empties its buffer: once all
# replies to a read were late, each read gives the state of the cycle before, for ever and without an
# error. ROBOTIS' drops what is old, and a part of the replies is thrown away by either. What the
# programs believed is compared with what the simulated bus wrote down.
# Usage: servo_late.py POLICYTOP FOLDER
import os
import sys
import time

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/engine"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
import dynamixel_sdk as dxl
import scservo_sdk as scs

import live
from bus_client import DXL, IDS, STS, Loop
from simbus import SimBus
from wiretap import done, ok, wait_for

BEFORE, AFTER = 60, 80  # cycles
LATE_MS, PATIENCE_MS = 1500, 300


class Program:
    """A control loop with the SDK of its servos."""

    def __init__(self, wire, path):
        self.wire = wire
        sdk = scs if wire is STS else dxl
        packets = sdk.PacketHandler(0 if wire is STS else 2.0)
        self.port = sdk.PortHandler(path)
        if not self.port.openPort() or not self.port.setBaudRate(1_000_000):
            raise OSError(path)
        self.patience(20000)
        self.reader = sdk.GroupSyncRead(self.port, packets, wire.position, wire.goal_bytes)
        self.writer = sdk.GroupSyncWrite(self.port, packets, wire.goal, wire.goal_bytes)
        for i in IDS:
            self.reader.addParam(i)
            self.writer.addParam(i, list(bytes(wire.goal_bytes)))
            packets.write1ByteTxRx(self.port, i, wire.torque, 1)
        self.believed, self.results = [], []

    def patience(self, ms):
        """A busy machine answers late: time-outs of the SDK's own only where one is tested."""
        self.port.setPacketTimeout = lambda length: self.port.setPacketTimeoutMillis(ms)

    def run(self, n):
        for _ in range(n):
            at, begin = len(self.believed), time.monotonic()
            self.results.append(self.reader.txRxPacket())
            self.believed.append([self.wire.value(self.reader.getData(
                i, self.wire.position, self.wire.goal_bytes).to_bytes(self.wire.goal_bytes, "little"))
                for i in IDS])
            for i in IDS:
                self.writer.changeParam(i, list(Loop.wave(at, i).to_bytes(self.wire.goal_bytes,
                                                                         "little")))
            self.writer.txPacket()
            time.sleep(max(0, begin + 0.02 - time.monotonic()))


def truth(bus, wire):
    """The positions that the servos sent, a row for each group read."""
    rows, now = [], None
    for _, way, p in bus.packets():
        if way == ">":
            now = p[4 if wire is STS else 7] == 0x82
        elif now is not None and (reply := wire.find(p)) and len(reply[1]) == wire.goal_bytes:
            if not rows or len(rows[-1]) == len(IDS):
                rows.append([])
            rows[-1].append(wire.value(reply[1]))
    return rows


def play(policytop, folder, wire, late):
    """The reply of servo `late` is late, and with it those behind it on the wire."""
    name, bus = f"{wire.kind}-{late}", SimBus(folder, wire.kind)
    recording = live.Recording(policytop, f"{folder}/late-{name}.db",
                               f"tap:{bus.link}?link={name}&robot={wire.robot}&norm=ticks")
    program = Program(wire, recording.address)
    program.run(BEFORE)
    bus.order(f"fault late/{late}:{LATE_MS}*1")
    begin = time.monotonic_ns()
    program.patience(PATIENCE_MS)
    program.run(1)
    program.patience(20000)
    program.run(AFTER)
    last = Loop.wave(BEFORE + AFTER, 5)
    wait_for(lambda: recording.count(f"joint_values WHERE place = 4 AND sent = {last}"), 60)
    program.port.closePort()
    recording.end()
    store, rows = live.Store(recording.db), truth(bus, wire)
    bad = [n for n, result in enumerate(program.results) if result]
    ok(bad == [BEFORE] and len(rows) == len(program.believed) == BEFORE + 1 + AFTER,
       f"{name}: the SDK gives up once, and sees no other error {bad}")
    ok(program.believed[:BEFORE] == rows[:BEFORE], f"{name}: before, it reads what the servos say")
    behind = [n for n in range(BEFORE + 1, len(rows)) if program.believed[n] == rows[n - 1]]
    # An arm that has not moved in between looks the same either way.
    moved = [n for n in range(BEFORE + 1, len(rows)) if rows[n] != rows[n - 1]]
    fresh = [n for n in range(BEFORE + 1, len(rows)) if program.believed[n] == rows[n]]
    verdicts = store.all("SELECT code, subject, level, t_ns, message FROM verdicts WHERE run = ?",
                         recording.run)
    for code, subject, level, t_ns, message in verdicts:
        print(f"# {(t_ns - begin) / 1e9:.2f} s {level} {code} {subject}: {message}")
    said = {(code, subject): (level, t_ns) for code, subject, level, t_ns, _ in verdicts}
    level, t_ns = said.get(("bus-behind", name), (None, begin))
    if wire is STS and late == 1:
        ok(len(behind) == AFTER and len(moved) > AFTER / 2 and not set(moved) & set(fresh),
           f"{name}: it stays one behind, to the end "
           f"({len(behind)} of {AFTER})")
        ok(level == "fail" and 0 < t_ns - begin < 4e9, f"{name}: and we say so {said}")
    else:
        ok(len(fresh) >= AFTER - 1,
           f"{name}: it drops what is old ({len(fresh)} of {AFTER} are fresh)")
        ok(level is None, f"{name}: and is not said to be behind {said}")
    # A busy machine's other replies may be slow enough for a warning.
    ok(said.get(("bus-latency", name), ("", 0))[0] in ("note", "warn"), f"{name}: it is told as late")
    ok(not set(said) - {("bus-behind", name), ("bus-latency", name)},
       f"{name}: of joints there is nothing to say {verdicts}")
    sent = [row[0] for row in store.all(
        "SELECT sent FROM joint_values WHERE run = ? AND place = 4 ORDER BY seq", recording.run)]
    ok(sent == [Loop.wave(n, 5) for n in range(BEFORE + 1 + AFTER)],
       f"{name}: every goal is recorded, once and in order")
    bus.close()


def main(policytop, folder):
    for wire in (STS, DXL):
        for late in (1, 3):
            play(policytop, folder, wire, late)
    return done()


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
