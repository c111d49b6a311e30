# SPDX-License-Identifier: Apache-2.0
"""What the vendors' SDKs wrote to a bus and read from it is what the decoder says of its bytes."""
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
import dynamixel_sdk as dxl
import scservo_sdk as scs
from peers import Report
from simbus import SimBus

DUMP = os.path.join(os.environ["TOP_BUILDDIR"], "tests/oracle/dump_bus")
IDS = range(1, 7)
CYCLES = 300 if os.environ.get("POLICYTOP_QUICK") else 3000
report = Report()


def open_port(sdk, bus):
    port = sdk.PortHandler(bus.link)
    assert port.openPort() and port.setBaudRate(1_000_000)
    port.own_timeout = port.setPacketTimeout
    # A busy machine answers late: here a time-out is not what is tested.
    port.setPacketTimeout = lambda length: port.setPacketTimeoutMillis(20000)
    return port


def decoded(bus):
    with open(bus.log, encoding="ascii") as log:
        out = subprocess.run([DUMP], stdin=log, stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def loop(bus, read, where, writer, pack, rng):
    """A control loop as LeRobot's: positions, then goals. (read, written) of each cycle."""
    goal = {i: int(bus.truth()[i]["position"]) for i in IDS}
    seen = []
    for i in IDS:
        assert writer.addParam(i, pack(goal[i]))
    for _ in range(CYCLES):
        assert read() == 0
        positions = [where(i) for i in IDS]
        for i in IDS:
            goal[i] = min(max(goal[i] + rng.randint(-30, 30), 1000), 3000)
            writer.changeParam(i, pack(goal[i]))
        assert writer.txPacket() == 0
        seen.append((positions, [goal[i] for i in IDS]))
    return seen


def agree(bus, seen, name):
    events = decoded(bus)
    steps = [e for e in events if e["kind"] == "step"][-len(seen):]
    wrong = [(s, w) for s, w in zip(steps, seen)
             if s["sent"] != w[1] or any(g is not None and g != p for g, p in zip(s["got"], w[0]))]
    unknown = sum(None in s["got"] for s in steps)
    report.ok(len(steps) == len(seen) and not wrong,
              f"{name}: sent and got of {len(seen)} cycles are what the SDK wrote and read", wrong[:2])
    # A machine that pauses for more than two periods makes positions old.
    report.ok(unknown < len(seen) / 10, f"{name}: and got is nearly always known", unknown)
    return events


def last(events, kind, motor=None):
    return [e for e in events if e["kind"] == kind and (not motor or e["id"] == motor)][-1]


def feetech(bus, rng):
    port, pk = open_port(scs, bus), scs.PacketHandler(0)
    for i in IDS:
        assert pk.ping(port, i) == (777, 0, 0) and pk.write1ByteTxRx(port, i, 40, 1) == (0, 0)
    reader = scs.GroupSyncRead(port, pk, 56, 2)
    for i in IDS:
        reader.addParam(i)
    seen = loop(bus, reader.txRxPacket, lambda i: reader.getData(i, 56, 2),
                scs.GroupSyncWrite(port, pk, 42, 2),
                lambda v: [scs.SCS_LOBYTE(v), scs.SCS_HIBYTE(v)], rng)
    events = agree(bus, seen, "feetech")
    bus_said = last(events, "bus")
    report.ok(not any(bus_said[k] for k in ("retries", "timeouts", "corrupt", "late", "stray")),
              "feetech: nothing was wrong with the bus", bus_said)
    report.ok(all(last(events, "motor", i)["torque"] == 1 for i in IDS), "feetech: torque is on")
    bus.order("fault error-bits/3:32")
    assert reader.txRxPacket() == 0
    bus.order("clear")
    faults = [e["faults"] for e in decoded(bus) if e["kind"] == "motor" and e["id"] == 3]
    report.ok(max(faults) == 16, "feetech: the overload that sync_read throws away is told", faults)
    one_behind(bus, port, reader)
    port.closePort()


def one_behind(bus, port, reader):
    """The SDK stays one behind after late replies, without an error; we say so."""
    port.setPacketTimeout = port.own_timeout
    bus.order("fault late/1:400*1")
    assert reader.txRxPacket() != 0
    port.setPacketTimeout = lambda length: port.setPacketTimeoutMillis(20000)
    for i in IDS:
        bus.order(f"set {i} 40/1 0")
    late = []
    for place in (1010, 1020, 1030):
        bus.order(f"set 1 position {place}")
        assert reader.txRxPacket() == 0
        late.append(reader.getData(1, 56, 2))
    events = decoded(bus)
    said = [e for e in events if e["kind"] == "bus"]
    report.ok(late[1:] == [1010, 1020], "feetech: the SDK reads the past", late)
    report.ok(any(e["behind"] == 1 for e in said) and said[-1]["late"] >= 6 and
              any("reads the state before" in e.get("text", "") for e in events),
              "feetech: and we say so", said[-1])


def dynamixel(bus, rng):
    port, pk = open_port(dxl, bus), dxl.PacketHandler(2.0)
    for i in IDS:
        assert pk.write1ByteTxRx(port, i, 64, 1) == (0, 0)
    for fast in (False, True):
        reader = dxl.GroupSyncRead(port, pk, 132, 4)
        for i in IDS:
            reader.addParam(i)
        seen = loop(bus, reader.fastSyncRead if fast else reader.txRxPacket,
                    lambda i: reader.getData(i, 132, 4), dxl.GroupSyncWrite(port, pk, 116, 4),
                    lambda v: list(v.to_bytes(4, "little")), rng)
        events = agree(bus, seen, "dynamixel, fast sync_read" if fast else "dynamixel")
    said = last(events, "bus")
    report.ok(not any(said[k] for k in ("retries", "timeouts", "corrupt", "late", "stray")),
              "dynamixel: nothing was wrong with the bus", said)
    bus.order("fault error-bits/3:32")
    assert pk.read1ByteTxRx(port, 3, 70) == (0x20, 0, 0x80)
    report.ok(last(decoded(bus), "motor", 3)["faults"] == 16,
              "dynamixel: the alert is the overload that its register says")
    port.closePort()


def main():
    for kind, test in (("sts", feetech), ("dxl", dynamixel)):
        bus = SimBus(sys.argv[1], kind)
        test(bus, random.Random(11))
        bus.close()
    return report.done()


sys.exit(main())
