# SPDX-License-Identifier: Apache-2.0
"""The hook by itself: its packets, and what it must never do to the loop around it."""
import base64
import json
import math
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.environ["TOP_SRCDIR"] + "/src/client/python")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fake  # noqa: E402
import policytop_hook as hook  # noqa: E402
from policytop_hook import _lines, _loop, _send  # noqa: E402

count = [0, 0]


def values(v):
    """A row as the hook sends it."""
    if isinstance(v, str) and v.startswith("f8:"):
        b = base64.b64decode(v[3:])
        return list(struct.unpack(f"<{len(b) // 8}d", b))
    return v


def parse(line):
    x = json.loads(line)
    for k in ("seen", "asked", "sent", "got"):
        if k in x:
            x[k] = values(x[k])
    if "actions" in x:
        x["actions"] = [values(v) for v in x["actions"]]
    return x


WORK = tempfile.mkdtemp(prefix="policytop-hook.")
PATH = WORK + "/hook.sock"
os.environ["POLICYTOP_HOOK"] = PATH


def ok(good, what):
    count[0] += 1
    count[1] += not good
    print(f"{'ok' if good else 'not ok'} {count[0]} - {what}", flush=True)


class Engine:
    """Who listens; packets as lists of lines."""

    def __init__(self, path=PATH):
        self.path = path
        if os.path.exists(path):
            os.unlink(path)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        self.listener.listen(4)
        self.listener.settimeout(10)
        self.peer = None

    def read(self, n=None):
        """n packets; without n, those that are there."""
        if self.peer is None:
            self.peer, _ = self.listener.accept()
        out = []
        while n is None or len(out) < n:
            self.peer.settimeout(10 if n else 0)
            try:
                data = self.peer.recv(1 << 18)
            except BlockingIOError:
                break
            if not data:
                break
            out.append([parse(x) for x in data.decode().splitlines()])
        return out

    def lines(self, kind=None):
        return [x for p in self.read() for x in p if kind in (None, x["type"])]

    def close(self):
        if self.peer:
            self.peer.close()
        self.listener.close()
        if os.path.exists(self.path):
            os.unlink(self.path)


def fresh():
    """A sender that has not connected yet."""
    return _send.Sender()


def exact():
    some = [0.1, -0.0, 1e-310, 1.7976931348623157e308, 3.0, float("inf"), -112.32984924316406]
    back = values(json.loads(_lines.row(some)))
    ok(back == some and math.copysign(1, back[1]) == -1, "every float comes back as it was")
    ok(json.loads(_lines.row([math.nan, None, 1.5]))[1:] == [None, 1.5], "NaN and unknown, too")
    x = json.loads(_lines.step(3, 1234567890123456789, [("seen", "[1.0]"), ("got", None)], "policy", 2))
    ok(x == {"type": "step", "seq": 3, "t": 1234567890.1234567, "seen": [1.0], "driver": "policy",
             "position": 2}, "a step line")
    c = parse(_lines.chunk([[1.0, None]], 4, 5, 0.25, 1, 'say "cube"\n'))
    ok(c["prompt"] == 'say "cube"\n' and c["actions"] == [[1.0, None]] and c["t"] == 5e-9,
       "a chunk line, with any prompt")


def packets():
    e, s = Engine(), fresh()
    s.hello = '{"type":"hello"}\n'
    ok(s.send(["a\n".replace("a", '{"type":"step","seq":0}')]) and
       [x["type"] for x in e.read(1)[0]] == ["hello", "step"],
       "the first packet says who we are, without a wait")
    s.send(['{"type":"step","seq":1}\n'])
    ok(s.send([]) and e.read(1) == [[{"type": "step", "seq": 1}]] and not e.read(),
       "the second is one packet; nothing is none")
    e.close()
    began = time.monotonic()
    gone = [s.send(['{"type":"step","seq":2}\n'], ['{"type":"reset"}\n']) for _ in range(50)]
    ok(not any(gone) and time.monotonic() - began < 1, "without an engine nothing waits")
    e = Engine()
    end = time.monotonic() + 10
    while not s.send(['{"type":"step","seq":3}\n']) and time.monotonic() < end:
        time.sleep(0.01)
    types = [x["type"] for x in e.read(1)[0]]
    ok(types[0] == "hello" and "reset" in types and types[-1] == "step",
       "when it is back it is told who we are and what must not be missed")
    e.close()


