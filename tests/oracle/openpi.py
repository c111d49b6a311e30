# SPDX-License-Identifier: Apache-2.0
# The real openpi-client against a server on the websockets package that speaks openpi's protocol as
# its source does: what the client got is what policytop's events say, bit for bit.
# Usage: openpi.py POLICYTOP DUMP_EVENTS FOLDER
import asyncio
import glob
import http
import http.client
import http.server
import logging
import os
import sys
import threading
import time
import traceback

import numpy as np
import websockets
import websockets.asyncio.server as ws
from openpi_client import action_chunk_broker, msgpack_numpy, websocket_client_policy

import openpi_live
from wiretap import Capture, Relay, bits, box, done, events, of, ok, wait_for

RNG = np.random.default_rng(7)
IMAGE = RNG.integers(0, 256, (224, 224, 3), dtype=np.uint8)
META = {"reset_pose": [0, -1.5, 1.5, 0, 0, 0]}


class Server:
    """scripts/serve_policy.py's WebsocketPolicyServer with a policy of ours."""

    def __init__(self, policy, metadata):
        self.policy, self.metadata, self.port = policy, metadata, None
        threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True).start()
        wait_for(lambda: self.port)

    async def serve(self):
        async with ws.serve(self.handler, "127.0.0.1", 0, compression=None, max_size=None,
                            process_request=self.health) as server:
            self.port = server.sockets[0].getsockname()[1]
            await asyncio.Future()

    @staticmethod
    def health(connection, request):
        return connection.respond(http.HTTPStatus.OK, "OK\n") if request.path == "/healthz" else None

    async def handler(self, connection):
        packer, prev_total_time = msgpack_numpy.Packer(), None
        await connection.send(packer.pack(self.metadata))
        while True:
            try:
                start = time.monotonic()
                obs = msgpack_numpy.unpackb(await connection.recv())
                infer = time.monotonic()
                action = self.policy(obs)
                action["server_timing"] = {"infer_ms": (time.monotonic() - infer) * 1000}
                if prev_total_time is not None:
                    action["server_timing"]["prev_total_ms"] = prev_total_time * 1000
                await connection.send(packer.pack(action))
                prev_total_time = time.monotonic() - start
            except websockets.ConnectionClosed:
                return
            except Exception:
                await connection.send(traceback.format_exc())
                await connection.close(
                    code=1011, reason="Internal server error. Traceback included in previous frame.")
                return


def policy(obs):
    prompt = obs.get("prompt", "")
    if prompt == "boom":
        raise ValueError("no such task")
    if prompt == "odd":
        a = np.array([[-0.0, np.nan, np.inf, -np.inf, 5e-324, 0.1, 1 / 3]])
    elif "observation/joint_position" in obs:
        a = RNG.standard_normal((15, 8)).astype(np.float32)
    elif "images" in obs:
        a = RNG.standard_normal((50, 14))
    else:
        a = RNG.standard_normal((10, 7))
    return {"actions": a, "policy_timing": {"infer_ms": 35.5}}


