# SPDX-License-Identifier: Apache-2.0
# The real openpi-client, and GR00T's messages over the real pyzmq, through the real tap: policytop
# record openpi:… beside it, left alone, then killed again and again, and what it captured replayed.
# Every chunk that the client got is in the database, bit for bit and once.
# Usage: tapped.py POLICYTOP FOLDER KILLS
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import numpy as np

import groot
from openpi import Server, libero, policy
from openpi_client import websocket_client_policy
from openpi_live import REQUESTS
from wiretap import done, ok

POLICYTOP, FOLDER, KILLS = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Record:
    """policytop record, with a database of its own."""

    def __init__(self, name, *source):
        self.db = f"{FOLDER}/{name}.db"
        self.process = subprocess.Popen([POLICYTOP, "--db", self.db, "record", "--json", "--rig",
                                         name, *source], stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.port = self.ready["sources"][0]["address"].rpartition(":")[2]

    def end(self, how=signal.SIGTERM):
        if how:
            self.process.send_signal(how)
        out = self.process.stdout.read().splitlines()
        return self.process.wait(timeout=60), json.loads(out[-1])


def rows(db, query):
    with sqlite3.connect(db) as store:
        return store.execute(query).fetchall()


def wait_for(condition, seconds=20):
    """What the condition gave, or the last it gave when it did not come."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return value


def exact(actions):
    return np.array(actions, "f8").tobytes()


def chunks(db):
    """Every stored chunk, as bits, in the order of their numbers."""
    found = {}
    for number, value in rows(db, "SELECT chunk, value FROM chunk_actions WHERE joint NOT "
                              "LIKE 'state.%' ORDER BY chunk, position, place"):
        found.setdefault(number, []).append(float("nan") if value is None else value)
    return [exact(found[n]) for n in sorted(found)]


def engine_of(rig):
    out = json.loads(subprocess.run([POLICYTOP, "status", "--json"], capture_output=True,
                                    check=True).stdout)
    return next((e["pid"] for e in out["engines"] if e["rig"] == rig and e["run"]), None)


def taps():
    return json.loads(subprocess.run([POLICYTOP, "status", "--json"], capture_output=True,
                                     check=True).stdout)["taps"]


def client(port):
    return websocket_client_policy.WebsocketClientPolicy("127.0.0.1", int(port))


def ask(port, count, pause_s, got, errors):
    try:
        c = client(port)
        for _ in range(count):
            got.append(exact(c.infer(libero())["actions"]))
            time.sleep(pause_s)
        c._ws.close()
    except Exception as e:  # whatever it is, the client must not have it
        errors.append(repr(e))


def left_alone(server):
    record = Record("alone", f"openpi:0=127.0.0.1:{server.port}?fps=50")
    got, errors = [], []
    ask(record.port, REQUESTS, 0, got, errors)
    ok(not errors and len(got) == REQUESTS, f"{REQUESTS} requests through the tap {errors[:1]}")
    wait_for(lambda: taps()[0]["clients"] == 0)
    status, _ = record.end()
    ok(status <= 2, "record ends in order")
    stored = chunks(record.db)
    ok(stored == got, f"every chunk is in the database, bit for bit ({len(stored)})")
    gaps = rows(record.db, "SELECT lost, unit, reason FROM gaps")
    ok(not gaps, f"nothing was lost {gaps[:3]}")
    ok(wait_for(lambda: not taps()), "the tap ends with its last client")


def captured(server):
    """At the pace of a robot, two connections at once, then one after the other."""
    file = f"{FOLDER}/captured"
    record = Record("captured", f"openpi:0=127.0.0.1:{server.port}?fps=50", "--capture", file)
    got, errors = ([], [], []), []
    threads = [threading.Thread(target=ask, args=(record.port, 60, 0.02, g, errors))
               for g in got[:2]]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    ask(record.port, 30, 0.02, got[2], errors)
    wait_for(lambda: taps()[0]["clients"] == 0)
    record.end()
    live = chunks(record.db)
    ok(not errors and sorted(live) == sorted(got[0] + got[1] + got[2]),
       f"two clients at once, and one after them: every chunk ({len(live)})")
    replay = Record("replay", f"raw:{file}?speed=max")
    replay.end(0)
    ok(chunks(replay.db) == live, "what was captured replays to the same chunks")
    for name, query in (
            ("steps", "SELECT t_ns, seq, episode, chunk, position FROM steps ORDER BY seq"),
            ("episodes", "SELECT episode, start_ns, end_ns, boundary, end_boundary FROM episodes"),
            ("verdicts", "SELECT t_ns, code, level, message FROM verdicts")):
        here, there = rows(record.db, query), rows(replay.db, query)
        ok(here == there, f"and to the same {name} ({len(here)})")
        if here != there:
            print(f"# {here[:2]} … {here[-2:]}\n# {there[:2]} … {there[-2:]}")


def zeromq():
    for form in groot.FORMS:
        server = groot.Server(form)
        record = Record("groot" + form, f"groot:0=127.0.0.1:{server.port}")
        peer = groot.Client(record.port, form)
        got = [exact(peer.act(k)) for k in range(50)]
        peer.context.destroy(0)
        wait_for(lambda: taps()[0]["clients"] == 0)
        record.end()
        stored = chunks(record.db)
        ok(stored == got, f"GR00T's form {form} over ZeroMQ: {len(stored)} of {len(got)} chunks")
        server.stop.set()
        server.thread.join()


def overrun(server):
    """The engine stands still while more passes than the tap can hold."""
    record = Record("overrun", f"openpi:0=127.0.0.1:{server.port}")
    got, errors = [], []
    ask(record.port, 50, 0, got, errors)
    engine = wait_for(lambda: engine_of("overrun"))
    os.kill(engine, signal.SIGSTOP)
    ask(record.port, 300, 0, got, errors)  # 90 MB
    os.kill(engine, signal.SIGCONT)
    ask(record.port, 50, 0.02, got, errors)
    wait_for(lambda: taps()[0]["clients"] == 0)
    lost = taps()[0]["lost"]
    record.end()
    stored = chunks(record.db)
    ok(not errors and lost > 0, f"an engine that stood still missed {lost} bytes {errors[:1]}")
    ok(set(stored) <= set(got) and len(set(stored)) == len(stored), "what is stored is exact")
    ok(stored[:50] == got[:50] and stored[-50:] == got[-50:],
       f"before and after nothing is missing ({len(stored)} of {len(got)})")
    gaps = rows(record.db, "SELECT lost, unit, reason FROM gaps")
    ok(any(lost for lost, unit, _ in gaps if unit == "bytes"), f"the gaps say so: {gaps[:3]}")


def killed(server):
    """Two clients at a robot's pace, and an engine that never lives long."""
    record = Record("killed", f"openpi:0=127.0.0.1:{server.port}?fps=50")
    got, errors, kills = ([], []), [], 0
    threads = [threading.Thread(target=ask, args=(record.port, KILLS * 16 + 16, 0.1, g, errors))
               for g in got]
    for t in threads:
        t.start()
    last = None
    while kills < KILLS and any(t.is_alive() for t in threads):
        time.sleep(1.5 + kills % 7 * 0.05)  # at least 1.5 s apart
        last = wait_for(lambda: (e := engine_of("killed")) and e != last and e)
        os.kill(last, signal.SIGKILL)
        kills += 1
    for t in threads:
        t.join()
    ok(not errors, f"{kills} kills, and no client has an error {errors[:1]}")
    wait_for(lambda: taps()[0]["clients"] == 0)
    wait_for(lambda: (e := engine_of("killed")) and e != last)
    sent = got[0] + got[1]
    wait_for(lambda: rows(record.db, "SELECT count(*) FROM chunks")[0][0] >= len(sent), 10)
    record.end()
    stored = chunks(record.db)
    ok(all(s in set(sent) for s in stored), "what is stored is whole and exact")
    ok(len(set(stored)) == len(stored), "and there once")
    gaps = rows(record.db, "SELECT reason, unit, lost FROM gaps")
    print(f"# {len(sent)} replies, {len(stored)} stored, {len(gaps)} gaps")
    ok(len(stored) == len(sent) or gaps, "what is missing is counted")
    ok(len(stored) == len(sent), f"nothing is missing: {len(sent) - len(stored)}")


def main():
    server = Server(policy, {"reset_pose": [0.0]})
    left_alone(server)
    captured(server)
    zeromq()
    overrun(server)
    killed(server)
    return done()


if __name__ == "__main__":
    sys.exit(main())
