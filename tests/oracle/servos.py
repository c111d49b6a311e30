# SPDX-License-Identifier: Apache-2.0
"""The vendors' own SDKs on the simulated servo buses: they take them for real ones."""
import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
import dynamixel_sdk as dxl
import scservo_sdk as scs
from peers import Report
from simbus import SimBus, until

IDS = range(1, 7)
CYCLES = 1000 if os.environ.get("POLICYTOP_QUICK") else 10000
report = Report()


def patient(port):
    """A busy machine answers late: here a time-out is not what is tested."""
    port.own_timeout = port.setPacketTimeout
    port.setPacketTimeout = lambda length: port.setPacketTimeoutMillis(20000)
    return port


def open_port(sdk, bus):
    port = sdk.PortHandler(bus.link)
    assert port.openPort() and port.setBaudRate(1_000_000)
    return patient(port)


def signed(raw, bit):
    return -(raw & (1 << bit) - 1) if raw >> bit & 1 else raw


def resting(bus):
    """The truth, once nothing has moved for a tenth of a second."""
    since, last = time.monotonic(), bus.truth()

    def still():
        nonlocal since, last
        now = bus.truth()
        if any(abs(now[i]["position"] - last[i]["position"]) > 0.01 for i in IDS):
            since, last = time.monotonic(), now
        return now if time.monotonic() - since > 0.1 else None
    return until(still, "the arm comes to rest")


def agree(bus, read, text):
    """What the SDK reads, one register a motor, is where the motors are."""
    truth = resting(bus)
    got = {i: read(i) for i in IDS}
    report.ok(all(abs(got[i] - truth[i]["position"]) <= 1 for i in IDS), text,
              [(got[i], truth[i]["position"]) for i in IDS])


def cycle(bus, reader, writer, pack, unpack, name):
    """Goals out, goals and positions in, CYCLES times: nothing is lost and nothing mixed up."""
    rng, bad, wrong = random.Random(5), 0, 0
    with open(bus.calibration, encoding="ascii") as f:  # beyond its limits a servo does not go
        limit = {c["id"]: (c["range_min"], c["range_max"]) for c in json.load(f).values()}
    goal = {i: min(max(int(bus.truth()[i]["position"]), limit[i][0]), limit[i][1]) for i in IDS}
    for i in IDS:
        assert reader.addParam(i) and writer.addParam(i, pack(goal[i]))
    for _ in range(CYCLES):
        for i in IDS:
            goal[i] = min(max(goal[i] + rng.randint(-9, 9), limit[i][0]), limit[i][1])
            writer.changeParam(i, pack(goal[i]))
        bad += writer.txPacket() != 0 or reader.txRxPacket() != 0
        wrong += any(unpack(i)[0] != goal[i] for i in IDS)
    report.ok(bad == 0 and wrong == 0, f"{name}: {CYCLES} cycles of sync_write and sync_read",
              (bad, wrong))
    def agrees():
        truth = resting(bus)
        return reader.txRxPacket() == 0 and all(
            abs(unpack(i)[1] - truth[i]["position"]) <= 1 and truth[i]["goal"] == goal[i] for i in IDS)

    report.ok(any(agrees() for _ in range(20)),
              f"{name}: at the end both know the same goals and positions",
              [(unpack(i), goal[i], bus.truth()[i]) for i in IDS])


def feetech(bus):
    port, pk = open_port(scs, bus), scs.PacketHandler(0)
    report.ok([pk.ping(port, i) for i in IDS] == [(777, 0, 0)] * 6, "feetech: six pings")
    report.ok(all(signed(pk.read2ByteTxRx(port, i, 31)[0], 11) ==
                  signed(int(bus.get(i, "31/2")), 11) and
                  pk.read2ByteTxRx(port, i, 9)[0] == bus.get(i, "9/2") and
                  pk.read2ByteTxRx(port, i, 11)[0] == bus.get(i, "11/2") for i in IDS),
              "feetech: the calibration is read")
    agree(bus, lambda i: pk.read2ByteTxRx(port, i, 56)[0], "feetech: positions are true")
    report.ok(all(pk.write1ByteTxRx(port, i, 40, 1) == (0, 0) for i in IDS) and
              all(v["torque"] == 1 for v in bus.truth().values()), "feetech: torque on")
    reader = scs.GroupSyncRead(port, pk, 42, 16)
    cycle(bus, reader, scs.GroupSyncWrite(port, pk, 42, 2),
          lambda v: [scs.SCS_LOBYTE(v), scs.SCS_HIBYTE(v)],
          lambda i: (reader.getData(i, 42, 2), reader.getData(i, 56, 2)), "feetech")
    feetech_faults(bus, port, pk)
    port.closePort()


def feetech_faults(bus, port, pk):
    reader = scs.GroupSyncRead(port, pk, 56, 2)
    for i in IDS:
        reader.addParam(i)
    bus.order("fault checksum/3:1*1")
    report.ok(pk.read2ByteTxRx(port, 3, 56)[1] == scs.COMM_RX_CORRUPT,
              "feetech: a wrong checksum is a corrupt packet")
    bus.order("fault garbage/3:9*1")
    report.ok(pk.read2ByteTxRx(port, 3, 56)[1:] == (0, 0), "feetech: noise is stepped over")
    bus.order("fault error-bits/3:32")
    report.ok(pk.read2ByteTxRx(port, 3, 56)[2] == 0x20, "feetech: overload is in the reply")
    report.ok(reader.txRxPacket() == 0, "feetech: and sync_read does not say so")
    bus.order("clear")
    port.setPacketTimeout = port.own_timeout
    bus.order("fault silent/4")
    report.ok(pk.ping(port, 4)[1] == scs.COMM_RX_TIMEOUT, "feetech: a silent motor")
    bus.order("clear")
    one_behind(bus, port, reader)


