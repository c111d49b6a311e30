# SPDX-License-Identifier: Apache-2.0
# Real pyzmq sockets in GR00T's message forms through the tap of `policytop record`: what the clients
# asked and got is what the database holds, bit for bit, live and again from the capture.
import time

import numpy as np

import live
from wiretap import bits, ok, wait_for

REQUESTS = 60
PACE_S = 0.02
NAMES = [f"single_arm.{i}" for i in range(5)] + ["gripper.0"]


def talk(recording, peer, form):
    """Requests in turn, half of them before a reset, a second client in between, an error at the end."""
    first, got, beside = peer.Client(recording.port, form), [], []
    first.call("ping")
    second = peer.Client(recording.port, form)
    due = time.monotonic()
    for k in range(REQUESTS):
        if k == REQUESTS // 2 and not first.flat:
            first.call("reset", data={"options": None})
        got.append(first.act(k))
        if k % 10 == 5:
            beside.append(second.act(1000 + k))
        due += PACE_S
        time.sleep(max(0, due - time.monotonic()))  # the pace of the test, nothing is waited for
    second.close()
    error = first.call("nonsense")["error"]
    first.close()
    wait_for(lambda: recording.count("episodes WHERE end_ns NOT NULL") == 1 + (not first.flat))
    again = peer.Client(recording.port, form)
    got.append(again.act(REQUESTS))
    again.close()
    return got, beside, error


def judge(store, run, form, got, beside):
    found = store.chunks(run)
    wanted = [live.actions(a, NAMES) for a in got]
    ok(live.same_chunks(found, 0, wanted), f"{form}: live: each of {len(got)} chunks is in the "
       f"database bit for bit ({sum(map(len, wanted))} actions)")
    ok(live.same_chunks(found, 1, [live.actions(a, NAMES) for a in beside]),
       f"{form}: live: a second connection is a source of its own, its {len(beside)} chunks, too")
    seen = store.seen(run, NAMES)
    ok(len(seen) == len(got) and all(None not in s and bits(s) == bits([*(np.arange(5.0) + k), 0.25 + k])
                                     for k, s in enumerate(seen)),
       f"{form}: live: seen is the state of each request ({len(seen)})")
    ok(store.all("SELECT DISTINCT prompt FROM chunks WHERE run = ?", run) == [("pick the cube",)],
       f"{form}: live: the prompt")
    half, marks = REQUESTS // 2, store.all(
        "SELECT steps, boundary, end_boundary FROM episodes WHERE run = ? ORDER BY episode", run)
    first = [(REQUESTS, "first request", "connection")] if form == "B" else [
        (half, "first request", "policy reset"), (half, "policy reset", "connection")]
    ok(marks == first + [(1, "first request", "connection")], f"{form}: live: episodes {marks}")
    frames = store.all("SELECT DISTINCT camera, width, height FROM frames WHERE run = ?", run)
    ok(frames == [("video.front", 640, 480)], f"{form}: live: frames {frames}")


def main(policytop, folder, peer, form):
    server = peer.Server(form)
    db, capture = f"{folder}/live-{form}.db", f"{folder}/live-{form}.capture"
    recording = live.Recording(policytop, db, f"groot:0=127.0.0.1:{server.port}?fps=50",
                               "--capture", capture)
    got, beside, error = talk(recording, peer, form)
    total = len(got) + len(beside)
    live.all_there(recording, total)
    result = recording.end()
    server.stop.set()
    server.thread.join()
    store, run = live.Store(db), recording.run
    ok((result["chunks"], result["dropped"], result["bad_lines"]) == (total, 0, 0) and
       not store.all("SELECT * FROM gaps WHERE run = ?", run),
       f"{form}: live: {total} chunks, nothing dropped, nothing bad, no gap")
    judge(store, run, form, got, beside)
    # How long a call takes is the machine's to say.
    verdicts = store.all("SELECT code, level, message FROM verdicts WHERE run = ? AND"
                         " code <> 'latency'", run)
    ok(verdicts == [("server-error", "fail", f"the policy server fails: {error}")],
       f"{form}: live: the error is a verdict, and the only one {verdicts}")
    live.same_again(policytop, recording, result, capture, f"{form}: live")
