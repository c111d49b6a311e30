# SPDX-License-Identifier: Apache-2.0
"""The serial tap as a wire: bytes, baud rates, purges and ends are those of the port."""
import fcntl
import hashlib
import os
import random
import struct
import subprocess
import sys
import termios
import threading

from peers import Report, until
from ports import Device, RUNTIME, Tap, baud, fate, read_some, set_baud, waiting

report = Report()
work = sys.argv[1]
pick = random.Random(5)


def exchange(device, client, n=0):
    """A request and its reply, as of a bus; what the program got."""
    request, reply = b"\xff\xff\x01" + bytes([n % 256]) * 11, b"\xff\xff\x02" + bytes([n % 256]) * 45
    os.write(client, request)
    if device.read(len(request)) != request:
        return "the request did not arrive"
    device.send(reply)
    got = read_some(client, len(reply))
    return "" if got == reply else repr(got)


def pour(write, read, pieces, total):
    """Sends pieces on one side; both digests."""
    sent, got = hashlib.sha256(), hashlib.sha256()

    def send():
        for piece in pieces:
            sent.update(piece)
            write(piece)

    thread = threading.Thread(target=send)
    thread.start()
    left = total
    while left and (some := read(min(left, 4096))):
        got.update(some)
        left -= len(some)
    thread.join()
    return sent.hexdigest(), got.hexdigest()


def bytes_are_the_same(device, tap):
    pieces = [pick.randbytes(pick.randint(1, 4000)) for _ in range(300)]
    pieces += [bytes(range(256))] * 4 + [bytes([n]) for n in range(256)]
    total = sum(map(len, pieces))
    client = tap.open()

    def write(data):
        while data:
            data = data[os.write(client, data):]

    up = pour(write, device.read, pieces, total)
    report.ok(up[0] == up[1], f"{total} bytes to the device in pieces of all sizes", up)
    down = pour(device.send, lambda n: read_some(client, n), pieces, total)
    report.ok(down[0] == down[1], "and as many to the program", down)
    bad = [e for n in range(1000) if (e := exchange(device, client, n))]
    report.ok(not bad, "1000 requests and their replies", bad[:3])
    os.close(client)


def unheard(device, tap, data):
    """The device says something while no program is there."""
    before = tap.bytes_read()
    device.send(data)
    until(lambda: tap.bytes_read() >= before + len(data))


def stale_bytes(device, tap):
    unheard(device, tap, b"before anybody was there")
    client = tap.open()
    bad = exchange(device, client)
    report.ok(not bad, "what came while no program was there is not given to the next one", bad)
    device.send(b"left unread")
    until(lambda: waiting(client) == 11)
    os.close(client)
    until(lambda: clients() == "0")
    client = tap.open()
    report.ok(waiting(client) == 0, "nor is what the one before did not read")
    bad = exchange(device, client)
    report.ok(not bad, "which finds the line in order", bad)
    os.close(client)


def clients():
    out = subprocess.run([os.environ["POLICYTOP"], "status", "--json"], capture_output=True,
                         text=True, check=False).stdout
    return out.split('"clients":')[1].split(",")[0] if '"clients":' in out else ""


def rates(device, tap):
    client = tap.open()
    report.ok(baud(device.master) == 1000000, "1 Mbaud unless the program says otherwise",
              baud(device.master))
    for rate in (57600, 128000, 250000, 4000000, 1000000):
        set_baud(client, rate)
        bad = exchange(device, client)
        report.ok(not bad and baud(device.master) == rate,
                  f"{rate} baud are set before a byte goes out", (bad, baud(device.master)))
    t = termios.tcgetattr(client)
    t[2] |= termios.CSTOPB
    termios.tcsetattr(client, termios.TCSANOW, t)
    exchange(device, client)
    now = termios.tcgetattr(device.master)[2]
    report.ok(now & termios.CSTOPB, "stop bits, too")
    os.close(client)


def cooked(device, tap):
    """A program that leaves the line as a terminal."""
    client = tap.open()
    exchange(device, client)
    t = termios.tcgetattr(client)
    t[3] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(client, termios.TCSANOW, t)
    os.close(client)
    until(lambda: clients() == "0")
    client = tap.open()
    bad = exchange(device, client)
    report.ok(not bad, "a program that left an echo behind disturbs nobody", bad)
    os.close(client)