def one_behind(bus, port, reader):
    """Feetech's SDK never drops what came late: from then on it reads the past, without an error."""
    for i in IDS:
        bus.order(f"set {i} 40/1 0")
    seen = len(bus.packets())
    bus.order("fault late/1:400*1")
    report.ok(reader.txRxPacket() != 0, "feetech: an answer after the time-out")
    until(lambda: len(bus.packets()) >= seen + 7, "the late answer")
    patient(port)
    late = []
    for place in (1010, 1020, 1030, 1040):
        bus.order(f"set 1 position {place}")
        assert reader.txRxPacket() == 0
        late.append(reader.getData(1, 56, 2))
    report.ok(late[1:] == [1010, 1020, 1030], "feetech: then each sync_read is one behind", late)


def dynamixel(bus):
    port, pk = open_port(dxl, bus), dxl.PacketHandler(2.0)
    report.ok([pk.ping(port, i) for i in IDS] ==
              [(m, 0, 0) for m in (1060, 1060, 1200, 1200, 1200, 1200)], "dynamixel: six pings")
    port.setPacketTimeout = port.own_timeout
    found, result = pk.broadcastPing(port)
    report.ok(result == 0 and sorted(found) == list(IDS), "dynamixel: a ping for all", found)
    patient(port)
    report.ok(all(pk.read4ByteTxRx(port, i, a)[0] == bus.get(i, f"{a}/4")
                  for i in IDS for a in (20, 48, 52)), "dynamixel: the calibration is read")
    agree(bus, lambda i: pk.read4ByteTxRx(port, i, 132)[0], "dynamixel: positions are true")
    dynamixel_stuffing(bus, port, pk)
    report.ok(all(pk.write1ByteTxRx(port, i, 64, 1) == (0, 0) for i in IDS), "dynamixel: torque on")
    report.ok(pk.write1ByteTxRx(port, 1, 11, 4) == (0, 7),
              "dynamixel: with torque on the EEPROM is closed")
    reader = dxl.GroupSyncRead(port, pk, 116, 20)
    cycle(bus, reader, dxl.GroupSyncWrite(port, pk, 116, 4), lambda v: list(v.to_bytes(4, "little")),
          lambda i: (reader.getData(i, 116, 4), reader.getData(i, 132, 4)), "dynamixel")
    dynamixel_groups(bus, port, pk, reader)
    dynamixel_faults(bus, port, pk, reader)
    port.closePort()


def dynamixel_stuffing(bus, port, pk):
    value = 0x01FDFFFF
    report.ok(pk.write1ByteTxRx(port, 6, 11, 4) == (0, 0) and
              pk.write4ByteTxRx(port, 6, 116, value) == (0, 0) and
              bus.get(6, "116/4") == value and pk.read4ByteTxRx(port, 6, 116) == (value, 0, 0),
              "dynamixel: FF FF FD in a packet is stuffed, both ways")
    pk.write4ByteTxRx(port, 6, 116, int(bus.get(6, "132/4")))


def dynamixel_groups(bus, port, pk, reader):
    resting(bus)
    report.ok(reader.fastSyncRead() == 0 and
              all(reader.getData(i, 132, 4) == bus.get(i, "132/4") for i in IDS),
              "dynamixel: the fast sync_read says the same")
    bulk = dxl.GroupBulkRead(port, pk)
    for i in IDS:
        assert bulk.addParam(i, 132 if i % 2 else 146, 4 if i % 2 else 1)
    report.ok(bulk.txRxPacket() == 0 and bulk.getData(2, 146, 1) == bus.get(2, "146/1") and
              bulk.getData(5, 132, 4) == bus.get(5, "132/4"), "dynamixel: a bulk_read")
    write = dxl.GroupBulkWrite(port, pk)
    assert write.addParam(1, 65, 1, [1]) and write.addParam(2, 112, 4, [7, 0, 0, 0])
    report.ok(write.txPacket() == 0 and until(lambda: bus.get(2, "112/4") == 7, "a bulk_write") and
              bus.get(1, "65/1") == 1, "dynamixel: a bulk_write")


def dynamixel_faults(bus, port, pk, reader):
    bus.order("fault checksum/3:1*1")
    report.ok(pk.read4ByteTxRx(port, 3, 132)[1] == dxl.COMM_RX_CORRUPT,
              "dynamixel: a wrong CRC is a corrupt packet")
    bus.order("fault error-bits/3:32")
    report.ok(pk.read1ByteTxRx(port, 3, 70) == (0x20, 0, 0x80),
              "dynamixel: overload is an alert, and in its register")
    report.ok(reader.txRxPacket() == 0, "dynamixel: and sync_read does not say so")
    report.ok(pk.write1ByteTxRx(port, 3, 64, 1)[1] & 0x7F == 7,
              "dynamixel: no torque until it is started anew")
    bus.order("clear")
    report.ok(pk.reboot(port, 3) == (0, 0) and pk.write1ByteTxRx(port, 3, 64, 1) == (0, 0),
              "dynamixel: after a reboot there is")


def main():
    for kind, test in (("sts", feetech), ("dxl", dynamixel)):
        bus = SimBus(sys.argv[1], kind)
        test(bus)
        bus.close()
    return report.done()


sys.exit(main())
