# SPDX-License-Identifier: Apache-2.0
# Real pyzmq sockets, REQ and REP, in the message forms of GR00T's versions: B (late N1.5), C (N1.6,
# N1.7) and D (msgpack-numpy); what the client got is what policytop's events say, bit for bit.
# Usage: groot.py POLICYTOP DUMP_EVENTS FOLDER
import contextlib
import dataclasses
import io
import json
import os
import socket
import sys
import threading

import msgpack
import msgpack_numpy
import numpy as np
import zmq

import groot_live
from wiretap import Capture, Relay, bits, box, done, events, of, ok, wait_for

RNG = np.random.default_rng(11)
PICTURE = RNG.integers(0, 256, (480, 640, 3), dtype=np.uint8)
TASK = "annotation.human.task_description"


@dataclasses.dataclass
class ModalityConfig:
    delta_indices: list
    modality_keys: list


def npy(obj, as_json):
    if isinstance(obj, ModalityConfig):
        return {"__ModalityConfig_class__": True, "as_json": as_json(dataclasses.asdict(obj))}
    if isinstance(obj, np.ndarray):
        f = io.BytesIO()
        np.save(f, obj, allow_pickle=False)
        return {"__ndarray_class__": True, "as_npy": f.getvalue()}
    return obj


def unnpy(obj):
    if "__ModalityConfig_class__" in obj:
        config = obj["as_json"]
        return ModalityConfig(**(json.loads(config) if isinstance(config, str) else config))
    if "__ndarray_class__" in obj:
        return np.load(io.BytesIO(obj["as_npy"]), allow_pickle=False)
    return obj


def config_d(obj):
    if isinstance(obj, ModalityConfig):
        return {"__ModalityConfig__": True, "as_json": dataclasses.asdict(obj)}
    return obj


def unconfig_d(obj):
    return ModalityConfig(**obj["as_json"]) if "__ModalityConfig__" in obj else obj


# (default, object_hook, flat: one positional dict instead of named arguments)
FORMS = {
    "B": (lambda o: npy(o, json.dumps), unnpy, True),
    "C": (lambda o: npy(o, dict), unnpy, False),
    "D": (lambda o: msgpack_numpy.encode(o, chain=config_d),
          lambda o: msgpack_numpy.decode(o, chain=unconfig_d), False),
}


class Server:
    def __init__(self, form):
        self.default, self.hook, self.flat = FORMS[form]
        self.actions = []
        self.port, self.stop = None, threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        wait_for(lambda: self.port)

    def serve(self):
        with zmq.Context() as context:
            sock = context.socket(zmq.REP)
            self.port = sock.bind_to_random_port("tcp://127.0.0.1")
            while not self.stop.is_set():
                if sock.poll(20):
                    request = msgpack.unpackb(sock.recv(), object_hook=self.hook)
                    sock.send(msgpack.packb(self.answer(request), default=self.default))
            sock.close(0)

    def answer(self, request):
        end, data = request.get("endpoint", "get_action"), request.get("data", {})
        if end == "ping":
            return {"status": "ok", "message": "Server is running"}
        if end == "get_modality_config":
            return {"action": ModalityConfig(list(range(16)), ["single_arm", "gripper"])}
        if end == "reset" and not self.flat:
            return {}
        if end != "get_action":
            return {"error": f"Unknown endpoint: {end}"}
        # A transposed array is saved in Fortran order.
        arm = RNG.standard_normal((5, 16)).astype("f4").T
        gripper = RNG.standard_normal((16, 1)).astype("f4")
        arm[3, 2], gripper[0, 0] = np.nan, -0.0
        self.actions.append(np.concatenate([arm, gripper], axis=1))
        if self.flat:
            return {"action.single_arm": arm, "action.gripper": gripper[:, 0]}
        return [{"single_arm": np.asfortranarray(arm[None]), "gripper": gripper[None]}, {}]