def libero(prompt="do something", state=None):
    return {"observation/state": np.arange(8.0) if state is None else state,
            "observation/image": IMAGE, "observation/wrist_image": IMAGE // 2, "prompt": prompt}


def aloha():
    chw = np.transpose(IMAGE, (2, 0, 1))
    return {"state": RNG.standard_normal(14), "images": {"cam_high": chw, "cam_low": chw // 4}}


def droid():
    return {"observation/exterior_image_1_left": IMAGE, "observation/wrist_image_left": IMAGE,
            "observation/joint_position": RNG.standard_normal(7),
            "observation/gripper_position": RNG.standard_normal(1), "prompt": b"in bytes"}


class Bed:
    """A server, a relay, a capture and a client that remembers what it asked and got."""

    def __init__(self, folder, name, answer=policy, metadata=None, word="openpi:1=2:3?fps=50"):
        self.server = Server(answer, {} if metadata is None else metadata)
        self.path = f"{folder}/{name}.capture"
        self.capture = Capture(self.path, word)
        self.relay = Relay(self.server.port, self.capture)
        self.asked, self.got = [], []

    def connect(self):
        client = websocket_client_policy.WebsocketClientPolicy("127.0.0.1", self.relay.port,
                                                               api_key="k")
        infer = client.infer

        def remember(obs):
            reply = infer(obs)
            self.asked.append(obs)
            self.got.append(np.array(reply["actions"]))
            return reply
        client.infer = remember
        return client

    def leave(self, client):
        client._ws.close()
        wait_for(self.relay.idle.is_set)

    def end(self, dump):
        wait_for(self.relay.idle.is_set)
        self.capture.close()
        return events(dump, self.path)


def same_chunks(found, got):
    chunks = of(found, "chunk")
    return len(chunks) == len(got) and all(
        (c["horizon"], c["dims"]) == a.shape and bits(c["actions"]) == bits(a.astype("f8").ravel())
        for c, a in zip(chunks, got))


def kinds_of_robots(dump, folder):
    bed = Bed(folder, "robots", metadata=META)
    client = bed.connect()
    ok(client.get_server_metadata() == META, "the client gets the metadata through the relay")
    for obs in (libero(), aloha(), droid(), libero("odd"), libero("x", np.arange(7.0))):
        client.infer(obs)
    try:
        client.infer(libero("boom"))
        ok(False, "the server fails")
    except RuntimeError as e:
        ok("no such task" in str(e), "the server fails, and the client hears why")
    found, *_ = bed.end(dump)
    ok(same_chunks(found, bed.got), f"every chunk is what the client got ({len(bed.got)})")
    hellos = of(found, "hello")
    ok(hellos[0]["joints"] == [] and hellos[0]["no_tick"] and hellos[0]["fps"] == 50,
       "hello: no joints yet, no tick, the fps of the word")
    names = [f"action.{i}" for i in range(7)]
    ok(hellos[1]["joints"] == names + [f"state.{i}" for i in range(8)],
       "LIBERO: 7 actions and 8 values of a state are joints of their own")
    ok(hellos[2]["joints"] == [f"action.{i}" for i in range(14)], "ALOHA: 14 joints for both")
    ok(hellos[3]["joints"] == [f"action.{i}" for i in range(8)],
       "DROID: joint and gripper position are one state of 8")
    steps = of(found, "step")
    ok(bits(steps[1]["seen"]) == bits(bed.asked[1]["state"]), "ALOHA: seen is the request's state")
    ok(bits(steps[2]["seen"]) == bits(np.concatenate([bed.asked[2]["observation/joint_position"],
                                                      bed.asked[2]["observation/gripper_position"]])),
       "DROID: seen is both parts of it")
    ok(all(bits(s["asked"][:a.shape[1]]) == bits(a[0].astype("f8")) for s, a in zip(steps, bed.got)),
       "asked is the first action")
    ok([c["prompt"] for c in of(found, "chunk")] ==
       ["do something", None, "in bytes", "odd", "x"], "prompts: str, none, bytes")
    cameras = {f["camera"]: f for f in of(found, "frame")}
    ok(set(cameras) == {"observation/image", "observation/wrist_image", "cam_high", "cam_low",
                        "observation/exterior_image_1_left", "observation/wrist_image_left"},
       "a frame of every camera, under the policy's name")
    one, two = cameras["observation/image"], cameras["cam_high"]
    ok(np.allclose(one["mean"], IMAGE.mean((0, 1)) / 255, atol=1e-12) and
       np.allclose(one["std"], IMAGE.std((0, 1)) / 255, atol=1e-9), "mean and std are numpy's")
    ok((one["width"], one["height"], one["channels"], one["thumb"]) == (224, 224, 3, [48, 48]) and
       np.abs(one["pixel"] - box(IMAGE, 48, 48)[0, 0]).max() <= 1, "size and thumbnail")
    ok(two["mean"] == one["mean"] and two["pixel"] == one["pixel"],
       "channels first is the same picture")
    failed = of(found, "exchange", state="failed")
    ok(len(failed) == 1 and failed[0]["error"] == "ValueError: no such task" and
       failed[0]["number"] == 6, "the error is the traceback's last line")
    notes = [n["text"] for n in of(found, "note")]
    ok("Traceback (most recent call last):" in notes and
       "openpi: server metadata: reset_pose: 6 numbers" in notes, "notes: traceback, metadata")
    answered = of(found, "exchange", state="answered")
    ok(all(x["acted"] and x["policy_ms"] == 35.5 and 0 <= x["server_ms"] < 1000 for x in answered)
       and [x["number"] for x in answered] == [1, 2, 3, 4, 5], "timings of the server, numbers")
    tensor = {t["name"]: t for t in answered[0]["tensors"]}
    ok(tensor["observation/state"]["max"] == 7 and tensor["actions"]["shape"] == [10, 7] and
       tensor["observation/image"]["dtype"] == "|u1", "tensors: name, dtype, shape, range")
    ok([(e["event"], e["boundary"]) for e in of(found, "episode")] ==
       [("start", "first request"), ("end", "connection")], "one episode, ended by the connection")
    return bed


def broker(dump, folder):
    """Executed steps are inferred from the time between a reply and the next request."""
    bed = Bed(folder, "broker", word="openpi:1=2:3?fps=100")
    client = bed.connect()
    inner, times = client.infer, []

    def timed(obs):
        asked = time.monotonic()
        reply = inner(obs)
        times.append((asked, time.monotonic()))
        return reply
    client.infer = timed
    agent = action_chunk_broker.ActionChunkBroker(client, 5)
    for _ in range(20):
        agent.infer(libero())
        time.sleep(0.01)
    bed.leave(client)
    # A health check and a port scan on the same port are neither episode nor error.
    h = http.client.HTTPConnection("127.0.0.1", bed.relay.port)
    h.request("GET", "/healthz")
    ok(h.getresponse().status == 200, "the health check is answered")
    h.close()
    wait_for(lambda: bed.relay.connections == 2 and bed.relay.idle.is_set())
    client = bed.connect()
    for _ in range(3):
        client.infer(libero())
    bed.leave(client)
    found, *_ = bed.end(dump)
    ok(same_chunks(found, bed.got) and len(bed.got) == 7, "a broker of 5 asks 4 times in 20 steps")
    # The relay sees a reply before the client has it, and a request after it was sent: on a busy
    # machine, by as much as both exchanges took.
    between = [((b[0] - a[1]) * 100, (b[1] - a[0]) * 100) for a, b in zip(times, times[1:])][:3]
    told = [x["steps"] for x in of(found, "executed")][:3]
    ok(len(told) == 3 and all(min(max(least, 1), 10) - 1 <= t <= most + 1
                              for t, (least, most) in zip(told, between)),
       f"executed steps are inferred from time: {told}")
    ok([x["number"] for x in of(found, "exchange", state="asked")] == [1, 2, 3, 4, 1, 2, 3],
       "numbers begin anew with a connection, and a health check has none")
    ok(len(of(found, "episode")) == 4 and len(of(found, "hello")) == 2 and
       not of(found, "exchange", state="stranger"), "two episodes, one hello with joints")


def strangers(dump, folder):
    """Who answers and is no openpi server."""
    class Wrong(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Wrong)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    capture = Capture(f"{folder}/wrong.capture", "openpi:1=2:3")
    relay = Relay(server.server_port, capture)
    try:
        websocket_client_policy.WebsocketClientPolicy("127.0.0.1", relay.port)
    except Exception:
        pass
    wait_for(lambda: relay.connections == 1 and relay.idle.is_set())
    capture.close()
    found, *_ = events(dump, f"{folder}/wrong.capture")
    told = of(found, "exchange", state="stranger")
    ok(len(told) == 1 and "HTTP server" in told[0]["error"] and "501" in told[0]["error"],
       f"another HTTP server: {told[0]['error'] if told else None}")
    ok(not of(found, "episode"), "and no episode")


def records(dump, folder, data):
    """Replies of a real pi0, as its server would send them."""
    steps = [np.load(f, allow_pickle=True).item() for f in sorted(glob.glob(f"{data}/step_*.npy"))]
    replies = iter([s["outputs/actions"] for s in steps])
    bed = Bed(folder, "records", answer=lambda obs: {"actions": next(replies)})
    client = bed.connect()
    for s in steps:
        client.infer({k[len("inputs/"):]: v for k, v in s.items() if k.startswith("inputs/")})
    bed.leave(client)
    found, *_ = bed.end(dump)
    ok(len(steps) == 3 and same_chunks(found, [s["outputs/actions"] for s in steps]),
       "replies of a real pi0 are decoded bit for bit")


def main(policytop, dump, folder):
    logging.disable(logging.ERROR)
    kinds_of_robots(dump, folder)
    broker(dump, folder)
    strangers(dump, folder)
    if os.environ.get("POLICYTOP_DATA"):
        records(dump, folder, os.environ["POLICYTOP_DATA"] + "/openpi_libero")
    openpi_live.main(policytop, dump, folder, sys.modules[__name__])
    return done()


if __name__ == "__main__":
    sys.stdout.flush()
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