def full():
    e, s = Engine(), fresh()
    line = '{"type":"step","seq":0,"x":"%s"}\n' % ("y" * 4000)
    began = time.monotonic()
    sent = sum(s.send([line], (), 1) for _ in range(5000))
    took = time.monotonic() - began
    ok(0 < sent < 5000 and s.dropped == 5000 - sent and took < 5,
       f"an engine that does not read holds nothing up: {sent} of 5000 sent in {took:.2f} s")
    e.read()
    s.send([line])
    told = e.read(1)[0]
    ok(told[0]["type"] == "event" and f"dropped {5000 - sent} packets" in told[0]["text"] and
       told[1] == {"type": "gap", "lost": 5000 - sent, "unit": "chunks",
                   "reason": "policytop took no packets"}, "and the next packet says what is lost")
    ok(not s.send(["x" * (1 << 18) + "\n"]) and s.send(['{"type":"reset"}\n']),
       "a packet too long is dropped, the next one goes")
    e.close()


def forks_and_threads():
    e, s = Engine(), fresh()
    s.send(['{"type":"reset"}\n'])
    e.read(1)
    pid = os.fork()
    if pid == 0:
        s._next = 0  # it may connect again at once
        os._exit(1 if s.send(['{"type":"event"}\n']) else 0)
    ok(os.waitpid(pid, 0)[1] == 0, "a forked child stays silent")
    sleeper = os.fork()
    if sleeper == 0:
        time.sleep(30)
        os._exit(0)
    s.close()
    ok(e.read(1) == [], "and holds no connection open")
    os.kill(sleeper, signal.SIGKILL)
    os.waitpid(sleeper, 0)
    e.close()

    e, s = Engine(), fresh()
    got = []

    def reader():
        while len(got) < 4000:
            got.extend(x["n"] for x in sum(e.read(1), []))

    def talk(k):
        for i in range(1000):
            while not s.send(['{"type":"event","n":%d}\n' % (1000 * k + i)]):
                time.sleep(0.001)
    threads = [threading.Thread(target=talk, args=(k,)) for k in range(4)]
    s.send(['{"type":"event","n":-1}\n'])
    e.read(1)
    s._told = lambda: []
    listening = threading.Thread(target=reader)
    for t in [listening] + threads:
        t.start()
    for t in threads + [listening]:
        t.join(60)
    ok(sorted(got) == list(range(4000)) and
       [x for x in got if x < 1000] == list(range(1000)), "four threads, each in its order")
    s.close()
    e.close()


def hostile_values():
    e = Engine()
    hook._state.clear()
    errors = sys.stderr
    sys.stderr = open(os.devnull, "w")
    for bad in (object(), "text", [object()], {"a": object()}, None, [[["x"]]], float("nan")):
        hook.step(seen=bad, asked=bad)
        hook.chunk(bad)
        hook.camera("front", bad)
        hook.event(bad)
        hook.hello(joints=bad)
    hook.Subscriber().on_step(None, None)
    hook.Subscriber().on_step({"state": "x"}, {"actions": 3})
    sys.stderr = errors
    ok(len(e.lines()) > 5, "whatever it is given, it neither raises nor says nonsense")
    hook._state.clear()
    hook.hello(robot="so101", joints=["a", "b"], units="deg", fps=30)
    hook.episode("start", task="pick")
    hook.chunk([[1, 2], [3, 4]], prompt="pick", latency_s=0.1, execute=2)
    hook.step(seen={"a": 1, "b": 2}, asked=[3, 4], position=0)
    hook.step(asked=fake.Tensor([5.0, 6.0]))
    hook.episode("end", outcome="success")
    e.peer = None
    found = e.lines()
    ok(found[3]["t"] == found[3]["done"] < found[4]["t"], "which knows no time but its call's")
    ok([x["type"] for x in found] == ["hello", "episode", "chunk", "step", "step", "episode"] and
       found[3]["seen"] == {"a": 1.0, "b": 2.0} and [x["seq"] for x in found[3:5]] == [0, 1] and
       found[4]["asked"] == [5.0, 6.0] and found[5]["outcome"] == "success", "a loop of one's own")
    e.close()
    hook._state.clear()


def ticks(name, made, steps, check):
    e = Engine()
    watch = hook._state["watch"]
    watch.loop.__init__(fresh())
    watch.keys = watch.chunk = None
    made(watch)
    found = e.lines()
    check([x for x in found if x["type"] == "step"], found)
    e.close()


