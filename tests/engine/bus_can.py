# SPDX-License-Identifier: Apache-2.0
"""
A CAN bus in trouble, without one: captures of can:, made here by the words of wire/canframe.h and
wire/capture.h, are replayed by a real engine. The real controller is tests/vm/guest_can_link.sh.
"""
import os
import struct
import zlib

from bus_run import WORK, Recording, report

OK, WARNING, PASSIVE, OFF, GONE = range(1, 6)
MOTORS, PERIOD_NS, CYCLES, AT = range(1, 8), 10_000_000, 500, 200
DATA, LOST, LINK = range(3)


def record(kind, t_ns, payload, ident=0):
    return struct.pack("<BBBBIq", kind, 0, len(payload), 0, ident, t_ns) + payload


def position(cycle, motor):
    return 33000 + (7 * cycle + 100 * motor) % 4000


def exchange(t_ns, cycle, motor):
    """DaMiao's MIT mode: a position to the motor, and its answer, 50 counts from there."""
    to = position(cycle, motor)
    hear = struct.pack(">BHBBBBB", 0x10 | motor, to + 50, 0x7F, 0xF7, 0xFF, 30 + motor, 35)
    tell = struct.pack(">H", to) + bytes((0x7F, 0xF2, 0x8F, 0x33, 0x37, 0xFF))
    return (record(DATA, t_ns, tell, motor) + record(DATA, t_ns + 100_000, hear, motor + 0x10))


def link(state, tx=0, rx=0):
    return lambda t_ns: record(LINK, t_ns, struct.pack("<BHHI", state, tx, rx, 1_000_000))


def error(ident, data="0000000000000000"):
    return lambda t_ns: record(DATA, t_ns, bytes.fromhex(data), 0x20000000 | ident)


def lost(frames):
    return lambda t_ns: record(LOST, t_ns, struct.pack("<I", frames))


def capture(path, events, silent):
    """An arm at 100 Hz; the events are of cycle AT; a silent one says nothing more."""
    def put(t_ns, data):
        head = struct.pack("<qIHBB", t_ns, len(data), 0, 0, 0)
        f.write(head + struct.pack("<I", zlib.crc32(head)) + data + struct.pack("<I", zlib.crc32(data)))

    word = b"can:can0?robot=yam"
    header = b"PTOPCAP\n" + struct.pack("<HHH", 2, 1, len(word)) + word
    with open(path, "wb") as f:
        f.write(header + struct.pack("<I", zlib.crc32(header)))
        put(1, link(OK)(1))
        for cycle in range(CYCLES):
            t_ns = (cycle + 1) * PERIOD_NS
            for n, event in enumerate(events if cycle == AT else ()):
                put(t_ns + n, event(t_ns + n))
            if cycle < AT or not silent:
                put(t_ns + 1000, b"".join(exchange(t_ns + 1000 * m, cycle, m) for m in MOTORS))


# What happens, whether the motors are silent from then on, and the verdict.
ROWS = (
    ("healthy", (), False, None),
    ("bus-off, as the controller says it", (link(OFF, 256, 0),), True, "fail"),
    ("bus-off, as an error frame", (error(0x40),), True, "fail"),
    ("bus-off, and restarted", (error(0x40), error(0x100)), False, "fail"),
    ("unplugged", (link(GONE),), True, "fail"),
    ("error passive", (link(PASSIVE, 130, 0),), False, "warn"),
    ("error warning", (link(WARNING, 97, 0),), False, "warn"),
    ("error frames", (error(0x08),) * 20, False, "warn"),
    ("frames that the host did not take", (lost(3),), False, "note"),
)


def play(name, events, silent, level):
    path = os.path.join(WORK, name.replace(" ", "-").replace(",", "") + ".cap")
    capture(path, events, silent)
    r = Recording("can-" + os.path.basename(path), f"raw:{path}?speed=max")
    r.process.wait(timeout=120)
    rows = r.ask("SELECT code, subject, level, t_ns, message FROM verdicts ORDER BY t_ns")
    for row in rows:
        print(f"# {row[3] / 1e9:.2f} s {row[2]} {row[0]} {row[1]}: {row[4]}")
    want = [("can-bus", "can0", level)] if level else []
    said = sorted({row[:3] for row in rows if row[0] == "can-bus"})
    report.ok(said == want, f"can, {name}: {level or 'nothing'}", said)
    at_s = ((AT + 1) * PERIOD_NS) / 1e9
    report.ok(all(0 <= row[3] / 1e9 - at_s <= 1.5 for row in rows if row[0] == "can-bus"),
              f"can, {name}: within 1.5 s", rows)
    # A bus that is off has silent motors: that is said of them, too, and of no other.
    other = [row for row in rows if row[0] not in ("can-bus", "motor-status" if silent else "")]
    report.ok(not other, f"can, {name}: and nothing else", other)
    end = AT if silent else CYCLES
    wrong = [row for row in r.ask("SELECT seq, place, sent, got FROM joint_values")
             if row[3] is not None and round((row[3] - row[2]) * 65535 / 25) not in (50, 43, 57)]
    least = r.ask("SELECT count(*) FROM joint_values WHERE got IS NOT NULL")[0][0]
    report.ok(least >= 7 * (end - 2) and not wrong, f"can, {name}: each joint goes on as it was",
              (least, wrong[:3]))


def main():
    for row in ROWS:
        play(*row)
    return report.done()


raise SystemExit(main())