def selfish(device, tap):
    """A program that keeps others out, and leaves."""
    client = tap.open()
    exchange(device, client)
    fcntl.ioctl(client, termios.TIOCEXCL)
    os.close(client)
    until(lambda: clients() == "0")
    client = tap.open()
    held = struct.unpack("i", fcntl.ioctl(client, 0x80045440, bytes(4)))[0]  # TIOCGEXCL
    report.ok(not held, "a program that keeps others out does so while it is there")
    os.close(client)


def purges(device, tap):
    client = tap.open()
    device.send(b"a late reply")
    until(lambda: waiting(client) == 12)
    termios.tcflush(client, termios.TCIFLUSH)
    bad = exchange(device, client)
    report.ok(not bad, "input that the program throws away is gone", bad)
    tap.stop()
    device.send(b"one that is still in the port")
    until(lambda: waiting(device.port) == 29)
    termios.tcflush(client, termios.TCIFLUSH)
    tap.go_on()
    bad = exchange(device, client)
    report.ok(not bad, "also where the tap had not read it yet", bad)
    os.close(client)


def late_purge():
    """The purge before a request is done before it, however late the kernel tells of it (late.c)."""
    device = Device(os.path.join(work, "late"))
    tap = Tap(device, "late", program=os.path.join(os.environ["TOP_BUILDDIR"], "tests/tap/late"))
    client = tap.open()
    exchange(device, client)
    tap.stop()
    device.send(b"a late reply")
    until(lambda: waiting(device.port) == 12)
    termios.tcflush(client, termios.TCIFLUSH)
    os.write(client, b"a request")
    tap.go_on()
    asked = device.read(9)
    device.send(b"its reply")
    got = read_some(client, 9, 5)
    report.ok(asked == b"a request" and got == b"its reply",
              "a purge that is told late takes no reply along to what was asked after it", got)
    os.close(client)
    tap.end()


def vanishing(device, tap):
    client = tap.open()
    os.write(client, b"\xff\xff\x01half")
    os.close(client)
    report.ok(device.read(7) == b"\xff\xff\x01half", "what a program wrote before it left is sent")
    until(lambda: clients() == "0")
    unheard(device, tap, b"the reply that nobody waits for")
    client = tap.open()
    bad = exchange(device, client)
    report.ok(not bad, "a program that dies in mid-packet leaves nothing behind", bad)
    other = tap.open()
    os.close(other)
    bad = exchange(device, client)
    report.ok(not bad and clients() == "1", "somebody who looks in and leaves ends nothing", bad)
    os.close(client)


def slow(device, tap):
    """The program does not read: the device waits, as it would, and nothing is lost."""
    client = tap.open()
    exchange(device, client)
    sent = 0
    block = pick.randbytes(1 << 20)
    try:
        while sent < len(block):
            sent += os.write(device.master, block[sent:sent + 4096])
    except BlockingIOError:
        pass
    done = threading.Thread(target=lambda: device.send(block[sent:]))
    done.start()
    report.ok(sent < len(block), "a program that does not read makes the device wait", sent)
    got = read_some(client, len(block), 60)
    done.join()
    report.ok(got == block, "and then reads all of it in order", len(got))
    os.close(client)


def unplugging(device, tap):
    client = tap.open()
    exchange(device, client)
    old = os.readlink(tap.link)
    os.write(client, b"\xff\xff\x01")
    device.read(3)
    device.send(b"\xff\xff\x02half of a reply")
    until(lambda: waiting(client) == 18)
    device.unplug()
    end = fate(client)
    report.ok(end == ("b''", "EIO"), "unplugged in mid-packet, the program sees what a port says",
              end)
    report.ok(until(lambda: not os.path.lexists(tap.link)), "and its link is gone")
    report.ok(clients() == "0" and '"pty":null' in status(), "which status shows")
    device.plug()
    report.ok(until(lambda: os.path.lexists(tap.link)), "plugged in again, the link is there")
    again = tap.open()
    bad = exchange(device, again)
    report.ok(not bad, "and leads to the device", bad)
    report.ok(fate(client, 0)[1] == "EIO", "who has the old one still has nothing", old)
    os.close(client)
    os.close(again)


def status():
    return subprocess.run([os.environ["POLICYTOP"], "status", "--json"], capture_output=True,
                          text=True, check=False).stdout