def lerobot_05():
    record = fake.lerobot()
    from policytop_hook import _lerobot
    hook._state["watch"] = _lerobot.install()
    hook._state["watch"].loop.sender.close()
    arm, leader = fake.Arm(), fake.Leader()

    def session(policy):
        def run(watch):
            arm.connect()
            record.log_say("Recording episode 0")
            record.record_loop(robot=arm, fps=30, policy=policy, single_task="pick", steps=6)
            record.log_say("Reset the environment")
            record.record_loop(robot=arm, fps=30, teleop=leader, single_task="pick", steps=3)
            record.log_say("Recording episode 1")
            arm.limit = 2.5
            record.record_loop(robot=arm, fps=30, policy=policy, single_task="pick", steps=2)
            arm.limit = None
            arm.disconnect()
        return run

    def check_act(steps, found):
        policy = [s for s in steps if s["driver"] == "policy"]
        ok([s["asked"] for s in policy[:5]] == [[2.0, -2.0], [2.2, -2.2], [2.4, -2.4], [2.6, -2.6],
                                                [4.0, -4.0]], "0.5: asked is post-processed")
        ok([s["position"] for s in policy] == [0, 1, 2, 3, 0, 1, 0, 1], "0.5: positions")
        ok([s["driver"] for s in steps[6:9]] == ["human"] * 3 and steps[6]["sent"] == [7.0, 8.0],
           "0.5: who teleoperates is human")
        ok(policy[-1]["sent"] == [2.5, policy[-1]["asked"][1]] and policy[-1]["asked"][0] > 2.5,
           "0.5: sent is what the robot made of it")
        n = [s["got"][0] * 3 for s in steps]
        ok(policy[0]["seen"] == policy[0]["got"] and n == sorted(n) and len(set(n)) >= 8,
           "0.5: seen and got are of the tick")
        ok([s["seq"] for s in steps] == list(range(11)), "0.5: steps are numbered")
        ok(all(s["t"] <= t <= s["done"] for s, t in zip(steps, arm.times[-11:])),
           "0.5: each goal was sent between the step's two times")
        chunks = [x for x in found if x["type"] == "chunk"]
        ok([c["seq"] for c in chunks] == [0, 4, 9] and chunks[0]["prompt"] == "pick" and
           chunks[0]["actions"][3] == [2.6, -2.6] and chunks[0]["execute"] == 4,
           "0.5: chunks whole, with prompt and first step")
        marks = [(x["event"], x.get("boundary")) for x in found if x["type"] == "episode"]
        ok(marks == [("start", "Recording episode 0"), ("end", "Reset the environment"),
                     ("start", "Recording episode 1"), ("end", "disconnect")], "0.5: episodes")
        ok(sum(x["type"] == "reset" for x in found) == 2, "0.5: a reset an episode")
        hello = [x for x in found if x["type"] == "hello"][-1]
        ok(hello["joints"] == ["pan.pos", "lift.pos"] and hello["fps"] == 30 and
           hello["task"] == "pick" and hello["robot"] == "so_follower", "0.5: who it is")

    def remote(watch):
        arm.connect()
        client = record_client.RobotClient(arm)
        client.control_loop_action()
        client.control_loop_action()
        arm.send_action({"pan.pos": 0.0, "lift.pos": 0.0})
    record_client = fake.robot_client()
    ticks("remote", remote, 3, lambda steps, found: ok(
        [s["driver"] for s in steps] == ["policy", "policy", "script"] and
        steps[1]["asked"] == [2.0, 0.5] == steps[1]["sent"], "what the asynchronous client does"))

    class TwoArms(fake.Robot):
        action_features = {"left.pan": float, "right.pan": float}

        def __init__(self):
            super().__init__()
            self.left, self.right = fake.Arm(), fake.Arm()

        def connect(self):
            self.left.connect()
            self.right.connect()

        def get_observation(self):
            return {"left.pan": self.left.get_observation()["pan.pos"],
                    "right.pan": self.right.get_observation()["pan.pos"]}

        def send_action(self, action):
            self.left.send_action({"pan.pos": action["left.pan"], "lift.pos": 0.0})
            self.right.send_action({"pan.pos": action["right.pan"], "lift.pos": 0.0})
            return action

    def two_arms(watch):
        robot = TwoArms()
        robot.connect()
        watch.loop.asked(1, None, [1.0, 2.0])
        robot.get_observation()
        robot.send_action({"left.pan": 1.0, "right.pan": 2.0})
    ticks("two arms", two_arms, 1, lambda steps, found: ok(
        len(steps) == 1 and steps[0]["sent"] == [1.0, 2.0] and
        [x["joints"] for x in found if x["type"] == "hello"] == [["left.pan", "right.pan"]],
        "a robot of two arms is one"))

    class OddRobot(fake.Robot):
        action_features = {"pan.pos": float}

        def connect(self):
            return "up"

        def get_observation(self):
            return None

        def send_action(self, action):
            return None

        def disconnect(self):
            raise KeyError("its own")

    class OddPolicy(fake.Act):
        def reset(self):
            self.config = self._action_queue = 5
            self._queues = {"action": object()}

        def select_action(self, batch):
            self.predict_action_chunk(batch)
            return object()

        def predict_action_chunk(self, batch):
            return "chunk"

    class OddEngine:
        _action_queue = object()
        _hw_features = {"action": 7}

        def get_action(self, frame):
            return fake.Tensor([1.0])

    def odd(watch):
        robot = OddRobot()
        up = robot.connect()
        policy = OddPolicy()
        engine = OddEngine()
        got = [up, robot.get_observation(), robot.send_action({}), engine.get_action(5).v]
        post = fake.Pipeline("policy_postprocessor")
        try:
            post(policy.select_action({}))
        except AttributeError as e:
            got.append("v" in str(e))  # of the fake itself: an object has no .v
        try:
            robot.disconnect()
        except KeyError as e:
            got.append(str(e))
        watch.odd = got
    errors, sys.stderr = sys.stderr, open(os.devnull, "w")
    from policytop_hook import _wrap
    _wrap.method(OddEngine, "get_action", hook._state["watch"].get_action)
    ticks("odd", odd, 0, lambda steps, found: None)
    sys.stderr = errors
    ok(hook._state["watch"].odd == ["up", None, None, [1.0], True, "'its own'"],
       "classes of another shape work as without us, and raise what they raise")
    act, smol, ensemble = fake.Act(), fake.SmolVLA(), fake.Ensemble()
    ticks("act", session(act), 11, check_act)
    ticks("smolvla", session(smol), 11, lambda steps, found: ok(
        [s.get("position") for s in steps if s["driver"] == "policy"] == [0, 1, 2, 3, 0, 1, 0, 1] and
        sum(x["type"] == "chunk" for x in found) == 3, "a queue that grows by itself is a chunk"))
    ticks("ensemble", session(ensemble), 11, lambda steps, found: ok(
        all("position" not in s for s in steps) and sum(x["type"] == "chunk" for x in found) == 8,
        "what is in no chunk has no position"))


