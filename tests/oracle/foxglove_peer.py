# SPDX-License-Identifier: Apache-2.0
# Shows ticks as LeRobot 0.6 does, on the server of the foxglove-sdk, to `policytop record
# foxglove:…`, and compares the database with them. Usage: foxglove_peer.py POLICYTOP FOLDER
import io
import json
import random
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time

import foxglove
import numpy
from foxglove.channels import CompressedImageChannel, RawImageChannel
from foxglove.messages import CompressedImage, RawImage
from PIL import Image

from wiretap import box

JOINTS, HZ = 14, 50
WIDTH, HEIGHT, CAMERAS = 320, 240, ("front", "wrist", "depth", "webp")
IMAGES = {"/observation/images/" + c for c in CAMERAS}
STATE, ACTION = "/observation/state", "/action/state"
# The schema that LeRobot logs its scalars with.
SCALARS = {"type": "object", "title": "lerobot.Scalars", "properties": {"scalars": {
    "type": "array", "items": {"type": "object", "properties": {
        "label": {"type": "string"}, "value": {"type": "number"}}}}}}
ODD = (-0.0, 5e-324, 1.7976931348623157e308, 0.1, struct.unpack("<f", b"\xcd\xcc\x4c\x3e")[0])
FRAMES = """SELECT episode, camera, width, height, mean_r, dark, thumb FROM frames
            WHERE run = ? AND mode = 'picture' ORDER BY t_ns, camera"""
VALUES = """SELECT {0} FROM joint_value v JOIN step s ON s.tick = v.id >> 7
            WHERE s.run = ? AND {0} IS NOT NULL ORDER BY v.id"""
VERDICTS = """SELECT episode, seq, code, level, subject, value, threshold, unit, message
              FROM verdicts WHERE run = ? ORDER BY 1, 2, 3, 5"""
EVERYTHING = """SELECT episode, seq, joint, seen, asked, sent, got FROM joint_values
                WHERE run = ? ORDER BY 1, 2, 3"""
failed = run = 0


def ok(good, text):
    global failed, run
    run += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {run} - {text}", flush=True)


def until(condition, what):
    limit = time.monotonic() + 30
    while not condition():
        if time.monotonic() > limit:
            print(f"# waited 30 s for: {what}", flush=True)
            return False
        time.sleep(0.01)
    return True


class Listener(foxglove.ServerListener):
    """Which channels of this server were subscribed to."""

    def __init__(self):
        self.ids, self.topics = set(), set()
        self.open, self.most = set(), 0  # cameras that are subscribed to, at once

    def on_subscribe(self, client, channel):
        self.topics.add(channel.topic)
        self.ids.add(channel.id)
        if channel.topic in IMAGES:
            self.open.add(channel.topic)
            self.most = max(self.most, len(self.open))

    def on_unsubscribe(self, client, channel):
        self.open.discard(channel.topic)

    def wait(self, text, *channels):
        ok(until(lambda: self.ids >= {c.id() for c in channels}, text), text)


def channel(topic):
    return foxglove.Channel(topic, schema=SCALARS, message_encoding="json")


