# SPDX-License-Identifier: Apache-2.0
"""feetech: and dynamixel: on simulated buses: what is recorded is the truth of the simulation."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
from peers import Report
from simbus import SimBus, until

WORK = sys.argv[1]
IDS = range(1, 7)
report = Report()


class Recording:
    """policytop record of one source into a database of its own."""
    count = 0

    def __init__(self, word, *options, starts=True):
        self.command = ["record", "--json", *options, word]
        # An engine that has just ended may have the port for a moment longer.
        until(lambda: self.start() or not starts, f"{word} starts: {getattr(self, 'errors', '')}")

    def start(self):
        Recording.count += 1
        self.db = os.path.join(WORK, f"{Recording.count}.db")
        self.process = subprocess.Popen(
            [os.environ["POLICYTOP"], "--db", self.db, *self.command],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.ready = self.process.stdout.readline()
        if not self.ready:
            self.stop()
        return self.ready

    def ask(self, sql):
        try:
            with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True) as db:
                return db.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []

    def wait_for(self, sql, what):
        """The rows of sql, once there are any."""
        try:
            return until(lambda: self.ask(sql), what, 90)
        except TimeoutError:
            self.stop()
            print(f"# {self.ready} {self.errors}")
            for row in self.ask("SELECT * FROM notes") + self.ask("SELECT * FROM buses")[-3:]:
                print("#", row)
            raise

    def stop(self):
        self.process.terminate()  # does nothing when it has ended
        _, self.errors = self.process.communicate(timeout=60)
        return self


def last_values(recording):
    """Of the last step that has them all: a busy machine makes servos silent for a while."""
    return dict(recording.ask("SELECT joint, got FROM joint_values WHERE seq ="
                              " (SELECT seq FROM joint_values WHERE got IS NOT NULL GROUP BY seq"
                              "  ORDER BY count(*) DESC, seq DESC LIMIT 1)"))


def degrees(motor, ticks):
    return (ticks - (motor["range_min"] + motor["range_max"]) / 2) * 360 / 4095


def share(motor, ticks):
    ticks = min(max(ticks, motor["range_min"]), motor["range_max"])
    return (ticks - motor["range_min"]) / (motor["range_max"] - motor["range_min"])


def near(values, want, tick):
    return values.keys() == want.keys() and all(
        values[k] is not None and abs(values[k] - want[k]) <= tick for k in want)


def measured(bus, word, want, tick, name):
    """The recorded values are those of the truth, motors and bus are healthy."""
    r = Recording(word)
    r.wait_for("SELECT 1 FROM motors WHERE temp_degc > 0 GROUP BY run HAVING"
               " count(DISTINCT joint) = 6", f"{name}: health of six motors")
    r.wait_for("SELECT 1 FROM buses", f"{name}: the bus")
    r.stop()
    truth = bus.truth()
    report.ok(near(last_values(r), want(truth), tick), f"{name}: positions are the truth",
              (last_values(r), want(truth)))
    rows = r.ask("SELECT motor, max(temp_degc), max(voltage_v), max(status), max(torque)"
                 " FROM motors GROUP BY motor")
    report.ok(len(rows) == 6 and all(abs(t - truth[i]["temperature"]) <= 2 and
                                     abs(v - truth[i]["voltage"]) <= 0.2 and
                                     s == "ok" and q == 0 for i, t, v, s, q in rows),
              f"{name}: temperature, voltage, errors and torque are the truth", rows)
    # What is late on a busy machine is not what is tested.
    state, corrupt, stray = r.ask("SELECT state, corrupt, stray FROM buses ORDER BY t_ns LIMIT 1")[0]
    report.ok(state == "ok" and not corrupt and not stray, f"{name}: the bus is well",
              (state, corrupt, stray))
    return r


def arms(bus, kind, robot, body):
    with open(bus.calibration, encoding="utf-8") as f:
        cal = json.load(f)
    tick = 1.01 * max(360 / 4095, 200 / min(m["range_max"] - m["range_min"] for m in cal.values()))

    def want(truth):
        return {f"{j}.pos": 100 * share(m, truth[m["id"]]["position"]) if j == "gripper" else
                body(m, truth[m["id"]]["position"]) for j, m in cal.items()}
    measured(bus, f"{kind}:{bus.link}?robot={robot}&calibration={bus.calibration}", want, tick,
             robot)


def folders(bus):
    """LeRobot's folders of both generations, by the id alone."""
    home = os.path.join(WORK, "calibration")
    os.environ["HF_LEROBOT_CALIBRATION"] = home
    for folder, name in (("so_follower", "new"), ("so101_follower", "old")):
        os.makedirs(os.path.join(home, "robots", folder))
        shutil.copy(bus.calibration, os.path.join(home, "robots", folder, name + ".json"))
    for name in ("new", "old"):
        r = Recording(f"feetech:{bus.link}?id={name}&prefix=left")
        r.wait_for("SELECT 1 FROM steps", f"steps with the calibration {name}")
        r.stop()
        report.ok(r.ask("SELECT robot FROM runs") == [("so101",)] and
                  "left/wrist_flex.pos" in last_values(r), f"id={name} is found",
                  r.ask("SELECT robot FROM runs"))
    r = Recording(f"feetech:{bus.link}?id=none", starts=False)
    report.ok(r.process.returncode not in (0, None) and "no calibration none.json" in r.errors,
              "id=none is not", r.errors)
    r = Recording(f"feetech:{bus.link}?id=../new", starts=False)
    report.ok(r.process.returncode not in (0, None) and "is no robot id" in r.errors,
              "an id is no path", r.errors)
    r = Recording(f"feetech:{bus.link}?robot=koch", starts=False)
    report.ok(r.process.returncode not in (0, None) and "koch has no feetech" in r.errors,
              "a Koch has no Feetech servos", r.errors)


