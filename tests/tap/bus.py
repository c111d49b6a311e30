# SPDX-License-Identifier: Apache-2.0
"""`policytop record tap:…` on simulated buses: what the engine makes of what the port does."""
import json
import os
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
from peers import Report, until
from ports import fate, read_some
from simbus import SimBus

report = Report()
work = sys.argv[1]
IDS = range(1, 7)


def packet(*body):
    return bytes([0xFF, 0xFF, *body, ~sum(body) & 0xFF])


def cycle(port, goal):
    """Positions are read, goals are written, as LeRobot does."""
    os.write(port, packet(0xFE, 10, 0x82, 56, 2, *IDS))
    if len(read_some(port, 48)) != 48:
        raise TimeoutError("no positions")
    low, high = goal & 255, goal >> 8
    os.write(port, packet(0xFE, 22, 0x83, 42, 2, *(x for i in IDS for x in (i, low, high))))


class Recording:
    def __init__(self, *sources):
        self.db = os.path.join(work, "runs.db")
        self.process = subprocess.Popen(
            [os.environ["POLICYTOP"], "--db", self.db, "record", "--json", *sources],
            stdout=subprocess.PIPE, text=True)
        self.address = [s["address"] for s in json.loads(self.process.stdout.readline())["sources"]]

    def has(self, least, query, *values):
        """Waits until a query counts so many."""
        def enough():
            try:
                with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True) as store:
                    return store.execute(f"SELECT count(*) FROM {query}", values).fetchone()[0] >= least
            except sqlite3.OperationalError:
                return False
        return until(enough, 60)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return json.loads(self.process.communicate(timeout=60)[0].splitlines()[-1])


def taps():
    out = subprocess.run([os.environ["POLICYTOP"], "status", "--json"], stdout=subprocess.PIPE,
                         check=True).stdout
    return json.loads(out)["taps"]


def two_arms(recording, ports):
    for n in range(40):
        for port in ports:
            cycle(port, 2048 + n)
    # The first arm has the ticks; the other is what it was at each of them.
    for side, least in (("left", 40), ("right", 20)):
        joint = f"{side}/shoulder_pan.pos"
        report.ok(recording.has(least, "joint_values WHERE joint = ? AND sent >= 2048", joint),
                  f"goals of the {side} arm are those of {joint}")
    links = {t["link"]: t for t in taps()}
    report.ok(sorted(links) == sorted(recording.address) and
              all(t["pty"].startswith("/dev/pts/") and t["listen"] is None and t["clients"] == 1
                  for t in links.values()), "status lists both taps, their links and terminals", links)


def stranger(recording, bus):
    other = subprocess.Popen([sys.executable, "-c", "import os, sys\n"
                              "fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
                              "print('open', flush=True)\nsys.stdin.read()", bus.link],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if other.stdout.readline() != "open\n":
        report.ok(os.geteuid() != 0, "who is not root cannot open the port past the tap")
        other.stdin.close()
        other.wait()
        return
    report.ok(recording.has(1, "buses WHERE bus = 'left/l' AND openers = 1") and
              recording.has(1, "notes WHERE text LIKE ?", f"%(pid {other.pid}) opened %"),
              "who opens the port past the tap is told by name")
    other.stdin.close()
    other.wait()
    report.ok(recording.has(1, "buses WHERE bus = 'left/l' AND openers = 0"),
              "and that it has left")


def cable(recording, bus, port):
    """The cable comes off in the middle of a reply."""
    bus.order("fault unplug/3:5")
    os.write(port, packet(0xFE, 10, 0x82, 56, 2, *IDS))
    end = fate(port)
    report.ok(end[1] == "EIO", "unplugged in mid-packet, the program sees an error of its port", end)
    report.ok(recording.has(1, "buses WHERE bus = 'left/l' AND state = 'gone'") and
              recording.has(1, "notes WHERE text LIKE '% was unplugged'"), "and the run tells")
    bus.order("clear")
    link = recording.address[0]
    report.ok(until(lambda: os.path.lexists(link), 60), "plugged in again, its link is back")
    again = os.open(link, os.O_RDWR | os.O_NOCTTY)
    for n in range(20):
        cycle(again, 3000 + n)
    report.ok(recording.has(20, "joint_values WHERE joint = 'left/gripper.pos' AND sent >= 3000"),
              "and the run goes on")
    os.close(again)


def started_alone(bus):
    """policytop tap: the tap is there before its engine."""
    out = subprocess.run([os.environ["POLICYTOP"], "tap", "--json", f"tap:{bus.link}?link=alone"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    told = json.loads(out or "{}")
    report.ok(told.get("place", "").endswith("/policytop/alone"), "a tap is started alone", told)
    port = os.open(told["place"], os.O_RDWR | os.O_NOCTTY)
    cycle(port, 2100)
    recording = Recording(f"tap:{bus.link}?link=alone&robot=so101&norm=ticks")
    cycle(port, 2101)
    report.ok(recording.has(1, "joint_values WHERE sent = 2101") and
              [t["pid"] for t in taps()] == [told["pid"]], "and its engine goes on with it")
    os.close(port)
    recording.end()
    report.ok(until(lambda: not taps()), "both end")


def main():
    left, right = SimBus(work, "sts"), SimBus(work, "sts")
    recording = Recording(f"tap:{left.link}?link=l&robot=so101&norm=ticks&prefix=left",
                          f"tap:{right.link}?link=r&robot=so101&norm=ticks&prefix=right")
    ports = [os.open(a, os.O_RDWR | os.O_NOCTTY) for a in recording.address]
    two_arms(recording, ports)
    stranger(recording, left)
    cable(recording, left, ports[0])
    for port in ports:
        os.close(port)
    result = recording.end()
    report.ok(result["dropped"] == 0 and result["bad_lines"] <= 1,
              "nothing was dropped, and the only bad packet is the one that was cut", result)
    report.ok(until(lambda: not taps()), "the taps end with their engine and their programs")
    os.unlink(recording.db)
    started_alone(right)
    left.close()
    right.close()
    return report.done()


sys.exit(main())
