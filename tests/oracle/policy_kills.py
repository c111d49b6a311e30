# SPDX-License-Identifier: Apache-2.0
# The real openpi-client at the pace of a robot through the tap of `policytop record`, while the
# engine is killed and stopped: the client notices nothing, what is stored is whole and exact, and
# what is not is counted. Usage: policy_kills.py POLICYTOP FOLDER KILLS
import json
import logging
import os
import signal
import sys
import threading
import time

import numpy as np

import live
import openpi
import openpi_live
from live import disturb, stop
from wiretap import done, ok, wait_for

PACE_S = 0.05
PADDING = 100000  # bytes of a reply that is too much for the tap's memory
NAMES = [f"action.{i}" for i in range(7)]


class Traffic:
    """A client that asks until it is told to stop, as fast as it can without a pace; what it got,
    and when."""

    def __init__(self, port, pace_s):
        self.client, self.error, self.times = openpi_live.Client(port), None, []
        self.pace_s, self.stop = pace_s, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        due = time.monotonic()
        try:
            while not self.stop.is_set():
                begin = time.monotonic_ns()
                state = np.arange(8.0) + len(self.times)
                self.client.infer(openpi.libero("kills", state) if self.pace_s else
                                  {"observation/state": state, "prompt": "flood"})
                self.times.append((begin, time.monotonic_ns()))
                due = max(due + self.pace_s, time.monotonic())
                self.stop.wait(due - time.monotonic())
        except Exception as e:  # whatever a client may see
            self.error = repr(e)

    def end(self):
        self.stop.set()
        self.thread.join(30)
        self.client.close()
        ok(not self.error and len(self.client.got) == len(self.times),
           f"a client of {len(self.times)} requests has no error ({self.error})")


def key(chunk):
    return json.dumps(sorted((h, j, v.hex()) for (h, j), v in chunk.items() if v == v))


def judge_chunks(store, run, clients):
    """Which of its chunks each client finds; there is nothing else."""
    place = {key(live.actions(a, NAMES)): (n, k)
             for n, c in enumerate(clients) for k, a in enumerate(c.client.got)}
    found = [place.get(key(c)) for _, c in store.chunks(run).values()]
    ok(None not in found, f"each stored chunk is whole and exact ({len(found)} of {len(place)})")
    mine = [[k for n, k in filter(None, found) if n == m] for m in range(len(clients))]
    ok(all(a < b for m in mine for a, b in zip(m, m[1:])), "in order, and there once")
    return mine


def judge(store, run, found, times):
    """Each chunk of a client that is missing lies in a gap."""
    gaps = store.all("SELECT t_ns, lost, unit, reason FROM gaps WHERE run = ? ORDER BY t_ns", run)
    for gap in gaps[:5]:
        print(f"# gap at {gap[0] / 1e9:.3f} s: {gap[1:]}")
    missing = sorted(set(range(len(times))) - set(found))
    in_a_restart, untold = [], []
    for k in missing:
        after = min((f for f in found if f > k), default=len(times) - 1)
        if any(lost and times[k][0] - 1e9 < t < times[after][1] + 1e9 for t, lost, *_ in gaps):
            continue
        if any("restarted" in why and t - 1e9 < times[k][1] < t + 1e8 for t, *_, why in gaps):
            in_a_restart.append(k)
        else:
            untold.append(k)
    if untold:
        print(f"# untold: {len(untold)}, from {times[untold[0]][0] / 1e9:.3f} s to "
              f"{times[untold[-1]][1] / 1e9:.3f} s")
    ok(not untold, f"each missing one lies in a gap ({len(missing)} missing, {len(gaps)} gaps)")
    if in_a_restart:
        print(f"# {len(in_a_restart)} of them just before the engine was killed, not yet stored")
    return missing, sum(g[1] or 0 for g in gaps if g[2] == "bytes")


def flood(policytop, folder):
    """As fast as the client can, with long replies: what the tap cannot hold is counted. What was
    decoded and not yet stored when the engine died, and is held no more, is a gap of unknown size."""
    server = openpi.Server(lambda obs: openpi.policy(obs) | {"padding": bytes(PADDING)}, {})
    recording = live.Recording(policytop, f"{folder}/flood.db",
                               f"openpi:0=127.0.0.1:{server.port}?fps=20")
    traffic = Traffic(recording.port, 0)
    wait_for(lambda: len(traffic.times) >= 100 and recording.engine())
    last, stopped = recording.engine(), time.monotonic_ns()
    stop(last)
    woken = time.monotonic_ns()
    os.kill(last, signal.SIGKILL)
    wait_for(lambda: recording.engine() not in (None, last))
    settled = len(traffic.times) + 500
    wait_for(lambda: traffic.error or len(traffic.times) >= settled)
    traffic.end()
    wait_for(lambda: recording.count("episodes WHERE end_ns NOT NULL"))
    recording.end()
    store, run = live.Store(recording.db), recording.run
    found, = judge_chunks(store, run, [traffic])
    missing, lost = judge(store, run, found, traffic.times)
    unstored = [k for k in missing if stopped - 1e9 < traffic.times[k][1] < stopped + 5e7 or
                woken - 1e8 < traffic.times[k][1] < woken + 1e8]
    least = (len(missing) - len(unstored)) * PADDING
    ok(0 < least <= lost <= (len(missing) + 50) * (PADDING + 2000),
       f"flood: the bytes of {len(missing)} missing replies are counted but for those that were not "
       f"stored yet, at most {len(unstored)}, and not more ({lost})")


def phase(policytop, folder, kills):
    name = f"{kills} kills and stops"
    server = openpi.Server(openpi.policy, {})
    recording = live.Recording(policytop, f"{folder}/kills-{kills}.db",
                               f"openpi:0=127.0.0.1:{server.port}?fps=20")
    clients = [Traffic(recording.port, PACE_S), Traffic(recording.port, 4 * PACE_S)]
    killed = disturb(recording, kills)
    settled = len(clients[0].times) + 40
    wait_for(lambda: clients[0].error or len(clients[0].times) >= settled)
    for client in reversed(clients):
        client.end()
    longest = max(b - a for c in clients for a, b in c.times) / 1e6
    ok(longest < 1000, f"{name}: nobody waits for an engine that is stopped ({longest:.0f} ms)")
    wait_for(lambda: recording.count("episodes WHERE end_ns NOT NULL"))
    result = recording.end()
    store, run = live.Store(recording.db), recording.run
    found = judge_chunks(store, run, clients)
    missing = [judge(store, run, f, c.times)[0] for f, c in zip(found, clients)]
    runs = store.db.execute("SELECT count(*) FROM runs").fetchone()[0]
    ok(runs == 1 and result["segment"] == killed + 1, f"{name}: one run of {killed + 1} segments")
    ok(store.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)],
       f"{name}: the database is sound")
    ok(result["episodes"] == 1, f"{name}: one episode")
    if not kills:
        gaps = store.all("SELECT * FROM gaps WHERE run = ?", run)
        ok(not any(missing) and not gaps, f"{name}: nothing is missing")
    if not any(missing):
        ok(result["steps"] == len(clients[0].times),
           f"{name}: a step for each reply to the first ({result['steps']} of {len(clients[0].times)})")


def main(policytop, folder, kills):
    logging.disable(logging.ERROR)
    phase(policytop, folder, 0)
    phase(policytop, folder, int(kills))
    flood(policytop, folder)
    return done()


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
