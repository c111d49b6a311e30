# SPDX-License-Identifier: Apache-2.0
"""A program that drives an arm over its servo bus, and keeps all it said and heard: packets are made and
found here by the vendors' descriptions, not by the code under test."""
import errno
import math
import os
import select
import time
import tty

IDS = range(1, 7)


class Sts:
    """Feetech STS: FF FF id length error data checksum."""
    kind, robot, word = "sts", "so101", "feetech"
    block, once = (40, 31), (0, 40)  # what is read in each cycle, and once
    torque, goal, goal_bytes, position, head = 40, 42, 2, 56, 5

    @staticmethod
    def packet(ident, what, *args):
        body = (ident, len(args) + 2, what, *args)
        return bytes((0xFF, 0xFF, *body, ~sum(body) & 0xFF))

    def read(self, ident, place):
        return self.packet(ident, 2, *place)

    def write(self, ident, at, *data):
        return self.packet(ident, 3, at, *data)

    def sync_read(self, at, n):
        return self.packet(0xFE, 0x82, at, n, *IDS)

    def sync_write(self, at, n, values):
        return self.packet(0xFE, 0x83, at, n, *(x for i in IDS for x in (
            i, *values[i].to_bytes(n, "little"))))

    @staticmethod
    def reply_bytes(n):
        return n + 6

    @staticmethod
    def find(p):
        """(id, data, bytes used) of a whole reply at the begin of p; None."""
        if len(p) < 6 or p[:2] != b"\xff\xff" or p[2] == 0xFF:
            return None
        end = p[3] + 4
        if p[3] < 2 or len(p) < end or ~sum(p[2:end - 1]) & 0xFF != p[end - 1]:
            return None
        return p[2], p[5:end - 1], end

    @staticmethod
    def value(raw):
        size = int.from_bytes(raw, "little")
        return -(size & 0x7FFF) if size & 0x8000 else size


class Dxl:
    """Dynamixel 2.0: FF FF FD 00 id length instruction data CRC."""
    kind, robot, word = "dxl", "koch", "dynamixel"
    block, once = (64, 84), (0, 64)
    torque, goal, goal_bytes, position, head = 64, 116, 4, 132, 9

    @staticmethod
    def crc(p):
        crc = 0
        for byte in p:
            crc ^= byte << 8
            for _ in range(8):
                crc = (crc << 1 ^ 0x8005 if crc & 0x8000 else crc << 1) & 0xFFFF
        return crc.to_bytes(2, "little")

    def packet(self, ident, what, *args):
        body = bytes((what, *args)).replace(b"\xff\xff\xfd", b"\xff\xff\xfd\xfd")
        p = b"\xff\xff\xfd\x00" + bytes((ident,)) + (len(body) + 2).to_bytes(2, "little") + body
        return p + self.crc(p)

    def read(self, ident, place):
        return self.packet(ident, 2, place[0], 0, place[1], 0)

    def write(self, ident, at, *data):
        return self.packet(ident, 3, at, 0, *data)

    def sync_read(self, at, n):
        return self.packet(0xFE, 0x82, at, 0, n, 0, *IDS)

    def sync_write(self, at, n, values):
        return self.packet(0xFE, 0x83, at, 0, n, 0, *(x for i in IDS for x in (
            i, *values[i].to_bytes(n, "little"))))

    @staticmethod
    def reply_bytes(n):
        return n + 11

    def find(self, p):
        if len(p) < 11 or p[:4] != b"\xff\xff\xfd\x00" or p[7] != 0x55:
            return None
        end = int.from_bytes(p[5:7], "little") + 7
        if len(p) < end or self.crc(p[:end - 2]) != p[end - 2:end]:
            return None
        return p[4], p[9:end - 2].replace(b"\xff\xff\xfd\xfd", b"\xff\xff\xfd"), end

    @staticmethod
    def value(raw):
        return int.from_bytes(raw, "little", signed=True)


