# SPDX-License-Identifier: Apache-2.0
"""Six STS3215 servos on a pseudo-terminal, enough for LeRobot's so101_follower.

    arm.py LINK CALIBRATION LOG

LINK becomes a symbolic link to the terminal. LOG gets a line per packet: CLOCK_MONOTONIC seconds,
`>` to the servos or `<` from them, the bytes in hex. Ends on SIGTERM.
"""
import json
import math
import os
import signal
import struct
import sys
import time
import tty

PING, READ, WRITE, SYNC_READ, SYNC_WRITE = 1, 2, 3, 0x82, 0x83
MODEL, ID, RANGE, HOMING, TORQUE, GOAL, POSITION = 3, 5, 9, 31, 40, 42, 56
BYTE_S = 1e-5  # 1 Mbit/s
LAG_S = 0.08   # a position follows its goal with this lag
REST = {1: 2047, 2: 900, 3: 3000, 4: 2800, 5: 2047, 6: 2040}


class Servo:
    def __init__(self, id_, cal):
        self.id, self.at = id_, float(REST[id_])
        self.mem = bytearray(128)
        self.mem[0], self.mem[1], self.mem[ID], self.mem[55] = 3, 10, id_, 1
        offset = cal["homing_offset"]
        for addr, v in ((MODEL, 777), (RANGE, cal["range_min"]), (RANGE + 2, cal["range_max"]),
                        (HOMING, offset if offset >= 0 else 1 << 11 | -offset), (GOAL, self.at)):
            struct.pack_into("<H", self.mem, addr, int(v))
        self.mem[62], self.mem[63] = 74, 31
        self.move(0)

    def move(self, dt):
        low, high = struct.unpack_from("<HH", self.mem, RANGE)
        goal, = struct.unpack_from("<H", self.mem, GOAL)
        goal = -(goal & 0x7fff) if goal >> 15 else goal
        if self.mem[TORQUE] == 1:
            self.at += (min(max(goal, low), high) - self.at) * (1 - math.exp(-dt / LAG_S))
        struct.pack_into("<H", self.mem, POSITION, max(0, round(self.at)))

    def status(self, data=b""):
        p = bytes([self.id, len(data) + 2, 0]) + data
        return b"\xff\xff" + p + bytes([~sum(p) & 255])


class Arm:
    def __init__(self, calibration):
        self.servo = {c["id"]: Servo(c["id"], c) for c in calibration.values()}
        self.t = time.monotonic()

    def answer(self, p):
        now = time.monotonic()
        for s in self.servo.values():
            s.move(now - self.t)
        self.t = now
        to, what, args = p[2], p[4], p[5:-1]
        if what == SYNC_READ:
            a, n = args[0], args[1]
            return b"".join(self.servo[i].status(bytes(self.servo[i].mem[a:a + n]))
                            for i in args[2:] if i in self.servo)
        if what == SYNC_WRITE:
            a, n = args[0], args[1]
            for k in range(2, len(args), n + 1):
                if args[k] in self.servo and a + n <= 128:
                    self.servo[args[k]].mem[a:a + n] = args[k + 1:k + 1 + n]
            return b""
        s = self.servo.get(to)
        if s is None:
            return b""
        if what == READ:
            return s.status(bytes(s.mem[args[0]:args[0] + args[1]]))
        if what == WRITE and args[0] + len(args) - 1 <= 128:
            s.mem[args[0]:args[0] + len(args) - 1] = args[1:]
        return s.status()


def serve(master, arm, log):
    buf = b""
    while True:
        buf += os.read(master, 4096)
        while True:
            k = buf.find(b"\xff\xff")
            buf = buf[k:] if k >= 0 else buf[-1:]
            if len(buf) < 4 or len(buf) < buf[3] + 4:
                break
            p, buf = buf[:buf[3] + 4], buf[buf[3] + 4:]
            if ~sum(p[2:-1]) & 255 != p[-1]:
                continue
            log.write("%.6f > %s\n" % (time.monotonic(), p.hex(" ")))
            r = arm.answer(p)
            time.sleep((len(p) + len(r)) * BYTE_S)
            if r:
                os.write(master, r)
                log.write("%.6f < %s\n" % (time.monotonic(), r.hex(" ")))


def main():
    link, calibration, path = sys.argv[1:]
    master, slave = os.openpty()  # the slave stays open: no hang-up between two programs
    tty.setraw(slave)
    with open(calibration) as f, open(path, "w", buffering=1) as log:
        arm = Arm(json.load(f))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        if os.path.islink(link):
            os.unlink(link)
        os.symlink(os.ttyname(slave), link)
        try:
            serve(master, arm, log)
        finally:
            os.unlink(link)


main()
