# SPDX-License-Identifier: Apache-2.0
# `policytop check --ask --go` against real codecs: websockets with openpi_client.msgpack_numpy, pyzmq
# with GR00T's message forms. Usage: ask.py FOLDER
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time

import msgpack
import numpy as np
from openpi_client import msgpack_numpy as openpi_numpy
from openpi_client import websocket_client_policy

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/sim"))
import groot
import openpi
from simbus import SimBus
from wiretap import Capture, Relay, done, ok, wait_for

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
DUMP = os.path.join(os.environ["TOP_BUILDDIR"], "tests/oracle/dump_request")
CHECKPOINTS = os.path.join(os.environ["TOP_SRCDIR"], "tests/training/checkpoint")
JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
TASK = "Greife das Gehirn – schnell"


def profile(at):
    """Training that starts where the arm is, and asks for at most 3 beyond it at first."""
    def feature(j, v):
        return {"name": f"{j}.pos", "unit": "0_100" if j == "gripper" else "deg", "min": v - 30,
                "max": v + 60 + 5 * len(j), "mean": v + 14 + len(j), "std": 9.0 + len(j),
                "q01": v - 29, "q10": v - 20, "q50": v, "q90": v + 20, "q99": v + 59,
                "delta": dict.fromkeys(("q50", "q95", "q99", "q999", "max"), 3.0),
                "episode_delta_max": [3.0] * 12, "gap": {
                    "q50": 1.0, "q95": 2.0, "q99": 3.0, "max": 3.0, "first_q50": 1.0,
                    "first_q95": 2.0, "first_max": 3.0},
                "start": {"mean": v, "std": 1.0, "min": v - 3, "max": v + 3}}
    joints = {"joints": [feature(j, v) for j, v in zip(JOINTS, at)]}
    text = {"schema": 1, "profile": "brain", "robot": "so101_follower", "fps": 30, "episodes": 12,
            "frames": 1200, "learned_utc": "", "action_space": "absolute", "action_space_why": "",
            "tasks": [{"task": TASK, "episodes": 12}], "cameras": [],
            "features": {"action": joints, "observation.state": joints},
            "episode_frames": [100] * 12, "disagreements": [],
            "behaviour": {k: [1.0] * 6 for k in ("rough_max", "tracking_max")}}
    with open(f"{WORK}/profile.json", "w", encoding="utf-8") as f:
        json.dump(text, f)
    p = subprocess.run([POLICYTOP, "profile", "import", f"{WORK}/profile.json"], text=True,
                       capture_output=True, check=False)
    assert p.returncode == 0, p.stderr


def rig(bus, **more):
    folder = f"{WORK}/config/policytop/rigs"
    os.makedirs(folder, exist_ok=True)
    text = {"schema": 1, "robot": {"type": "so101_follower", "port": bus.link,
                                   "calibration": bus.calibration},
            "profile": "brain", "task": TASK, "require": ["pose"]} | more
    with open(f"{folder}/bench.json", "w", encoding="utf-8") as f:
        json.dump(text, f)


def check(*words):
    p = subprocess.run([POLICYTOP, "check", "bench", "--json", *words], text=True,
                       capture_output=True, timeout=120, check=False)
    return p.returncode, json.loads(p.stdout) if p.stdout else {}, p.stderr


def asked(*words):
    """The items of --ask by subject."""
    _, found, _ = check("--ask", "--go", *words)
    return {i["subject"] or "": i for i in found.get("items", []) if i["code"] == "ask"}


def same(got, dtype, shape, values):
    return got.dtype == np.dtype(dtype) and got.shape == shape and np.array_equal(got, values)


def picture(width, height):
    return ((np.arange(width * height * 3) * 7 + width) % 256).astype(np.uint8).reshape(
        height, width, 3)


def dump(form, *words):
    return subprocess.run([DUMP, form, *map(str, words)], capture_output=True, check=True).stdout


