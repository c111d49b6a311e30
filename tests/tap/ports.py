# SPDX-License-Identifier: Apache-2.0
"""What the tests of serial taps share: a device that can be unplugged, its taps, and programs that
open them."""
import array
import errno
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from peers import TAP, until

RUNTIME = os.path.join(os.environ["XDG_RUNTIME_DIR"], "policytop")
TCGETS2, TCSETS2, BOTHER, CBAUD = 0x802C542A, 0x402C542B, 0o10000, 0o10017


def baud(fd):
    """The rate, as set on either side of a pseudo terminal."""
    return struct.unpack("11I", fcntl.ioctl(fd, TCGETS2, bytes(44)))[10]


def set_baud(fd, rate):
    t = list(struct.unpack("4I20s2I", fcntl.ioctl(fd, TCGETS2, bytes(44))))
    t[2] = t[2] & ~CBAUD | BOTHER
    t[5] = t[6] = rate
    fcntl.ioctl(fd, TCSETS2, struct.pack("4I20s2I", *t))


def waiting(fd):
    """Bytes that can be read at once."""
    n = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, n)
    return n[0]


def read_some(fd, n, seconds=60):
    """n bytes, or as many as come in time."""
    got = b""
    end = time.monotonic() + seconds
    while len(got) < n and time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            some = os.read(fd, n - len(got))
            if not some:
                break
            got += some
    return got


def fate(fd, seconds=60):
    """How a port ends for who has it open: what a read and a write say."""
    until(lambda: select.select([fd], [], [], 0)[0] and not waiting_or_gone(fd), seconds)
    try:
        read = repr(os.read(fd, 1))
    except OSError as e:
        read = errno.errorcode[e.errno]
    try:
        os.write(fd, b"x")
        return read, "taken"
    except OSError as e:
        return read, errno.errorcode[e.errno]


def waiting_or_gone(fd):
    try:
        return waiting(fd)
    except OSError:
        return 0


class Device:
    """A serial device at a path of its own, as udev makes them: a link to where it is now."""

    def __init__(self, path):
        self.path = path
        self.master = self.port = -1
        self.plug()

    def plug(self):
        self.master, self.port = pty.openpty()  # the port is never read here
        name = os.ttyname(self.port)
        os.set_blocking(self.master, False)
        os.symlink(name, self.path + ".new")
        os.rename(self.path + ".new", self.path)

    def unplug(self):
        os.unlink(self.path)
        os.close(self.master)
        os.close(self.port)

    def send(self, data):
        """Waits while there is no room."""
        while data:
            select.select([], [self.master], [], 20)
            data = data[os.write(self.master, data):]

    def read(self, n, seconds=60):
        return read_some(self.master, n, seconds)


class Tap:
    def __init__(self, device, name="arm", *options, program=TAP):
        self.process = subprocess.Popen([program, *options, "--link", name, device.path],
                                        stdout=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline().strip()
        self.link = os.path.join(RUNTIME, name)

    def open(self):
        """A program opens the port; in what state it is then is the program's business."""
        return os.open(self.link, os.O_RDWR | os.O_NOCTTY)

    def bytes_read(self):
        """By its process, so far."""
        with open(f"/proc/{self.process.pid}/io", encoding="ascii") as f:
            return int(f.readline().split()[1])

    def settle(self):
        """So long that it has looked for its device."""
        end = time.monotonic() + 0.5
        until(lambda: time.monotonic() > end or os.path.lexists(self.link))

    def state(self):
        """Of its process, by one letter."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0]

    def stop(self):
        """It stands still from now on, with nothing in its hands."""
        until(lambda: self.state() == "S")
        self.process.send_signal(signal.SIGSTOP)
        until(lambda: self.state() == "T")

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        self.process.terminate()
        self.process.wait()