def stranger(bus):
    r = Recording(f"feetech:{bus.link}")
    r.wait_for("SELECT 1 FROM joint_values WHERE got IS NOT NULL GROUP BY seq HAVING count(*) = 6",
               "six servos are found")
    r.stop()
    values, truth = last_values(r), bus.truth()
    report.ok(near(values, {f"motor{i}": truth[i]["position"] for i in IDS}, 1),
              "servos of an unknown robot are found by their ids", values)


def other_calibration(bus):
    with open(bus.calibration, encoding="utf-8") as f:
        cal = json.load(f)
    cal["gripper"]["range_max"] += 5
    path = os.path.join(WORK, "other.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(cal, f)
    r = Recording(f"feetech:{bus.link}?calibration={path}")
    told = r.wait_for("SELECT text FROM notes WHERE text LIKE '%calibration file%'",
                      "a register that differs")
    r.wait_for("SELECT 1 FROM verdicts WHERE code = 'calibration' AND subject = 'gripper.pos'",
               "its verdict")
    r.stop()
    report.ok(told == [(f"gripper.pos (id 6): range_max is {cal['gripper']['range_max'] - 5} in the "
                        f"motor, {cal['gripper']['range_max']} in the calibration file",)],
              "a register that is not as the file says", told)


def in_use(bus):
    with open(bus.link, "rb+", buffering=0):
        r = Recording(f"feetech:{bus.link}?robot=so101", starts=False)
    report.ok(r.process.returncode not in (0, None) and "python" in r.errors and
              str(os.getpid()) in r.errors, "a port in use is refused, and by whom", r.errors)


def replay(bus):
    capture = os.path.join(WORK, "capture")
    r = Recording(f"feetech:{bus.link}?robot=so101", "--capture", capture)
    r.wait_for("SELECT 1 FROM buses GROUP BY run HAVING count(*) > 1", "two seconds")
    r.stop()
    again = Recording(f"raw:{capture}?speed=max")
    again.process.wait(timeout=60)
    same = ("SELECT t_ns, joint, temp_degc, status, torque FROM motors ORDER BY t_ns, joint",
            "SELECT seq, joint, got FROM joint_values ORDER BY seq, joint",
            "SELECT t_ns, transactions, reply_ms FROM buses ORDER BY t_ns")
    live, played = [r.ask(q) for q in same], [again.ask(q) for q in same]
    # What is due is told live after the last bytes, too.
    report.ok(live[1] and live[1] == played[1] and
              all(played[i] and played[i] == live[i][:len(played[i])] for i in (0, 2)) and
              len(live[0]) - len(played[0]) <= 6, "a capture replays to the same motors and positions",
              [(len(a), len(b)) for a, b in zip(live, played)])


def fast(bus):
    r = Recording(f"feetech:{bus.link}?robot=so101&rate=500")
    r.wait_for("SELECT 1 FROM motors WHERE temp_degc > 0 GROUP BY run HAVING"
               " count(DISTINCT joint) = 6", "health of six motors")
    r.stop()
    report.ok(True, "positions as fast as can be leave time for health")


def faults(bus):
    r = Recording(f"feetech:{bus.link}?robot=so101")
    r.wait_for("SELECT 1 FROM steps", "steps")
    bus.order("fault error-bits/3:32")
    told = r.wait_for("SELECT joint, status FROM motors WHERE status != 'ok' LIMIT 1", "overload")
    report.ok(told == [("elbow_flex.pos", "overload")], "an overload is told", told)
    r.wait_for("SELECT 1 FROM verdicts WHERE code IN ('overload', 'motor-status') AND"
               " subject = 'elbow_flex.pos'", "its verdict")
    bus.order("clear")
    r.wait_for("SELECT 1 FROM motors WHERE joint = 'elbow_flex.pos' AND status = 'ok' AND t_ns >"
               " (SELECT max(t_ns) FROM motors WHERE status = 'overload')", "its end")
    report.ok(True, "and its end")
    bus.order("fault silent/4")
    r.wait_for("SELECT 1 FROM notes WHERE text LIKE 'wrist_flex.pos (id 4) does not answer'",
               "a silent motor")
    r.wait_for("SELECT 1 FROM verdicts WHERE code = 'bus-errors'", "its verdict")
    mark = r.ask("SELECT max(seq) FROM steps")[0][0]
    r.wait_for(f"SELECT 1 FROM joint_values WHERE seq > {mark + 20} AND joint = 'gripper.pos' AND"
               " got IS NOT NULL", "the others go on")
    silent = r.ask(f"SELECT count(*) FROM joint_values WHERE seq > {mark + 10} AND"
                   " joint = 'wrist_flex.pos' AND got IS NOT NULL")
    report.ok(silent == [(0,)], "without a silent motor the others go on", silent)
    bus.order("clear")
    r.wait_for(f"SELECT 1 FROM joint_values WHERE seq > {mark} AND joint = 'wrist_flex.pos' AND"
               " got IS NOT NULL", "it answers again")
    report.ok(True, "when it answers again its positions are back")
    bus.order("fault unplug")
    r.wait_for("SELECT 1 FROM notes WHERE text LIKE '%is gone%'", "the unplug")
    bus.order("clear")
    mark = r.ask("SELECT max(seq) FROM steps")[0][0]
    r.wait_for("SELECT 1 FROM notes WHERE text LIKE '%is back%'", "the replug")
    r.wait_for(f"SELECT 1 FROM steps WHERE seq > {mark + 5}", "steps after it")
    report.ok(r.ask("SELECT count(*) FROM buses WHERE state = 'gone'") == [(1,)],
              "unplugged in a packet: gone, and opened again under its name")
    r.stop()


def main():
    bus = SimBus(WORK, "sts")
    arms(bus, "feetech", "so101", degrees)
    folders(bus)
    stranger(bus)
    other_calibration(bus)
    in_use(bus)
    replay(bus)
    fast(bus)
    faults(bus)
    bus.close()
    bus = SimBus(WORK, "dxl")
    arms(bus, "dynamixel", "koch", lambda m, ticks: 200 * share(m, ticks) - 100)
    bus.close()
    return report.done()


sys.exit(main())
