# SPDX-License-Identifier: Apache-2.0
"""restart.py POLICYTOP WORK: see t_restart.sh."""
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.environ["TOP_SRCDIR"] + "/src/client/python")
import policytop_hook as hook  # noqa: E402

POLICYTOP, WORK = sys.argv[1:]
DB = WORK + "/runs.db"
count = [0, 0]
worst = 0.0
told = 0


def ok(good, what):
    count[0] += 1
    count[1] += not good
    print(f"{'ok' if good else 'not ok'} {count[0]} - {what}", flush=True)


def engine_of(pid):
    """The engine is the recorder's child."""
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{p}/stat") as f:
                if int(f.read().rpartition(")")[2].split()[1]) == pid:
                    return int(p)
        except OSError:
            pass
    return 0


def run_until(done, limit_s=30):
    """The loop, at some 200 Hz, until something is true; the longest call of the hook is kept."""
    global told, worst
    end = time.monotonic() + limit_s
    while not done() and time.monotonic() < end:
        t = time.thread_time()
        hook.step(seen=[told, 0.5], asked=[told, 0.25], driver="policy")
        worst = max(worst, time.thread_time() - t)
        told += 1
        time.sleep(0.005)
    return done()


def stored(query="SELECT max(seq) FROM steps"):
    try:
        return sqlite3.connect(f"file:{DB}?mode=ro", uri=True).execute(query).fetchone()[0]
    except sqlite3.Error:
        return None


def reaches(n):
    """Steps beyond number n are stored."""
    return lambda: (stored() or 0) > n


record = subprocess.Popen([POLICYTOP, "--db", DB, "record", "hook:", "--json"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
json.loads(record.stdout.readline())
hook.hello(robot="so101", joints=["a", "b"], units="deg", fps=200)
hook.episode("start", task="pick")
ok(run_until(reaches(100)), "a loop is recorded")
first = engine_of(record.pid)
os.kill(first, signal.SIGKILL)
ok(run_until(lambda: engine_of(record.pid) not in (0, first)), "its engine is killed, another starts")
ok(run_until(reaches(told + 100)), "and goes on with the run")
second = engine_of(record.pid)
os.kill(second, signal.SIGSTOP)
before = hook.sender().dropped
ok(run_until(lambda: hook.sender().dropped > before + 50), "stopped, it takes nothing")
os.kill(second, signal.SIGCONT)
ok(run_until(reaches(told + 100)), "and then again all there is")
hook.episode("end")
ok(run_until(lambda: stored("SELECT end_boundary FROM episodes") is not None), "the episode ends")
record.send_signal(signal.SIGINT)
record.communicate(timeout=60)
sql = sqlite3.connect(DB)
steps = [r[0] for r in sql.execute("SELECT seq FROM steps ORDER BY seq")]
missing = steps[-1] + 1 - len(steps)
lost = sql.execute("SELECT sum(lost) FROM gaps WHERE unit = 'steps'").fetchone()[0]
ok(missing > 0 and lost == missing, f"{missing} of {told} steps are missing, and {lost} are counted")
values = sql.execute("SELECT count(*) FROM joint_values WHERE place = 0 AND seen IS NOT seq").fetchone()
ok(values[0] == 0, "every step that is there is itself")
ok(sql.execute("SELECT count(*), max(segments) FROM runs").fetchone() == (1, 2) and
   sql.execute("SELECT count(*) FROM episodes").fetchone()[0] == 1, "one run, one episode")
notes = [n[0] for n in sql.execute("SELECT text FROM notes")]
ok(any("the hook dropped" in n for n in notes), "what the hook dropped is told")
ok(worst < 0.05, f"no call of the hook took the loop more than {worst * 1e3:.1f} ms")
print(f"1..{count[0]}")
sys.exit(count[1] > 0)