class Array:
    """As numpy's, as far as the hook may look."""

    def __init__(self, v):
        self.v = v

    def tolist(self):
        return self.v

    def reshape(self, n):
        return Array(fake.Tensor(self.v).reshape(n).v)


def groot():
    """Two generations of its client: flat names, and nested ones with a batch."""
    e = Engine()
    hook._state.clear()

    class Flat:
        def get_action(self, observations):
            return {"action.arm": Array([[1.0, 2.0], [3.0, 4.0]]), "action.gripper": Array([5.0, 6.0])}

    class Nested:
        def get_action(self, observation, options=None):
            return [{"arm": Array([[[1.5, 2.0], [3.0, 4.0]]]), "gripper": Array([[[5.0], [6.0]]])}, {}]

        def reset(self):
            return {}
    from policytop_hook import _clients
    fake._module("gr00t.eval.service", ExternalRobotInferenceClient=Flat)
    fake._module("gr00t.policy.server_client", PolicyClient=Nested)
    _clients.install()
    Flat().get_action({"state.arm": Array([[0.1, 0.2]]), "state.gripper": Array([[0.3]]),
                       "annotation.human.task_description": ["pick"]})
    nested = Nested()
    nested.reset()
    nested.get_action(observation={"state": {"arm": Array([[[0.4, 0.5]]])},
                                   "language": {"annotation.human.task_description": [["place"]]}})
    found = e.lines()
    hello = [x for x in found if x["type"] == "hello"]
    chunks = [x for x in found if x["type"] == "chunk"]
    steps = [x for x in found if x["type"] == "step"]
    ok(len(hello) == 1 and hello[0]["joints"] == ["arm.0", "arm.1", "gripper.0"] and
       hello[0]["no_tick"] is True, "gr00t: joints of the parts; a reply is no tick")
    ok([c["actions"] for c in chunks] == [[[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]],
                                          [[1.5, 2.0, 5.0], [3.0, 4.0, 6.0]]] and
       [c["prompt"] for c in chunks] == ["pick", "place"], "gr00t: chunks and prompts")
    ok(steps[0]["seen"] == {"arm.0": 0.1, "arm.1": 0.2, "gripper.0": 0.3} and
       steps[1]["seen"] == {"arm.0": 0.4, "arm.1": 0.5} and steps[1]["asked"] == [1.5, 2.0, 5.0],
       "gr00t: states, where they are known")
    ok(sum(x["type"] == "reset" for x in found) == 1, "gr00t: a reset")
    e.close()
    hook._state.clear()