def encoders():
    """Bodies of all forms, by the decoders of those who will read them."""
    libero = openpi_numpy.unpackb(dump(
        "openpi", "state", "observation/state", 8, "image", "observation/image", 32, 20, "image",
        "observation/wrist_image", 640, 480, "prompt", "prompt", TASK))
    ok(set(libero) == {"observation/state", "observation/image", "observation/wrist_image",
                       "prompt"} and libero["prompt"] == TASK, "openpi: LIBERO's keys, the prompt")
    ok(same(libero["observation/state"], "<f8", (8,), np.arange(8) - 0.25) and
       same(libero["observation/image"], "u1", (20, 32, 3), picture(32, 20)) and
       same(libero["observation/wrist_image"], "u1", (480, 640, 3), picture(640, 480)),
       "openpi: state, pictures uint8 [height, width, 3]")
    aloha = openpi_numpy.unpackb(dump("openpi", "state", "state", 14, "image", "images/cam_high", 8,
                                      6, "image", "images/cam_low", 4, 4))
    ok(set(aloha) == {"state", "images"} and set(aloha["images"]) == {"cam_high", "cam_low"} and
       same(aloha["images"]["cam_high"], "u1", (3, 6, 8), picture(8, 6).transpose(2, 0, 1)),
       "openpi: ALOHA's pictures, a map of their own, channels first")
    words = ("state", "state.single_arm", 5, "state", "state.gripper", 1, "image", "video.front", 32,
             20, "prompt", groot.TASK, TASK)
    flat = msgpack.unpackb(dump("groot-b", *words), object_hook=groot.unnpy)
    data = flat["data"]
    ok(flat["endpoint"] == "get_action" and data[groot.TASK] == [TASK] and
       same(data["state.single_arm"], "<f8", (1, 5), [np.arange(5) - 0.25]) and
       same(data["state.gripper"], "<f8", (1, 1), [[-0.25]]) and
       same(data["video.front"], "u1", (1, 20, 32, 3), [picture(32, 20)]),
       "GR00T B: flat, one time step")
    deep = msgpack.unpackb(dump("groot-c", *words), object_hook=groot.unnpy)["data"]
    seen = deep["observation"]
    ok(set(deep) == {"observation", "options"} and deep["options"] is None and
       seen["language"] == {groot.TASK: [[TASK]]} and
       same(seen["state"]["single_arm"], "<f4", (1, 1, 5), [[np.arange(5) - 0.25]]) and
       same(seen["video"]["front"], "u1", (1, 1, 20, 32, 3), [[picture(32, 20)]]),
       "GR00T C: nested, float32, a batch of one")
    for i in range(1, 60):
        n, m = i * 37 % 70, i * 997
        text = "ä" * m
        got = openpi_numpy.unpackb(dump("openpi", "state", "k" * (i % 40), n, "prompt", "p" * i,
                                        text))
        if got["p" * i] != text or not same(got["k" * (i % 40)], "<f8", (n,), np.arange(n) - 0.25):
            ok(False, f"openpi: keys of {i} bytes, {n} values, a text of {2 * m}")
            return
    ok(True, "openpi: keys, values and texts of every form of length")


class Peer:
    """openpi's server with a policy that remembers what it was asked, and answers at() more."""

    def __init__(self):
        self.seen, self.act = [], lambda state: np.tile(state, (10, 1))
        self.server = openpi.Server(self.answer, {})

    def answer(self, obs):
        self.seen.append(obs)
        return {"actions": self.act(np.asarray(obs["state"]))}


def move(state):
    return state + np.linspace(0, 8, 10)[:, None]


def live_openpi(bus, at):
    peer = Peer()
    peer.act = move
    rig(bus, server=f"127.0.0.1:{peer.server.port}", n_action_steps=10)
    status, _, words = check("--ask")
    ok(status == 64 and "--ask --go" in words and not peer.seen, "--ask without --go: usage, unsent")
    ok(check("--go")[0] == 64 and check("--ask-from", "x")[0] == 64, "--go alone, too")
    check()
    ok(not peer.seen, "a look without --ask asks nothing")
    got = asked()
    ok(len(peer.seen) == 1 and set(peer.seen[0]) == {"state", "prompt"} and
       peer.seen[0]["prompt"] == TASK and np.allclose(peer.seen[0]["state"], at, atol=2.5),
       "one request: where the arm is, and the task", )
    ok({k: v["level"] for k, v in got.items()} ==
       {"": "ok", "latency": "ok", "finite": "ok", "shape": "ok", "first-action": "ok"},
       f"a healthy answer: {[(k, v['level'], v['text']) for k, v in got.items()]}")
    ok(0 <= got[""]["age_s"] < 2 and got[""]["source"] == "the rig's arm and cameras" and
       0 < got["latency"]["value"] < got["latency"]["threshold"] and
       abs(got["latency"]["threshold"] - 333.3) < 1, "its age, its source, the plan's length")
    faults = {"not un-normalised": lambda s: (move(s) - peer.mean) / peer.std,
              "one un-normalise too many": lambda s: move(s) * peer.std + peer.mean}
    peer.mean = np.array([v + 14 + len(j) for j, v in zip(JOINTS, at)])
    peer.std = np.array([9.0 + len(j) for j in JOINTS])
    for words, act in faults.items():
        peer.act = act
        first = asked()["first-action"]
        ok(first["level"] == "fail" and words in first["text"], f"{words}: {first['text']}")
    peer.act = lambda s: np.where(np.arange(6) == 2, np.nan, move(s))
    ok(asked()["finite"]["level"] == "fail", "actions that are no numbers")
    peer.act = lambda s: move(s)[:, :5]
    got = asked()
    ok(got["shape"]["level"] == "fail" and got["first-action"]["level"] == "unknown",
       f"another width: {got['shape']['text']}")
    peer.act = lambda s: move(s)[:4]
    ok(asked()["shape"]["level"] == "fail", "fewer actions than the loop executes")
    peer.act = lambda s: time.sleep(0.6) or move(s)
    late = asked()["latency"]
    ok(late["level"] == "warn" and late["value"] > 600, f"slower than a plan lasts: {late['text']}")
    peer.act = lambda s: 1 / 0
    got = asked()
    ok(list(got) == [""] and got[""]["level"] == "fail" and "ZeroDivisionError" in got[""]["text"],
       f"the server fails: {got['']['text']}")
    return peer


