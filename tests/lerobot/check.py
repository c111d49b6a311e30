# SPDX-License-Identifier: Apache-2.0
"""
policytop and the real LeRobot: what is in the database is what LeRobot itself knows, from three
sides: the packets on the arm's bus, a witness inside (plugins/lerobot_camera_sim), and the dataset
that LeRobot writes.    check.py ROOT WORK [SCENARIO...]
"""
import json
import os
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SRC, POLICYTOP = os.environ["TOP_SRCDIR"], os.environ["POLICYTOP"]
ROOT, WORK = sys.argv[1:3]
HOOK = SRC + "/src/client/python"
JOINTS = [j + ".pos" for j in ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex",
                               "wrist_roll", "gripper")]
REST = [0.0, -95.0, 90.0, 65.0, 0.0, 2.0]
STD = [12.0, 15.0, 15.0, 15.0, 20.0, 15.0]
TASK = "pick up the cube"
count = [0, 0]


def ok(good, what):
    count[0] += 1
    count[1] += not good
    print(f"{'ok' if good else 'not ok'} {count[0]} - {what}", flush=True)
    return good


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def quick():
    """LeRobot and the arm share this machine with other work: they come first where we may."""
    try:
        os.nice(-15)
    except OSError:
        pass


class Run:
    """One run of LeRobot's program, and what policytop made of it."""

    def __init__(self, name, *args, policy="act", hook=True, size=(64, 48), env=(), limit_s=90,
                 interrupt_at=None, program=("lerobot-rollout", "--robot.num_read_retries=20",
                                             f"--task={TASK}")):
        self.name, self.db = name, f"{WORK}/{name}.db"
        recorder = self.record() if hook else None
        inside = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": WORK, "LANG": "C.UTF-8",
                  "WORK": WORK, "WITNESS": f"{WORK}/{name}.witness", **dict(env)}
        if hook:
            inside.update(HOOK=HOOK, POLICYTOP_HOOK=WORK + "/hook.sock")
        words = [*program, f"--policy.path={WORK}/{policy}", "--robot.type=so101_follower",
                 f"--robot.port={WORK}/arm", "--robot.id=sim",
                 "--robot.cameras={ front: {type: sim,"
                 f" width: {size[0]}, height: {size[1]}, fps: 30}}}}"]
        began = time.monotonic()
        p = subprocess.Popen(["chroot", ROOT, "bash", HERE + "/inside.sh", name, policy, *words,
                              *args], env=inside, preexec_fn=quick, start_new_session=True)
        try:
            if interrupt_at:
                self.interrupt(p, interrupt_at)
            self.status = p.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            self.status = "too long"
        self.took_s = time.monotonic() - began
        if recorder:
            recorder.send_signal(signal.SIGINT)
            self.json = json.loads(recorder.communicate(timeout=20)[0].splitlines()[-1])
            self.recorded = recorder.returncode
            self.sql = sqlite3.connect(self.db)
        print(f"# {name}: exit {self.status}, {self.took_s:.1f} s", flush=True)
        if self.status not in (0, "too long"):
            print("# " + self.text("out")[-1500:].replace("\n", "\n# "))

    def record(self):
        p = subprocess.Popen([POLICYTOP, "--db", self.db, "record", f"hook:{WORK}/hook.sock",
                              "--json", "--capture", f"{WORK}/{self.name}.capture"],
                             stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "XDG_RUNTIME_DIR": WORK, "HOME": WORK})
        assert json.loads(p.stdout.readline())["ready"]
        return p

    def interrupt(self, p, actions):
        """SIGINT, once, when so many actions were sent."""
        end = time.monotonic() + 60
        while self.text("bus", True).count(" fe ") < actions and time.monotonic() < end:
            if p.poll() is not None:
                return
            time.sleep(0.1)
        os.kill(int(self.text("pid")), signal.SIGINT)

    def text(self, suffix, missing=False):
        try:
            with open(f"{WORK}/{self.name}.{suffix}") as f:
                return f.read()
        except FileNotFoundError:
            if missing:
                return ""
            raise

    def all(self, query, *args):
        return self.sql.execute(query, args).fetchall()

    # What others know

    def bus(self):
        """[(seconds, raw goals)] of every goal that was written, and times of position reads."""
        goals, reads = [], []
        for line in self.text("bus").splitlines():
            t, way, *p = line.split()
            p = bytes.fromhex("".join(p))
            if way == ">" and p[4] == 0x83 and p[5] == 42:
                args = p[7:-1]
                goals.append((float(t), {args[k]: args[k + 1] | args[k + 2] << 8
                                         for k in range(0, len(args), 3)}))
            elif way == ">" and p[4] == 0x82 and p[5] == 56:
                reads.append(float(t))
        return goals, reads

    def witness(self):
        return [json.loads(x) for x in self.text("witness").splitlines()]

    def hz(self):
        """
        Of the loop, by its reads: after the first second, and without the slowest tenth, which is
        other work of this machine.
        """
        reads = self.bus()[1]
        steps = sorted([b - a for a, b in zip(reads, reads[1:]) if b - a < 0.5][30:-5])
        return 1 / statistics.mean(steps[:len(steps) * 9 // 10])

    # What policytop knows

    def vectors(self, where="1"):
        """{seq: {vector: [values]}} and the steps themselves, in order."""
        steps = self.all("SELECT seq, episode, driver, src_ns FROM steps "
                         f"WHERE {where} ORDER BY seq")
        values = {}
        for seq, joint, *v in self.all("SELECT seq, joint, seen, asked, sent, got FROM joint_values"
                                       " ORDER BY seq, place"):
            values.setdefault(seq, []).append(v)
        return steps, {seq: dict(zip(("seen", "asked", "sent", "got"), zip(*rows)))
                       for seq, rows in values.items()}


def hexes(v):
    return [float.fromhex(v[j]) for j in JOINTS]


def schema(run):
    for (sql,) in run.all("SELECT sql FROM sqlite_master WHERE type = 'view'"):
        print("# " + " ".join(sql.split()))


def main():
    from scenarios import SCENARIOS
    want = sys.argv[3:]
    for f in SCENARIOS:
        if not want or f.__name__ in want:
            f()
    print(f"1..{count[0]}")
    sys.exit(count[1] > 0)


if __name__ == "__main__":
    sys.modules["check"] = sys.modules["__main__"]
    sys.path.insert(0, HERE)
    main()
