# SPDX-License-Identifier: Apache-2.0
"""
policytop and the real LeRobot: what is in the database is what LeRobot itself knows, from three
sides: the packets on the arm's bus, a witness inside (plugins/lerobot_camera_sim), and the dataset
that LeRobot writes.    check.py ROOT WORK [SCENARIO...]
"""
import fcntl
import json
import os
import pty
import shutil
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import termios
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
POLICYTOP = os.environ["POLICYTOP"]
ROOT, WORK = sys.argv[1:3]
PROFILE = WORK + "/profile.json"  # of a scenario that records; judges those after it
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


def until(f, limit_s=60):
    """Waits until f() says something, and returns it."""
    end = time.monotonic() + limit_s
    while not (found := f()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


INSIDE = {"PATH": "/opt/lr/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": WORK, "LANG": "C.UTF-8",
          "HF_HOME": f"{WORK}/hf", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1",
          "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": f"{HERE}/plugins"}
OUTSIDE = {**INSIDE, **{f"XDG_{x}": WORK for x in ("RUNTIME_DIR", "STATE_HOME", "DATA_HOME",
                                                   "CONFIG_HOME", "CACHE_HOME")},
           "TERM": "screen-256color", "TMUX_TMPDIR": WORK}
CALIBRATION = f"{WORK}/hf/lerobot/calibration/robots/so_follower/sim.json"


def environment(policy, more=()):
    """Of LeRobot's program, with policytop or without."""
    env = {**OUTSIDE, **dict(more)}
    if policy.endswith("05"):
        env["PYTHONPATH"] = f"/opt/lr05:{HERE}/stubs:{env['PYTHONPATH']}"
    return env


def prepare(policy, env=()):
    """A checkpoint of that name, and the calibration where LeRobot looks for it."""
    if not os.path.exists(CALIBRATION):
        os.makedirs(os.path.dirname(CALIBRATION))
        shutil.copy(f"{HERE}/calibration.json", CALIBRATION)
    if not os.path.exists(f"{WORK}/{policy}"):
        with open(f"{WORK}/{policy}.txt", "w") as out:
            subprocess.run(["chroot", ROOT, "python", f"{HERE}/policy.py", f"{WORK}/{policy}",
                            policy.removesuffix("05")], env=environment(policy, env), stdout=out,
                           stderr=out, check=True)


def policytop(*args):
    return subprocess.run([POLICYTOP, *args], env=OUTSIDE, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def tmux(server, env, *args):
    return subprocess.run([*server, *args], env=env, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def children(pid, name):
    """The child of pid that is called so; None."""
    for p in open(f"/proc/{pid}/task/{pid}/children").read().split():
        if open(f"/proc/{p}/comm").read().strip() == name:
            return int(p)


def ahead(pid):
    """
    The loop of LeRobot that pid is, or has started, gets its turn at once from now on, with us or
    without; the arm still comes first. Not before it has begun: while it connects it waits for
    its bus without sleep, and what the kernel then takes from real-time programs the arm lacks.
    """
    programs = [pid, *open(f"/proc/{pid}/task/{pid}/children").read().split()]
    for p in programs:
        try:
            if open(f"/proc/{p}/comm").read().startswith(("lerobot", "python")):
                for thread in os.listdir(f"/proc/{p}/task"):
                    os.sched_setscheduler(int(thread), os.SCHED_RR, os.sched_param(1))
        except OSError:
            pass


class Screen:
    """Reads what is written to a terminal, so that its writer never waits."""

    def __init__(self, master):
        self.master, self.bytes = master, b""
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while piece := os.read(self.master, 65536):
                self.bytes += piece
        except OSError:
            pass

    def text(self):
        return self.bytes.decode(errors="replace")


class Arm:
    """The simulated servos, ahead of everything else: 50 ms without an answer is an error."""

    def __init__(self, log):
        fast = ["chrt", "-f", "5"]
        if subprocess.run([*fast, "true"], stderr=subprocess.DEVNULL).returncode:
            fast = []
        self.p = subprocess.Popen([*fast, "chroot", ROOT, "python", f"{HERE}/arm.py", f"{WORK}/arm",
                                   CALIBRATION, log], env=INSIDE, stdin=subprocess.DEVNULL)
        assert until(lambda: os.path.islink(f"{WORK}/arm"))

    def end(self):
        self.p.terminate()
        self.p.wait()


class Run:
    """
    One run of LeRobot's program, and what policytop made of it. how: "here", with policytop and
    without a terminal; "tmux", with it in a terminal that is lost; None, untouched.
    """

    def __init__(self, name, *args, policy="act", how="here", size=(64, 48), env=(), limit_s=90,
                 interrupt_at=None, options=(),
                 program=("lerobot-rollout", "--robot.num_read_retries=20", f"--task={TASK}"),
                 robot=("--robot.type=so101_follower", f"--robot.port={WORK}/arm")):
        self.name, self.db = name, f"{WORK}/{name}.db"
        prepare(policy, env)
        command = ["chroot", ROOT, *program, f"--policy.path={WORK}/{policy}",
                   *robot, "--robot.id=sim",
                   "--robot.cameras={ front: {type: sim,"
                   f" width: {size[0]}, height: {size[1]}, fps: 30}}}}", *args]
        if how:
            if os.path.exists(PROFILE):
                policytop("--db", self.db, "profile", "import", PROFILE)
            command = [POLICYTOP, "--db", self.db, "run", "--rig", f"lr-{name}", "--capture",
                       f"{WORK}/{name}.capture", *(["--here"] if how == "here" else []),
                       *options, "--", *command]
        self.env = environment(policy, [("WITNESS", f"{WORK}/{name}.witness"), *env])
        arm = Arm(f"{WORK}/{name}.bus")
        began = time.monotonic()
        try:
            if how == "tmux":
                self.in_terminal(command, limit_s)
            else:
                self.without_terminal(command, interrupt_at, limit_s)
        finally:
            arm.end()
        self.took_s = time.monotonic() - began
        if how:
            self.sql = sqlite3.connect(self.db)
        print(f"# {name}: exit {self.status}, {self.took_s:.1f} s", flush=True)
        if self.status != 0:
            print("# " + self.text("out")[-1500:].replace("\n", "\n# "))

    def without_terminal(self, command, interrupt_at, limit_s):
        with open(f"{WORK}/{self.name}.out", "w") as out:
            p = subprocess.Popen(command, env=self.env, preexec_fn=quick, start_new_session=True,
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        if until(lambda: self.actions() or p.poll() is not None) and p.poll() is None:
            ahead(p.pid)
        if interrupt_at:  # once
            until(lambda: self.actions() >= interrupt_at or p.poll() is not None)
            p.send_signal(signal.SIGINT)
        try:
            self.status = p.wait(limit_s)
        except subprocess.TimeoutExpired:
            p.terminate()
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
            self.status = "too long"

    def in_terminal(self, command, limit_s):
        """
        A person's terminal: tmux of policytop's own. Its client is killed in the middle, as a lost
        connection does; then one Ctrl-C is typed in LeRobot's pane.
        """
        server = ["tmux", "-L", f"policytop-lr-{self.name}"]
        pid, master = pty.fork()
        if pid == 0:
            quick()
            os.execve(command[0], command, self.env)
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 170, 0, 0))
        screen = Screen(master)
        client = until(lambda: children(pid, "tmux: client"))
        until(lambda: self.actions() >= 60)
        os.kill(client, signal.SIGKILL)
        self.left = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        at = self.actions()
        until(lambda: self.actions() >= at + 60)
        self.went_on = self.actions() - at
        self.panes = tmux(server, self.env, "list-panes", "-F", "#{pane_id}").split()
        tmux(server, self.env, "send-keys", "-t", "%0", "C-c")
        gone = until(lambda: not tmux(server, self.env, "list-panes"), limit_s)
        tmux(server, self.env, "kill-server")
        with open(f"{WORK}/{self.name}.out", "w") as out:
            out.write(screen.text())
        end = f"{WORK}/policytop/lr-{self.name}.end"
        self.status = int(open(end).readline()) if gone and os.path.exists(end) else "too long"

    def actions(self):
        """How many goals the arm was given."""
        return self.text("bus", True).count(" 83 2a ")

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
        Of the loop, by its goals (a read may be tried again): after the first second and before
        the way back, without the longest and the shortest tenth, which are other work's.
        """
        times = [t for t, _ in self.bus()[0]][30:-155]
        steps = sorted(b - a for a, b in zip(times, times[1:]))
        cut = len(steps) // 10
        return 1 / statistics.mean(steps[cut:-cut])

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