def recorded(bus, at):
    """What openpi-client asked through a tap is asked again, byte for byte."""
    first, again = Peer(), Peer()
    again.act = first.act = move
    capture = Capture(f"{WORK}/libero.capture", "openpi:1=2:3?fps=30")
    relay = Relay(first.server.port, capture)
    client = websocket_client_policy.WebsocketClientPolicy("127.0.0.1", relay.port)
    for k in range(3):
        client.infer({"state": np.array(at) + k, "observation/image": openpi.IMAGE,
                      "prompt": f"task {k}"})
    client._ws.close()
    wait_for(relay.idle.is_set)
    capture.close()
    rig(bus, server=f"127.0.0.1:{again.server.port}")
    os.utime(capture.file.name, (time.time() - 3600,) * 2)
    got = asked("--ask-from", capture.file.name)
    ok(len(again.seen) == 1 and again.seen[0]["prompt"] == "task 2" and
       again.seen[0]["state"].tobytes() == first.seen[2]["state"].tobytes() and
       np.array_equal(again.seen[0]["observation/image"], openpi.IMAGE),
       "the last request of a capture, with its picture")
    ok(3590 < got[""]["age_s"] < 3720 and got[""]["source"] == "libero.capture" and
       got["first-action"]["level"] == "ok", f"its age {got['']['age_s']:.0f} s, and judged by its own state")
    for name, text in (("none", "holds no request"), ("torn", "holds no request")):
        with open(f"{WORK}/{name}", "wb") as f:
            f.write(b"" if name == "none" else b"PTOPCAP\n" + bytes(40))
        got = asked("--ask-from", f"{WORK}/{name}")
        ok(got[""]["level"] == "unknown" and "not applicable" in got[""]["text"],
           f"a capture that is {name}: {got['']['text']}")


def live_groot(bus, at):
    class Arm(groot.Server):
        def answer(self, request):
            self.seen.append(request)
            if request.get("endpoint") != "get_action":
                return {"error": "no such endpoint"}
            data = request["data"]
            state = data if self.flat else {"state." + k: v for k, v in
                                            data["observation"]["state"].items()}
            arm, hand = (np.asarray(state[k], "f4").reshape(-1) for k in
                         ("state.single_arm", "state.gripper"))
            plan = np.linspace(0, 8, 16, dtype="f4")[:, None]
            if self.flat:
                return {"action.single_arm": arm + plan, "action.gripper": hand + plan}
            return [{"single_arm": (arm + plan)[None], "gripper": (hand + plan)[None]}, {}]

    for form, files in (("B", "groot15"), ("C", "groot16"), ("D", "groot16")):
        Arm.seen = []
        server = Arm(form)
        if form == "D":  # its server still reads C's arrays
            hook = server.hook
            server.hook = lambda o: groot.unnpy(o) if "__ndarray_class__" in o else hook(o)
        rig(bus, server=f"tcp://127.0.0.1:{server.port}", policy=f"{WORK}/{files}")
        got = asked()
        data = server.seen[-1]["data"] if server.seen else {}
        state = data.get("state.single_arm") if form == "B" else data.get(
            "observation", {}).get("state", {}).get("single_arm")
        ok(len(server.seen) == 1 and state is not None and
           np.allclose(np.ravel(state), at[:5], atol=2.5) and
           state.dtype == ("<f8" if form == "B" else "<f4"),
           f"GR00T {form}: one request, as its server wants it", )
        ok(got[""]["level"] == "ok" and got["shape"]["level"] == "ok" and
           got["first-action"]["level"] == "ok",
           f"GR00T {form}: {[(k, v['level'], v['text']) for k, v in got.items()]}")
        server.stop.set()
    rig(bus, server=f"tcp://127.0.0.1:{Arm('B').port}")
    got = asked()
    ok(got[""]["level"] == "unknown" and "checkpoint" in got[""]["text"],
       f"GR00T without a checkpoint: {got['']['text']}")