class Cameras:
    """A picture of the camera `front` a tick, raw; of `wrist` the same as JPEG; depth; and one in
    a format that is not read."""

    def __init__(self):
        self.front = RawImageChannel("/observation/images/front")
        self.depth = RawImageChannel("/observation/images/depth")
        self.wrist = CompressedImageChannel("/observation/images/wrist")
        self.webp = CompressedImageChannel("/observation/images/webp")
        rgb = numpy.zeros((HEIGHT, WIDTH, 3), numpy.uint8)
        rgb[:, WIDTH // 4:] = (255, 128, 64)
        rgb[HEIGHT // 2:, :, 1] = numpy.linspace(0, 250, WIDTH, dtype=numpy.uint8)
        self.rgb, packed, odd = rgb, io.BytesIO(), io.BytesIO()
        Image.fromarray(rgb).save(packed, "JPEG", quality=95)  # as cv2.imencode() does
        Image.fromarray(rgb).save(odd, "WEBP")
        self.jpeg, self.odd = packed.getvalue(), odd.getvalue()
        self.decoded = numpy.asarray(Image.open(packed))

    def log(self, now):
        self.front.log(RawImage(width=WIDTH, height=HEIGHT, step=3 * WIDTH, encoding="rgb8",
                                frame_id="front", data=self.rgb.tobytes()), log_time=now)
        self.wrist.log(CompressedImage(data=self.jpeg, format="jpeg", frame_id="wrist"),
                       log_time=now)
        self.depth.log(RawImage(width=WIDTH, height=HEIGHT, step=2 * WIDTH, encoding="16UC1",
                                data=bytes(2 * WIDTH * HEIGHT)), log_time=now)
        self.webp.log(CompressedImage(data=self.odd, format="webp"), log_time=now)


class Robot:
    def __init__(self):
        self.random = random.Random(7)
        self.cameras = Cameras()
        self.seen, self.asked, self.times = [], [], []

    def values(self):
        return [self.random.choice(ODD) if self.random.random() < 0.05
                else self.random.uniform(-180, 180) for _ in range(JOINTS)]

    def tick(self, state, action, nan=False):
        now, seen, asked = time.time_ns(), self.values(), self.values()
        if nan:
            asked[3] = float("nan")
        self.cameras.log(now)
        for where, what in ((state, seen), (action, asked)):
            where.log({"scalars": [{"label": f"joint_{i}.pos", "value": v}
                                   for i, v in enumerate(what)]}, log_time=now)
        self.seen += seen
        self.asked += [v for v in asked if v == v]
        self.times.append(now)

    def ticks(self, n, state, action):
        due = time.monotonic()
        for _ in range(n):
            self.tick(state, action)
            due += 1 / HZ
            time.sleep(max(0, due - time.monotonic()))


def start(port, listener):
    """stop() of the one before returns before its port is free."""
    server = []

    def started():
        try:
            server.append(foxglove.start_server(name="", host="127.0.0.1", port=port,
                                                server_listener=listener))
        except RuntimeError as e:
            if "in use" not in str(e):
                raise
        return server

    if not until(started, f"port {port}"):
        sys.exit("the port is taken")
    return server[0]


def show(port, robot):
    listener = Listener()
    server = start(port, listener)
    state = channel(STATE)
    listener.wait("the state is subscribed to", state)
    action = channel(ACTION)
    listener.wait("the action that is advertised later, too", action)
    robot.ticks(250, state, action)
    state.close()
    state = channel(STATE)
    listener.wait("so is a state that was withdrawn and comes again", state)
    robot.ticks(20, state, action)
    topics = listener.topics
    server.stop()
    listener = Listener()
    server = start(port, listener)
    listener.wait("another server is found, and both are subscribed to", state, action)
    robot.ticks(20, state, action)
    time.sleep(1.3)  # the silence that ends an episode is what is tested
    robot.ticks(19, state, action)
    robot.tick(state, action, nan=True)
    ok(topics | listener.topics == {STATE, ACTION} | IMAGES,
       "nothing but state, action and cameras is subscribed to")
    ok(listener.most == 1, f"one camera at a time ({listener.most})")
    return server


def bits(values):
    return struct.pack(f"<{len(values)}d", *values)


def compare(store, number, robot):
    for column, wanted in (("seen", robot.seen), ("asked", robot.asked)):
        got = [v for (v,) in store.execute(VALUES.format(column), (number,))]
        ok(len(got) == len(wanted) and bits(got) == bits(wanted),
           f"{column}: {len(wanted)} values bit for bit ({len(got)})")
    times = [t for (t,) in store.execute("SELECT src_ns FROM step WHERE run = ? ORDER BY tick",
                                         (number,))]
    ok(times == robot.times, "with the log times of the ticks")
    names = [n for (n,) in store.execute("SELECT DISTINCT joint FROM joint_values WHERE run = ?",
                                         (number,))]
    ok(sorted(names) == sorted(f"joint_{i}.pos" for i in range(JOINTS)), "and the joints' names")
    gaps = store.execute("SELECT count(*) FROM gaps WHERE run = ?", (number,)).fetchone()[0]
    ok(gaps >= 1, f"the lost connection is a gap ({gaps})")
    notes = store.execute("SELECT * FROM notes WHERE run = ?", (number,)).fetchall()
    ok("connected to" in str(notes), "the new connection is told")


def compare_frames(store, number, robot):
    rows = store.execute("""SELECT camera, width, height, channels, mean_r, mean_g, mean_b, std_r,
        std_g, std_b, dark, bright, thumb_width, thumb_height, thumb, t_ns FROM frames
        WHERE run = ? AND mode = 'picture' ORDER BY t_ns""", (number,)).fetchall()
    seen = {camera: [r[1:] for r in rows if r[0] == camera] for camera in CAMERAS}
    span = (rows[-1][-1] - rows[0][-1]) / 1e9
    for camera in CAMERAS[:3]:
        n = len(seen[camera])
        ok(3 <= n <= span + 3, f"{camera}: {n} frames in {span:.1f} s")
        ok(all(r[:2] == (WIDTH, HEIGHT) for r in seen[camera]), "of the size of the picture")
    for camera, rgb in (("front", robot.cameras.rgb), ("wrist", robot.cameras.decoded)):
        unit, r = rgb / 255, seen[camera][-1]
        wanted = [*unit.mean((0, 1)), *unit.std((0, 1)), (unit.mean(2) < 0.05).mean(),
                  (unit.mean(2) > 0.95).mean()]
        off = max(abs(a - b) for a, b in zip(r[3:11], wanted))
        ok(off < 2e-3, f"{camera}: its light, colours and spread as numpy says (off by {off:.1e})")
        thumb = numpy.frombuffer(r[13], numpy.uint8).reshape(r[12], r[11], 3)
        small = box(rgb, r[11], r[12])
        off = float(abs(thumb - small).max()) if thumb.shape == small.shape else None
        ok(off is not None and off <= 2, f"and its thumbnail (off by {off})")
    ok(all(r[2] == 1 and r[3] is None and r[10] is None for r in seen["depth"]),
       "of depth the size is known, no light")
    ok(not seen["webp"], "a format that is not read is no frame")
    notes = str(store.execute("SELECT * FROM notes WHERE run = ?", (number,)).fetchall())
    ok("format 'webp' is neither JPEG nor PNG" in notes, "but told")


def free_port():
    """One that the kernel gives to no client: the server goes and comes again."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def main(policytop, work):
    port = free_port()
    db, capture, robot = work + "/runs.db", work + "/capture", Robot()
    live = subprocess.Popen([policytop, "--db", db, "record", "--json", "--capture", capture,
                             f"foxglove:127.0.0.1:{port}?fps={HZ}"], stdout=subprocess.PIPE)
    live.stdout.readline()  # it is ready, before there is a server
    server = show(port, robot)
    store = sqlite3.connect(db)
    until(lambda: store.execute("SELECT count(*) FROM step").fetchone()[0] >= len(robot.times),
          "all steps")
    live.send_signal(signal.SIGINT)
    result = json.loads(live.communicate(timeout=60)[0].splitlines()[-1])
    server.stop()
    ok(result["steps"] == len(robot.times) and not result["dropped"],
       f"{len(robot.times)} ticks of {JOINTS} joints at {HZ} Hz, none lost ({result['steps']})")
    ok(result["episodes"] == 3, f"restart and silence end episodes ({result['episodes']})")
    ok(result["verdicts"]["fail"] >= 1, f"the NaN is found: {result['verdicts']}")
    compare(store, result["run"], robot)
    compare_frames(store, result["run"], robot)

    done = subprocess.run([policytop, "--db", db, "record", "--json", f"raw:{capture}?speed=max"],
                          stdout=subprocess.PIPE, timeout=60, check=False)
    again = json.loads(done.stdout.splitlines()[-1])
    for query, what in ((EVERYTHING, "values"), (VERDICTS, "verdicts"), (FRAMES, "frames")):
        a = store.execute(query, (result["run"],)).fetchall()
        b = store.execute(query, (again["run"],)).fetchall()
        ok(a and a == b, f"the capture gives the same {what} ({len(a)})")
    ok(result["verdicts"] == again["verdicts"], f"and the same result: {again['verdicts']}")
    print(f"1..{run}")
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