def loop_of_ticks():
    """What the real engine can do to a tick."""
    e = Engine()
    loop = _loop.Loop(fresh())
    loop.hello(["a"], fps=30)
    loop.asked(1, None, None)
    loop.observed({"a": 1.0})
    loop.asked(2, "[1.0]", [5.0])
    loop.asked(3, "[1.0]", [6.0])
    loop.sent({"a": 5.5}, {"a": 5.5}, False)
    loop.observed({"a": 2.0})
    loop.sent({"a": 6.0}, {"a": 6.0}, True)
    loop.reset()
    loop.reset()
    loop.asked(4, None, [7.0], [_loop.Chunk([[6.5], [7.0]], prompt="x")], 1)
    loop.sent({"a": 7.0}, {"a": 7.0})
    found = e.lines()
    steps = [x for x in found if x["type"] == "step"]
    ok([s["driver"] for s in steps] == ["idle", "policy", "policy", "policy"],
       "no action: idle; one that was never sent: policy")
    ok("sent" not in steps[1] and steps[2]["sent"] == [6.0] and steps[2]["got"] == [1.0],
       "of several goals in a tick the last is its own; got is what was read before it")
    marks = [x for x in found if x["type"] == "episode"]
    ok([m["event"] for m in marks] == ["start", "end", "start"] and
       marks[2]["boundary"] == "policy reset", "a reset begins an episode, a second one none")
    ok([x for x in found if x["type"] == "chunk"][0]["seq"] == 2,
       "a chunk is for the steps from its first position on")
    loop.sender.close()
    e.close()


def start_up():
    env = {**os.environ, "PYTHONPATH": os.environ["TOP_SRCDIR"] + "/src/client/python:" + WORK}
    with open(WORK + "/sitecustomize.py", "w") as f:
        f.write("import sys; sys.hidden = 'found'\n")
    code = "import sys, sitecustomize; print(sys.hidden, sitecustomize.__file__)"
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    ok(out.stdout.split() == ["found", WORK + "/sitecustomize.py"] and not out.stderr,
       "the sitecustomize that ours hides is run")
    os.unlink(WORK + "/sitecustomize.py")
    code = ("import importlib.metadata as m, importlib, sys\n"
            "d = [x.metadata['Name'] for x in m.distributions()]\n"
            "assert 'lerobot_robot_policytop' in d, d\n"
            "importlib.import_module('lerobot_robot_policytop')\n"
            "assert not any(x.startswith(('torch', 'lerobot.', 'numpy')) for x in sys.modules)\n")
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    ok(out.returncode == 0 and not out.stderr, f"found by its distribution; imports nothing {out.stderr}")
    with open(WORK + "/first.py", "w") as f:
        f.write("import second\nclass A: pass\n")
    with open(WORK + "/second.py", "w") as f:
        f.write("from policytop_hook._imports import when\n"
                "when('first', lambda m: print('seen', m.A.__name__))\n"
                "when('third', lambda m: print('seen', m.B.__name__))\n")
    with open(WORK + "/third.py", "w") as f:
        f.write("class B: pass\n")
    out = subprocess.run([sys.executable, "-c", "import first, third"], env=env,
                         capture_output=True, text=True)
    ok(out.stdout.split() == ["seen", "A", "seen", "B"] and not out.stderr,
       f"modules are seen when they are whole, in a circle of imports, too {out.stderr}")
    where = {}
    for name, env in (("hook", {"POLICYTOP_HOOK": "/x"}), ("run", {"XDG_RUNTIME_DIR": "/r"}),
                      ("none", {}), ("udp", {"POLICYTOP_HOOK": "udp:127.0.0.1:9"})):
        old = {k: os.environ.pop(k, None) for k in ("POLICYTOP_HOOK", "XDG_RUNTIME_DIR")}
        os.environ.update(env)
        where[name] = _send.address()
        for k, v in old.items():
            os.environ.pop(k, None)
            if v is not None:
                os.environ[k] = v
    ok(where == {"hook": "/x", "run": "/r/policytop/hook.sock", "udp": ("127.0.0.1", 9),
                 "none": f"/tmp/policytop-{os.getuid()}/hook.sock"}, "where it looks for policytop")


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    s.settimeout(10)
    sender = _send.Sender(s.getsockname())
    ok(sender.send(['{"type":"reset"}\n']) and s.recv(100) == b'{"type":"reset"}\n', "over UDP, too")
    s.close()
    sender.close()


for test in (exact, packets, full, forks_and_threads, hostile_values, groot, loop_of_ticks, start_up, udp,
             lerobot_05):
    test()
print(f"1..{count[0]}")
subprocess.run(["rm", "-rf", WORK], check=False)
sys.exit(count[1] > 0)