def without_cameras():
    """The checkpoints' fixtures, less the cameras that a test has not."""
    for name in ("groot15", "groot16"):
        for folder, _, files in os.walk(f"{CHECKPOINTS}/{name}"):
            to = folder.replace(CHECKPOINTS, WORK)
            os.makedirs(to, exist_ok=True)
            for file in files:
                with open(f"{folder}/{file}", encoding="utf-8") as f:
                    text = f.read()
                if file.endswith(".json"):
                    value = json.loads(text)

                    def prune(v):
                        if isinstance(v, dict):
                            v.pop("video", None)
                            for k in v.values():
                                prune(k)
                    prune(value)
                    text = json.dumps(value)
                with open(f"{to}/{file}", "w", encoding="utf-8") as f:
                    f.write(text)


WELCOME = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Accept: x\r\n\r\n")
META = b"\x82\x01\x80"


def hostile(bus):
    """Servers that greet and then misbehave. Each is told in a sentence, in time."""
    def send_all(c, parts):
        for part in parts:
            c.sendall(part)

    def giant():
        yield WELCOME + META + b"\x82\x7f" + struct.pack(">Q", 1 << 33)
        while True:
            yield bytes(1 << 20)

    nested = b"\x81" * 2000
    cases = {
        "an error text": ([WELCOME + META + b"\x81\x0bTraceback\nX"], "the server fails"),
        "a giant": (giant, "does not end after 64 MiB"),
        "half a frame": ([WELCOME + META + b"\x82\x7e\x01\x00half"], "hung up"),
        "silence": ([WELCOME + META], "no answer within 1"),
        "no greeting": ([b"HTTP/1.1 101 S"], "does not greet within 1"),
        "deep nesting": ([WELCOME + META + b"\x82\x7e" + struct.pack(">H", len(nested)) + nested],
                         "holds no actions"),
        "a lying array": ([WELCOME + META + b"\x82\x0c\x81\xa7actions\xdd\xff\xff"], "holds no actions"),
        "a masked frame": ([WELCOME + META + b"\x82\x84abcdabcd"], ""),
        "garbage": ([WELCOME + META + bytes(range(256)) * 8], ""),
    }
    for name, (parts, words) in cases.items():
        peer = socket.create_server(("127.0.0.1", 0))

        def serve(peer=peer, parts=parts, hang_up=name == "half a frame"):
            while True:
                c, _ = peer.accept()
                c.recv(1 << 16)

                def talk(c=c):
                    try:
                        send_all(c, parts() if callable(parts) else parts)
                        while not hang_up and c.recv(1 << 16):
                            pass
                    except OSError:
                        pass
                    c.close()
                threading.Thread(target=talk, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        rig(bus, server=f"127.0.0.1:{peer.getsockname()[1]}")
        begin = time.monotonic()
        got = asked("--ask-deadline", "10" if name == "a giant" else "1")
        first = got.get("", {})
        ok(first.get("level") == ("unknown" if name == "no greeting" and "not app" in first["text"]
                                  else "fail") and words in first["text"],
           f"{name}, in {time.monotonic() - begin:.1f} s: {first.get('text')}")
        peer.close()
    peer = socket.create_server(("127.0.0.1", 0))

    def grpc():
        while True:
            peer.accept()[0].sendall(b"\0\0\0\4\0\0\0\0\0")

    threading.Thread(target=grpc, daemon=True).start()
    rig(bus, server=f"127.0.0.1:{peer.getsockname()[1]}")
    first = asked().get("", {})
    ok(first["level"] == "unknown" and "pickles" in first["text"], f"gRPC: {first['text']}")
    rig(bus)
    first = asked().get("", {})
    ok(first["level"] == "unknown" and "names no server" in first["text"], first["text"])


def main():
    encoders()
    bus = SimBus(WORK, "sts")
    profile([0.0] * 6)
    rig(bus)
    _, found, words = check()
    at = [i["value"] for j in JOINTS for i in found.get("items", [])
          if i["code"] == "pose" and i["subject"] == f"{j}.pos"]
    assert len(at) == 6, (found, words)
    profile(at)
    without_cameras()
    live_openpi(bus, at)
    recorded(bus, at)
    live_groot(bus, at)
    hostile(bus)
    bus.close()
    return done()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
