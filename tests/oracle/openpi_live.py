# SPDX-License-Identifier: Apache-2.0
# The real openpi-client through the tap of `policytop record`: what it asked and got is what the
# database holds, bit for bit, live and again from the capture.
import os
import time

import numpy as np
from openpi_client import action_chunk_broker, websocket_client_policy

import live
from wiretap import bits, events, of, ok, wait_for

REQUESTS = int(os.environ.get("POLICYTOP_REQUESTS", "1000"))
PACE_S = 0.008
JOINTS = [f"action.{i}" for i in range(14)]
STATE = [f"state.{i}" for i in range(8)]
ODD = [-0.0, np.nan, np.inf, -np.inf, 5e-324, 0.1, 1 / 3]


class Client:
    """A WebsocketClientPolicy that remembers what it asked and got."""

    def __init__(self, port):
        self.client = websocket_client_policy.WebsocketClientPolicy("127.0.0.1", port)
        self.asked, self.got = [], []

    def infer(self, obs):
        reply = self.client.infer(obs)
        self.asked.append(obs)
        self.got.append(np.array(reply["actions"]))
        return reply

    def reset(self):
        self.client.reset()

    def close(self):
        self.client._ws.close()


def talk(recording, peer):
    """The traffic: a LIBERO client all the time, one of ALOHA through a broker beside it."""
    first, second = Client(recording.port), Client(recording.port)
    ok(first.client.get_server_metadata() == peer.META, "live: the client gets the metadata")
    agent = action_chunk_broker.ActionChunkBroker(second, 5)
    due, slowest = time.monotonic(), 0
    for k in range(REQUESTS):
        begin = time.monotonic()
        first.infer(peer.libero("odd" if k % 100 == 50 else f"task {k // 200}",
                                np.arange(8.0) + k / 3))
        slowest = max(slowest, time.monotonic() - begin)
        if k % 4 == 0:
            agent.infer(peer.aloha())
        due += PACE_S
        time.sleep(max(0, due - time.monotonic()))  # the pace of the test, nothing is waited for
        if k % 20 == 19:  # a machine too busy for the engine must not fill the tap's ring
            wait_for(lambda k=k: recording.count("chunks") > k - 40)
    print(f"# {REQUESTS} requests in turn, the slowest took {slowest * 1e3:.1f} ms", flush=True)
    second.close()
    told = ""
    try:
        first.client.infer(peer.libero("boom"))
    except RuntimeError as e:
        told = str(e)
    ok("no such task" in told, "live: the server fails, and the client hears why")
    first.close()
    wait_for(lambda: recording.count("episodes WHERE end_ns NOT NULL"))
    again = Client(recording.port)
    for k in range(3):
        again.infer(peer.libero("again", np.arange(8.0) - k))
    again.close()
    return first, second, again


def policy(peer):
    """The peer's, with what is hard to keep in the first action when it is asked for."""
    def answer(obs):
        reply = peer.policy(obs | {"prompt": obs.get("prompt", "").replace("odd", "")})
        if obs.get("prompt") == "odd":
            reply["actions"][3] = ODD
            reply["actions"][0, :2] = -0.0, 5e-324
        return reply
    return answer