def observation(flat, k):
    arm, gripper = np.arange(5.0) + k, np.array([0.25 + k])
    if flat:
        return {"video.front": PICTURE[None], "state.gripper": gripper[None],
                "state.single_arm": arm[None], TASK: ["pick the cube"]}
    history = np.stack([arm - 100, arm]).astype("f4")
    return {"video": {"front": PICTURE[None, None]},
            "state": {"gripper": gripper[None, None].astype("f4"), "single_arm": history[None]},
            "language": {TASK: [["pick the cube"]]}}


class Client:
    def __init__(self, port, form):
        self.default, self.hook, self.flat = FORMS[form]
        self.context = zmq.Context()
        self.sock = self.context.socket(zmq.REQ)
        self.sock.setsockopt(zmq.RCVTIMEO, 30000)
        self.sock.setsockopt(zmq.LINGER, 0)
        self.sock.connect(f"tcp://127.0.0.1:{port}")

    def call(self, endpoint, **more):
        self.sock.send(msgpack.packb({"endpoint": endpoint} | more, default=self.default))
        return msgpack.unpackb(self.sock.recv(), object_hook=self.hook)

    def act(self, k):
        obs = observation(self.flat, k)
        reply = self.call("get_action", data=obs if self.flat else {"observation": obs, "options": None})
        if self.flat:
            return np.concatenate([reply["action.single_arm"],
                                   np.atleast_2d(reply["action.gripper"]).T], axis=1)
        return np.concatenate([reply[0]["single_arm"][0], reply[0]["gripper"][0]], axis=1)

    def close(self):
        self.sock.close()
        self.context.term()


def generation(dump, folder, form):
    server = Server(form)
    path = f"{folder}/{form}.capture"
    capture = Capture(path, "groot:1=2:3")
    relay = Relay(server.port, capture, 997 if form == "C" else 1 << 16)
    client = Client(relay.port, form)
    client.call("ping")
    client.call("get_modality_config")
    got = [client.act(k) for k in range(3)]
    if not client.flat:
        client.call("reset", data={"options": None})
        got.append(client.act(3))
    error = client.call("nonsense")
    client.close()
    wait_for(relay.idle.is_set)
    server.stop.set()
    server.thread.join()
    capture.close()
    found, *_ = events(dump, path)
    chunks, steps = of(found, "chunk"), of(found, "step")
    ok(len(chunks) == len(got) and all(
        (c["horizon"], c["dims"]) == a.shape and bits(c["actions"]) == bits(a.astype("f8").ravel())
        for c, a in zip(chunks, got)), f"{form}: every chunk is what the client got ({len(got)})")
    ok(of(found, "hello")[-1]["joints"] == [f"single_arm.{i}" for i in range(5)] + ["gripper.0"],
       f"{form}: joints have the names of their parts")
    ok(all(bits(s["seen"]) == bits([*(np.arange(5.0) + k), 0.25 + k]) and
           bits(s["asked"]) == bits(a[0].astype("f8")) for k, (s, a) in enumerate(zip(steps, got))),
       f"{form}: seen by part, its newest row; asked is the first action")
    ok({c["prompt"] for c in chunks} == {"pick the cube"}, f"{form}: the prompt")
    frames = of(found, "frame")
    ok(frames and frames[0]["camera"] == "video.front" and
       (frames[0]["width"], frames[0]["height"]) == (640, 480) and
       np.abs(frames[0]["pixel"] - box(PICTURE, 64, 48)[0, 0]).max() <= 1,
       f"{form}: a frame under its name")
    answered = of(found, "exchange", state="answered")
    failed = of(found, "exchange", state="failed")
    ok([x["endpoint"] for x in answered][:3] == ["ping", "get_modality_config", "get_action"] and
       [x["acted"] for x in answered][:3] == [False, False, True], f"{form}: endpoints")
    ok(len(failed) == 1 and failed[0]["error"] == error["error"], f"{form}: {error['error']}")
    marks = [(e["event"], e["boundary"]) for e in of(found, "episode")]
    wanted = [("start", "first request"), ("end", "connection")]
    if not client.flat:
        wanted[1:1] = [("end", "policy reset"), ("start", "policy reset")]
    ok(marks == wanted and len(of(found, "reset")) == (not client.flat), f"{form}: episodes {marks}")