def gone_for_good():
    """The number of a pseudo terminal is used again: what has it then is another device."""
    device = Device(os.path.join(work, "pts"))
    name = os.readlink(device.path)
    tap = Tap(type("Path", (), {"path": name}), "pts")
    client = tap.open()
    device.unplug()
    fate(client)
    os.close(client)
    others = [Device(os.path.join(work, f"other{n}")) for n in range(8)]
    again = [d for d in others if os.readlink(d.path) == name]
    tap.settle()
    report.ok(not os.path.lexists(tap.link), f"a number that is used again is not taken ({len(again)})")
    tap.end()
    for d in others:
        d.unplug()


def names(device):
    other = Device(os.path.join(work, "other"))
    second = Tap(other, "arm")
    report.ok(second.line.startswith("error 16 ") and "link=" in second.line,
              "a name is one tap's at a time", second.line)
    path = os.path.join(RUNTIME, "mine")
    with open(path, "w", encoding="ascii") as f:
        f.write("x")
    second = Tap(other, "mine")
    report.ok(second.line.startswith("error 17 ") and os.path.isfile(path),
              "a file of somebody's is left alone", second.line)
    os.unlink(path)
    os.symlink(work, path)
    second = Tap(other, "mine")
    report.ok(second.line.startswith("error 17 ") and os.readlink(path) == work,
              "as is a link to something else", second.line)
    os.unlink(path)
    os.symlink("/dev/pts/99999", path)
    second = Tap(other, "mine")
    report.ok(second.line.startswith(f"ready {path} ") and
              os.readlink(path) != "/dev/pts/99999", "a stale link is replaced", second.line)
    second.process.kill()
    second.process.wait()
    report.ok(os.path.islink(path), "a tap that is killed leaves its link")
    second = Tap(other, "mine")
    client = second.open()
    bad = exchange(other, client)
    report.ok(not bad, "which the next one puts right", bad)
    os.close(client)
    second.end()
    for name in ("../x", "", ".x", "taps", "a.sock", "a b", "x" * 65):
        second = Tap(other, name)
        report.ok(second.line.startswith("error 22 "), f"'{name[:8]}' is no name", second.line)
    second = Tap(device, "second")
    report.ok(second.line.startswith("error 16 "), "a port is one tap's at a time", second.line)


def busy():
    """Another program has the port, with no lock, as those for servos do."""
    device = Device(os.path.join(work, "busy"))
    holder = subprocess.Popen([sys.executable, "-c", "import os, sys\n"
                               "fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
                               "print('open', flush=True)\nsys.stdin.read()", device.path],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdout.readline()
    tap = Tap(device, "busy")
    report.ok(tap.line.startswith("error 16 ") and f"(pid {holder.pid})" in tap.line,
              "a port that a program has open is refused by that program's name", tap.line)
    holder.stdin.close()
    holder.wait()
    tap = Tap(device, "busy")
    report.ok(tap.line.startswith("ready "), "once that has ended, it is not", tap.line)
    tap.end()
    tap = Tap(type("None", (), {"path": os.path.join(work, "none")}), "busy")
    report.ok(tap.line.startswith("error 2 "), "nor is one that is not there", tap.line)


def main():
    device = Device(os.path.join(work, "device"))
    tap = Tap(device)
    report.ok(tap.line.startswith(f"ready {tap.link} "), "it says where programs find it", tap.line)
    idle = len(os.listdir(f"/proc/{tap.process.pid}/fd"))
    bytes_are_the_same(device, tap)
    stale_bytes(device, tap)
    rates(device, tap)
    cooked(device, tap)
    selfish(device, tap)
    purges(device, tap)
    vanishing(device, tap)
    slow(device, tap)
    unplugging(device, tap)
    gone_for_good()
    late_purge()
    names(device)
    busy()
    until(lambda: len(os.listdir(f"/proc/{tap.process.pid}/fd")) == idle, 5)
    report.ok(len(os.listdir(f"/proc/{tap.process.pid}/fd")) == idle,
              "no descriptor is left open")
    report.ok(tap.process.poll() is None, "it goes on after all of that")
    tap.end()
    report.ok(not os.path.lexists(tap.link), "and takes its link along when it ends")
    return report.done()


sys.exit(main())