STS, DXL = Sts(), Dxl()


class Loop:
    """
    A control loop at 50 Hz. health: it reads all of a servo in each cycle, else positions alone, as
    LeRobot does. Each cycle's goals are its own: goal(n, id), or a slow wave.
    """

    def __init__(self, wire, path, health=True, goal=None):
        self.wire, self.goal = wire, goal or self.wave
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        os.set_blocking(self.fd, False)
        self.block = wire.block if health else (wire.position, wire.goal_bytes)
        self.said, self.heard = bytearray(), bytearray()
        self.cycles = []  # (begin ns, end ns, {id: position}, {id: goal})
        self.worst_ms, self.lost = 0.0, None
        self.patience_s = 20.0  # for healthy replies: a busy machine is slow
        self.due = time.monotonic()

    @staticmethod
    def wave(n, ident):
        """Joint 5 counts, so that no cycle's goals are another's."""
        base = {1: 2047, 2: 1100, 3: 2800, 4: 2600, 5: 1900, 6: 2300}[ident]
        return base + (n if ident == 5 else round(250 * math.sin(n / 16)) if n else 0)

    def send(self, p):
        self.said += p
        os.write(self.fd, p)

    def found(self, p):
        """{id: data} of the whole replies in p; of two with one id the first."""
        got, at = {}, 0
        while at < len(p):
            reply = self.wire.find(p[at:])
            if reply:
                got.setdefault(*reply[:2])
            at += reply[2] if reply else 1
        return got

    def receive(self, n, want):
        """The replies to what n bytes are awaited for: all that are wanted, all bytes, or too late."""
        p, end = b"", time.monotonic() + self.patience_s
        while len(p) < n and not want <= self.found(p).keys():
            wait = end - time.monotonic()
            if wait <= 0 or not select.select([self.fd], [], [], wait)[0]:
                break
            p += self.read()
        return self.found(p)

    def read(self):
        some = os.read(self.fd, 4096)
        if not some:
            raise OSError(errno.EIO, "the end")
        self.heard += some
        return some

    def ask(self, request, n, targets):
        while select.select([self.fd], [], [], 0)[0]:
            self.read()  # what came too late
        begin = time.monotonic()
        self.send(request)
        got = self.receive(n, set(targets))
        if set(targets) <= got.keys():
            self.worst_ms = max(self.worst_ms, 1e3 * (time.monotonic() - begin))
        return got

    def connect(self):
        """Who is there, what it is, and torque."""
        w = self.wire
        for i in IDS:
            for request, n in ((w.read(i, w.once), w.reply_bytes(w.once[1])),
                               (w.write(i, w.torque, 1), w.reply_bytes(0))):
                if i not in self.ask(request, n, [i]):
                    raise TimeoutError(f"servo {i} does not answer")
        return self

    def run(self, n):
        """n cycles; ends early when the port is lost."""
        for _ in range(n):
            try:
                self.cycle()
            except OSError as e:
                self.lost = errno.errorcode[e.errno]
                return
            self.due = max(self.due + 0.02, time.monotonic())
            time.sleep(max(0, self.due - time.monotonic()))

    def cycle(self):
        w, begin, n = self.wire, time.monotonic_ns(), len(self.cycles)
        got = self.ask(w.sync_read(*self.block), 6 * w.reply_bytes(self.block[1]), IDS)
        at = w.position - self.block[0]
        goal = {i: self.goal(n, i) for i in IDS}
        self.send(w.sync_write(w.goal, w.goal_bytes, goal))
        self.cycles.append((begin, time.monotonic_ns(),
                            {i: w.value(d[at:at + w.goal_bytes]) for i, d in got.items()
                             if len(d) == self.block[1]}, goal))

    def drain(self):
        """What is still on its way."""
        while select.select([self.fd], [], [], 0.3)[0]:
            self.read()

    def close(self):
        os.close(self.fd)
