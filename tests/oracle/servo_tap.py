# SPDX-License-Identifier: Apache-2.0
# The vendors' SDKs at 200 Hz through the serial tap of `policytop record`: each goal that was written
# and each position that was read is in the database; and while the engine is killed and stopped, the
# program notices nothing. Usage: servo_tap.py POLICYTOP FOLDER KILLS
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
import dynamixel_sdk as dxl
import scservo_sdk as scs

import live
from live import disturb
from simbus import SimBus
from wiretap import done, ok, wait_for

IDS = range(1, 7)
PERIOD_S = 0.005
QUIET_CYCLES = 400 if os.environ.get("POLICYTOP_QUICK") else 2000
ROBOT = {"sts": "so101", "dxl": "koch"}


class Client:
    """A control loop with the SDK of its servos: what it read and wrote in each cycle, and when."""

    def __init__(self, kind, path):
        sdk = scs if kind == "sts" else dxl
        packets = sdk.PacketHandler(0 if kind == "sts" else 2.0)
        self.port = sdk.PortHandler(path)
        if not self.port.openPort() or not self.port.setBaudRate(1_000_000):
            raise OSError(path)
        # A busy machine answers late: here a time-out is not what is tested.
        self.port.setPacketTimeout = lambda length: self.port.setPacketTimeoutMillis(20000)
        at = (56, 2, 42, 2) if kind == "sts" else (132, 4, 116, 4)
        self.size, self.place = at[3], at[:2]
        self.reader = sdk.GroupSyncRead(self.port, packets, *at[:2])
        self.writer = sdk.GroupSyncWrite(self.port, packets, *at[2:])
        for i in IDS:
            self.reader.addParam(i)
            self.writer.addParam(i, self.pack(2048))
        self.cycles, self.errors, self.stop = [], [], threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def pack(self, value):
        return list(value.to_bytes(self.size, "little"))

    def cycle(self, n):
        goal = [1900 + n % 200, 1900 + n // 200 % 200, 1900 + n // 40000] + [2048 + i for i in IDS][:3]
        begin = time.monotonic_ns()
        result = self.reader.txRxPacket()
        got = [self.reader.getData(i, *self.place) for i in IDS]
        for i in IDS:
            self.writer.changeParam(i, self.pack(goal[i - 1]))
        result = result or self.writer.txPacket()
        if result:
            self.errors.append((n, result))
        self.cycles.append((begin, time.monotonic_ns(), got, goal))

    def run(self):
        due = time.monotonic()
        try:
            while not self.stop.is_set():
                self.cycle(len(self.cycles))
                due = max(due + PERIOD_S, time.monotonic())
                self.stop.wait(due - time.monotonic())
        except Exception as e:  # whatever a program may see
            self.errors.append(repr(e))

    def end(self):
        self.stop.set()
        self.thread.join(30)
        self.port.closePort()


def stored(store, run, joints):
    """[(time, sent, got)] of the steps, in their order."""
    steps = {}
    for t, seq, place, sent, got in store.all(
            "SELECT t_ns, seq, place, sent, got FROM joint_values WHERE run = ?"
            " ORDER BY seq, place", run):
        row = steps.setdefault(seq, (t, [None] * joints, [None] * joints))
        row[1][place], row[2][place] = sent, got
    return [steps[k] for k in sorted(steps)]


def judge(name, client, rows):
    """Stored steps are cycles of the program, exact, in order, once; which of them."""
    place = {tuple(goal): n for n, (_, _, _, goal) in enumerate(client.cycles)}
    found = [place.get(tuple(sent)) for _, sent, _ in rows]
    ok(None not in found, f"{name}: each stored goal was written so ({len(rows)} of "
       f"{len(client.cycles)})")
    found = [n for n in found if n is not None]
    ok(all(a < b for a, b in zip(found, found[1:])), f"{name}: in order, and once")
    wrong = [(n, got) for n, (_, _, got) in zip(found, rows)
             if got[0] is not None and got != client.cycles[n][2]]
    ok(not wrong, f"{name}: and each stored position was read so {wrong[:2]}")
    # A position is unknown once it is older than two periods: the program was slow to write.
    unknown = [n for n, (_, _, got) in zip(found, rows) if got[0] is None]
    prompt = [n for n in unknown if client.cycles[n][1] - client.cycles[n][0] < PERIOD_S * 1e9]
    print(f"# {len(unknown)} of {len(rows)} steps have no position, {len(prompt)} of them prompt")
    return found, prompt


def phase(policytop, folder, kind, kills):
    name = f"{kind}, {kills} kills and stops"
    bus = SimBus(folder, kind)
    recording = live.Recording(policytop, f"{folder}/{kind}-{kills}.db",
                               f"tap:{bus.link}?link={kind}&robot={ROBOT[kind]}&norm=ticks")
    client = Client(kind, recording.address)
    killed = disturb(recording, kills)
    settled = len(client.cycles) + (400 if kills else QUIET_CYCLES)
    wait_for(lambda: client.errors or len(client.cycles) >= settled, 300)
    client.end()
    wait_for(lambda: recording.count(f"steps WHERE t_ns > {client.cycles[-1][0]}"), 60)
    result = recording.end()
    ok(not client.errors, f"{name}: {len(client.cycles)} cycles without an error "
       f"{client.errors[:3]}")
    longest = max(b - a for a, b, _, _ in client.cycles) / 1e6  # it is stopped for 2000
    ok(longest < 1800, f"{name}: none waits for an engine that is stopped ({longest:.0f} ms)")
    store, run = live.Store(recording.db), recording.run
    rows = stored(store, run, len(IDS))
    found, unknown = judge(name, client, rows)
    ok(result["segment"] == killed + 1, f"{name}: one run of {killed + 1} segments")
    missing = len(client.cycles) - len(found)
    gaps = store.all("SELECT t_ns, lost, unit, reason FROM gaps WHERE run = ?", run)
    for gap in gaps[:5]:
        print(f"# gap {gap}")
    if not kills:
        ok(not missing and not gaps, f"{name}: nothing is missing ({missing})")
    else:
        restarts = [t for t, _, _, why in gaps if "restarted" in why]
        gone = sorted(set(range(len(client.cycles))) - set(found))
        untold = [n for n in gone if not any(-1e8 < t - client.cycles[n][1] < 1.5e9
                                             for t in restarts)]
        ok(not untold, f"{name}: what is missing was not yet stored when the engine died "
           f"({missing}, {untold[:5]})")
    ok(len(unknown) <= killed + 1 + len(rows) // 200,
       f"{name}: positions are known ({unknown[:9]} are not)")
    bus.close()


def main(policytop, folder, kills):
    for kind in ("sts", "dxl"):
        phase(policytop, folder, kind, 0)
    phase(policytop, folder, "sts", int(kills))
    phase(policytop, folder, "dxl", min(int(kills), 5))
    return done()


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
