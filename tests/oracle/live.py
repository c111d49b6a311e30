# SPDX-License-Identifier: Apache-2.0
# What the oracles of live policy traffic share: `policytop record` with its tap in the path, as users
# run it, and its database beside what the clients asked and got.
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

from wiretap import bits, ok, wait_for

EVERYTHING = {
    "chunks": "SELECT chunk, episode, horizon, dims, prompt, executed FROM chunks WHERE run = ?",
    "actions": "SELECT chunk, position, joint, value FROM chunk_actions WHERE run = ?",
    "values": "SELECT episode, seq, joint, seen, asked, sent, got FROM joint_values WHERE run = ?",
    "frames": "SELECT episode, camera, t_ns, mean_r, std_r, thumb FROM frames WHERE run = ?",
    "verdicts": "SELECT episode, code, level, subject, value, threshold, message FROM verdicts"
                " WHERE run = ?",
}


class Recording:
    """policytop record: where clients connect, and how it ends."""

    def __init__(self, policytop, db, *arguments):
        self.policytop, self.db = policytop, db
        self.process = subprocess.Popen([policytop, "--db", db, "record", "--json", *arguments],
                                        stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.rig, self.run = ready["rig"], None
        self.address = ready["sources"][0]["address"] or ""
        self.port = int(self.address.rsplit(":", 1)[1]) if ":" in self.address else 0

    def engine(self):
        """The process that records; None while there is none."""
        out = subprocess.run([self.policytop, "status", "--json"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False).stdout
        return next((e["pid"] for e in json.loads(out or "{}").get("engines", [])
                     if e["rig"] == self.rig and e["run"]), None)

    def count(self, what):
        """How many rows of a view are in the database by now; what: it, and which."""
        try:
            with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True) as store:
                return store.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
        except sqlite3.OperationalError:
            return 0

    def end(self):
        """Ends it as Ctrl-C does; or waits for the end of what it reads. Its result."""
        if self.address:
            os.kill(self.process.pid, signal.SIGINT)
        out = self.process.communicate(timeout=60)[0]
        result = json.loads(out.splitlines()[-1])
        self.run = result["run"]
        return result


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)


def disturb(recording, kills):
    """Kills the engine, every fifth time stops it for 2 s; how often it was killed."""
    pick, last, killed = random.Random(5), None, 0

    def another():
        return recording.engine() not in (None, last)
    begin = time.monotonic()
    for n in range(kills):
        wait_for(another)
        time.sleep(max(0, begin + 1.5 - time.monotonic()) + pick.random() * 0.1)
        begin, pid = time.monotonic(), recording.engine()
        if n % 5 == 4:
            stop(pid)
        else:
            os.kill(pid, signal.SIGKILL)
            last, killed = pid, killed + 1
    wait_for(another)
    return killed


def replay(policytop, db, capture):
    """The result of recording a capture."""
    return Recording(policytop, db, f"raw:{capture}?speed=max").end()


class Store:
    """A database; a run at a time."""

    def __init__(self, db):
        self.db = sqlite3.connect(db)

    def all(self, query, run):
        return self.db.execute(query, (run,)).fetchall()

    def chunks(self, run):
        """{chunk: (source, {(position, joint): value})}, NaN for what is unknown."""
        found = {c: (source, {}) for c, source in self.all(
            "SELECT number, source FROM chunk WHERE run = ? ORDER BY number", run)}
        for c, at, joint, value in self.all(EVERYTHING["actions"], run):
            found[c][1][at, joint] = float("nan") if value is None else value
        return found

    def seen(self, run, joints):
        """Of each step, in order, what the policy was given for joints."""
        rows = {}
        for seq, joint, value in self.all(
                "SELECT seq, joint, seen FROM joint_values WHERE run = ?", run):
            rows.setdefault(seq, {})[joint] = value
        return [[row.get(j) for j in joints] for _, row in sorted(rows.items())]


def actions(got, names):
    """What a client got, as the database must have it."""
    return {(h, names[d]): float(got[h, d])
            for h in range(got.shape[0]) for d in range(got.shape[1])}


def same_actions(found, wanted):
    """Bit for bit, and nothing else that is known."""
    extra = [v for at, v in found.items() if at not in wanted and v == v]
    nan = float("nan")
    return not extra and bits(found.get(at, nan) for at in wanted) == bits(wanted.values())


def same_chunks(found, source, wanted):
    """The chunks of one connection, by its place, are these in this order."""
    mine = [c for place, c in found.values() if place == source]
    return len(mine) == len(wanted) and all(map(same_actions, mine, wanted))


def same_again(policytop, recording, result, capture, what):
    """A capture, recorded, gives all that the live run has."""
    again = replay(policytop, recording.db, capture)
    store = Store(recording.db)
    for kind, query in EVERYTHING.items():
        a, b = (sorted(map(repr, store.all(query, r))) for r in (recording.run, again["run"]))
        ok(a == b, f"{what}: the capture gives the same {kind} ({len(a)})")
    ok(again["verdicts"] == result["verdicts"] and again["episodes"] == result["episodes"],
       f"{what}: and the same result: {again['verdicts']}")


def all_there(recording, chunks):
    """Waits until so many chunks are stored; told as a comment when they are not."""
    try:
        wait_for(lambda: recording.count("chunks") >= chunks)
    except TimeoutError:
        print(f"# {recording.count('chunks')} chunks of {chunks}", flush=True)