def pickles(dump, folder):
    """Generation A: the bytes of torch.save are a zip; they are never read."""
    context = zmq.Context()
    sock = context.socket(zmq.REP)
    port = sock.bind_to_random_port("tcp://127.0.0.1")
    capture = Capture(f"{folder}/A.capture", "groot:1=2:3")
    relay = Relay(port, capture)
    client = context.socket(zmq.REQ)
    client.connect(f"tcp://127.0.0.1:{relay.port}")
    client.send(b"PK\3\4" + bytes(5000))
    ok(len(sock.recv()) == 5004, "A: a request passes")
    sock.send(b"PK\3\4" + bytes(300))
    client.recv()
    client.send(b"PK\3\4" + bytes(5000))
    sock.recv()
    sock.send(b"ERROR")
    client.recv()
    client.close(0)
    wait_for(relay.idle.is_set)
    sock.close(0)
    context.term()
    capture.close()
    found, *_ = events(dump, f"{folder}/A.capture")
    told = of(found, "exchange")
    ok([(x["state"], x["request_bytes"], x["reply_bytes"]) for x in told] ==
       [("asked", 5004, 0), ("answered", 5004, 304), ("asked", 5004, 0), ("failed", 5004, 5)],
       "A: sizes, and the raw ERROR")
    ok(len([n for n in of(found, "note") if "pickles" in n["text"]]) == 1 and
       not of(found, "step") and not of(found, "episode"), "A: the reason is told, nothing is read")


def strangers(dump, folder):
    listener = socket.create_server(("127.0.0.1", 0))

    def web():
        with contextlib.suppress(OSError):
            while True:
                peer = listener.accept()[0]
                peer.recv(100)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                peer.close()
    threading.Thread(target=web, daemon=True).start()
    capture = Capture(f"{folder}/web.capture", "groot:1=2:3")
    relay = Relay(listener.getsockname()[1], capture)
    client = Client(relay.port, "C")
    wait_for(lambda: relay.connections >= 1 and relay.idle.is_set())
    client.close()
    wait_for(relay.idle.is_set)
    capture.close()
    found, *_ = events(dump, f"{folder}/web.capture")
    told = {x["error"] for x in of(found, "exchange", state="stranger")}
    ok(told == {"no GR00T policy server, but an HTTP server"}, f"another server: {told}")
    context = zmq.Context()
    sock = context.socket(zmq.PUB)
    port = sock.bind_to_random_port("tcp://127.0.0.1")
    capture = Capture(f"{folder}/pub.capture", "groot:1=2:3")
    relay = Relay(port, capture)
    other = context.socket(zmq.SUB)
    other.connect(f"tcp://127.0.0.1:{relay.port}")
    wait_for(lambda: relay.connections == 1)
    other.subscribe(b"")

    def heard():
        sock.send(b"x")
        return other.poll(10)
    wait_for(heard)
    other.close(0)
    wait_for(relay.idle.is_set)
    sock.close(0)
    context.term()
    capture.close()
    found, *_ = events(dump, f"{folder}/pub.capture")
    told = {x["error"] for x in of(found, "exchange", state="stranger")}
    ok(told == {"a ZeroMQ server, but no GR00T policy server: its socket is PUB"}, f"and {told}")


def main(policytop, dump, folder):
    for form in FORMS:
        generation(dump, folder, form)
        groot_live.main(policytop, folder, sys.modules[__name__], form)
    pickles(dump, folder)
    strangers(dump, folder)
    return done()


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