def judge_chunks(store, run, first, second, again):
    found = store.chunks(run)
    wanted = [live.actions(a, JOINTS) for a in first.got + again.got]
    ok(live.same_chunks(found, 0, wanted),
       f"live: each of {len(first.got)} chunks, and {len(again.got)} after a reconnect, is in the "
       f"database bit for bit ({sum(map(len, wanted))} actions)")
    beside = [live.actions(a, JOINTS) for a in second.got]
    ok(live.same_chunks(found, 1, beside) and len(beside) == -(-(-(-REQUESTS // 4)) // 5),
       f"live: a broker's second connection is a source of its own, its {len(beside)} chunks, too")
    ok(len(found) == len(wanted) + len(beside), "live: and there are no others")
    prompts = [o["prompt"] for o in first.asked + again.asked]
    told = store.all("SELECT c.prompt FROM chunk c WHERE c.run = ? AND c.source = 0 ORDER BY number",
                     run)
    ok([p for (p,) in told] == prompts, "live: every prompt")
    waited = store.all("SELECT min(reply_ns - request_ns), max(reply_ns - request_ns) FROM chunks"
                       " WHERE run = ?", run)[0]
    ok(0 < waited[0] <= waited[1] < 5e9, f"live: latency, {waited[0] / 1e6:.2f} ms at least")


def judge_steps(store, run, first, again):
    asked = first.asked + again.asked
    seen = store.seen(run, STATE)
    ok(len(seen) == len(asked) and all(
        None not in s and bits(s) == bits(o["observation/state"]) for s, o in zip(seen, asked)),
       f"live: seen is the state of each request, bit for bit ({len(asked)})")
    one = store.all("SELECT count(*), sum(v.asked IS a.value) FROM joint_values v JOIN chunk_actions"
                    " a USING (run, chunk, position, joint) WHERE v.run = ? AND v.asked NOT NULL",
                    run)[0]
    ok(one[0] == one[1] == 7 * len(asked),
       f"live: asked is the first action of the step's own chunk ({one[0]})")
    episodes = store.all("SELECT steps, boundary, end_boundary FROM episodes WHERE run = ?"
                         " ORDER BY episode", run)
    ok(episodes == [(len(first.got), "first request", "connection"),
                    (len(again.got), "first request", "connection")],
       f"live: one episode of all, another after the reconnect {episodes}")


def judge_frames(store, run, peer):
    rows = store.all("SELECT camera, width, height, mean_r, std_g, length(thumb), t_ns FROM frames"
                     " WHERE run = ? AND episode = 0 AND mode = 'picture' ORDER BY t_ns", run)
    image = peer.IMAGE
    ok({r[0] for r in rows} == {"observation/image", "observation/wrist_image", "cam_high",
                                "cam_low"} and
       all(r[1:3] == (224, 224) and r[5] == 48 * 48 * 3 for r in rows), "live: frames of the cameras of both")
    mine = [r for r in rows if r[0] == "observation/image"]
    ok(all(np.allclose(r[3:5], (image[..., 0].mean() / 255, image[..., 1].std() / 255))
           for r in mine), "live: their mean and std are numpy's")
    seconds = REQUESTS * PACE_S
    ok(seconds * 0.5 < len(mine) <= 2 * seconds + 6,
       f"live: one a second ({len(mine)} in {seconds:.0f} s)")


def main(policytop, dump, folder, peer):
    server = peer.Server(policy(peer), peer.META)
    db, capture = f"{folder}/live.db", f"{folder}/live.capture"
    recording = live.Recording(policytop, db, f"openpi:0=127.0.0.1:{server.port}?fps=125",
                               "--capture", capture)
    clients = talk(recording, peer)
    first, second, again = clients
    total = sum(len(c.got) for c in clients)
    live.all_there(recording, total)
    result = recording.end()
    store, run = live.Store(db), recording.run
    ok((result["chunks"], result["dropped"], result["bad_lines"]) == (total, 0, 0),
       f"live: {total} chunks, nothing dropped, nothing bad")
    ok(not store.all("SELECT * FROM gaps WHERE run = ?", run), "live: no gap")
    judge_chunks(store, run, first, second, again)
    judge_steps(store, run, first, again)
    judge_frames(store, run, peer)
    # How long a call takes is the machine's to say.
    verdicts = store.all("SELECT code, level, message FROM verdicts WHERE run = ? AND"
                         " code <> 'latency'", run)
    ok(verdicts == [("server-error", "fail", "the policy server fails: ValueError: no such task")],
       f"live: the error frame is a verdict, and the only one {verdicts}")
    live.same_again(policytop, recording, result, capture, "live")
    found, took, memory = events(dump, capture)
    size = os.path.getsize(capture)
    print(f"# {size / 1e6:.0f} MB decoded in {took:.2f} s ({size / took / 1e6:.0f} MB/s, "
          f"{took / total * 1e6:.0f} us a request), at most {memory:.1f} MiB", flush=True)
    ok(len(of(found, "chunk")) == total and memory < 32, "live: memory stays bounded")
