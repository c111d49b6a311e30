# SPDX-License-Identifier: Apache-2.0
"""
LeRobot 0.5 and 0.6 as they run. Nothing is replaced when classes are made: the constructors of the
base classes are wrapped, and wrap the methods of the class whose first object is made; so it does
not matter who imported what before us.
"""
import atexit
import functools
import os
import sys
import threading
import time

from . import _imports, _lines, _wrap, quiet, sender
from ._loop import Chunk, Loop

STATE, ACTION = "observation.state", "action"
UNITS = {"DEGREES": "deg", "RANGE_M100_100": "m100_100", "RANGE_0_100": "0_100"}


class Watch:
    """One process of LeRobot."""

    def __init__(self, loop):
        self.loop = loop
        self.local = threading.local()  # .engine: inside get_action; .chunk: what was predicted
        self.interpolator = None        # of the loop that runs
        self.keys = None                # joints of an action, in the loop's order
        self.shapes = {}                # of cameras as the policy was trained: (height, width)
        self.compared = set()
        self.chunk, self.at = None, 0   # the sync chunk under way and its next position
        self.merged = []                # RTC: [chunk, its queue tensor, offset in it], not yet told
        self.lock = threading.Lock()    # of that
        self.current = None             # RTC: the one of them that actions come from

    # Robot

    def robot(self, cls, robot):
        observe = _wrap.observe
        _wrap.method(cls, "connect", observe(after=self.connected))
        _wrap.method(cls, "disconnect", observe(before=lambda s, a, k: self.loop.end("disconnect")))
        _wrap.method(cls, "get_observation", observe(after=self.observed, failed=self.failed))
        _wrap.method(cls, "send_action", observe(self.sending, self.sent, self.failed))

    def connected(self, robot, a, kw, r):
        names = [str(k) for k in robot.action_features]
        motors = getattr(getattr(robot, "bus", None), "motors", None) or {}
        units = []
        for n in names:
            mode = getattr(motors.get(n.rpartition(".")[0]), "norm_mode", None)
            units.append(UNITS.get(getattr(mode, "name", None)))
        self.keys = self.keys or names
        main = sys.modules.get("__main__")  # python -m lerobot.scripts.lerobot_record
        if main is not None:
            _record(self, main)
        self.loop.hello(names, robot=str(getattr(robot, "name", "")) or None,
                        units=units if any(units) else None)

    def observed(self, robot, a, kw, r):
        if len(self.compared) < len(self.shapes):
            self.compare(r)
        self.loop.observed(r)

    def compare(self, observation):
        """A camera of another size than the policy's is no error to LeRobot."""
        for name, (height, width) in self.shapes.items():
            shape = getattr(observation.get(name), "shape", None)
            if shape is None or len(shape) != 3 or name in self.compared:
                continue
            self.compared.add(name)
            if (shape[0], shape[1]) != (height, width):
                self.loop.note(f"camera {name} is {shape[1]}x{shape[0]}, the policy was trained on "
                               f"{width}x{height}", "warn")

    def sending(self, robot, a, kw):
        self.local.sending_ns = time.monotonic_ns()

    def sent(self, robot, a, kw, r):
        i = self.interpolator
        if getattr(self.local, "remote", False):
            action = a[0] if a else kw["action"]
            self.loop.asked(self.local.sending_ns, None,
                            [float(action[j]) for j in self.loop.joints])
        self.loop.sent(a[0] if a else kw.get("action"), r, i is None or i.needs_new_action(),
                       self.local.sending_ns)

    def failed(self, robot, a, kw, e):
        if isinstance(e, Exception):
            self.loop.note(f"{type(robot).__name__}: {type(e).__name__}: {e}", "warn")

    # Policy

    def policy(self, cls, policy):
        import torch

        def outer(g):
            return torch.compiler.disable(g, recursive=False)

        # Else --use_torch_compile breaks its graph at our clock. What they call is compiled.
        outer(Watch.predict)
        outer(Watch.select)
        _wrap.method(cls, "reset", _wrap.observe(after=lambda s, a, k, r: self.was_reset(s)))
        _wrap.method(cls, "predict_action_chunk", self.predict, outer)
        _wrap.method(cls, "select_action", self.select, outer)

    def was_reset(self, policy):
        self.chunk = None
        config = getattr(policy, "config", None)
        for key, feature in (getattr(config, "input_features", None) or {}).items():
            shape = getattr(feature, "shape", ())
            if len(shape) == 3 and ".images." in key:
                self.shapes[key.rpartition(".images.")[2]] = (shape[1], shape[2])
        path = getattr(config, "pretrained_path", None) or getattr(policy, "name", None)
        if path and self.loop.joints:
            self.loop.hello(policy=str(path))
        self.loop.reset()

    def predict(self, policy, call, a, kw):
        t0 = time.monotonic_ns()
        self.local.chunk = None
        r = call()
        self.local.chunk = (r, t0, policy)
        return r

    def select(self, policy, call, a, kw):
        self.local.t_ns = time.monotonic_ns()
        self.local.chunk = None
        n = _size(policy)
        r = call()
        quiet(self.selected)(policy, r, n)
        return r

    def selected(self, policy, r, before):
        self.local.selected = True
        n = _size(policy)
        # SmolVLA and others predict without predict_action_chunk: their queue grows.
        if getattr(self.local, "chunk", None) is None and n >= max(before, 1) and \
                hasattr(r, "detach"):
            import torch
            self.local.chunk = (torch.stack([r, *_queue(policy)], dim=1), self.local.t_ns, policy)

    # The engines of 0.6

    def engine_made(self, strategy, a, kw, r):
        ctx = a[0] if a else kw["ctx"]
        cfg, data = ctx.runtime.cfg, ctx.data
        self.interpolator = strategy._interpolator
        self.keys = [str(k) for k in data.ordered_action_keys]
        task = cfg.dataset.single_task if getattr(cfg, "dataset", None) else cfg.task
        self.describe(data.dataset_features, fps=cfg.fps, task=task or "",
                      policy=str(cfg.policy.pretrained_path or cfg.policy.type))

    def describe(self, features, **keys):
        names = self.keys or self.loop.joints or list(features[ACTION]["names"])
        state = (features.get(STATE) or {}).get("names") or []
        units = dict(zip(self.loop.joints, self.loop._hello.get("units") or []))
        joints = names + [n for n in state if n not in names]
        self.loop.hello(joints, units=[units.get(j) for j in joints] if units else None, **keys)

    def get_action(self, engine, call, a, kw):
        t_ns = time.monotonic_ns()
        queue = getattr(engine, "_action_queue", None)
        before = getattr(queue, "queue", None), getattr(queue, "last_index", 0)
        self.local.engine, self.local.chunk = True, None
        try:
            r = call()
            quiet(self.report)(engine, t_ns, a[0] if a else kw.get("obs_frame"), r, before)
            return r
        finally:
            self.local.engine = False

    def report(self, engine, t_ns, frame, r, before):
        features = getattr(engine, "_dataset_features", None) or \
            getattr(engine, "_hw_features", None) or {}
        action = None if r is None else r.tolist()
        if hasattr(engine, "_action_queue"):
            chunks, position = self.from_queue(engine._action_queue, action, before)
        else:
            chunks, position = self.from_policy(engine, features, t_ns, action)
        for c in chunks:
            c.prompt = getattr(engine, "_task", None)
        self.loop.asked(t_ns, self.seen(frame, features), self.padded(action), chunks, position)

    def padded(self, values):
        """An action, or a row of a chunk, in as many columns as there are joints."""
        return values if values is None or len(values) == len(self.loop.joints) else \
            values + [None] * (len(self.loop.joints) - len(values))

    def seen(self, frame, features):
        state = (frame or {}).get(STATE)
        if state is None:
            return None
        values = state.reshape(-1).tolist()
        names = (features.get(STATE) or {}).get("names") or self.keys
        if names == self.loop.joints and len(values) == len(names):
            return _lines.row(values)
        return self.loop.row(dict(zip(names, values)))

    def whole(self, predicted, postprocess, names, latency_s):
        """A chunk as the policy gave it, normalised, as the robot will get it."""
        import torch
        actions, _, policy = predicted
        with torch.inference_mode():
            rows = postprocess(actions.detach().clone()).squeeze(0).tolist()
        if self.keys and names and names != self.keys:
            order = [names.index(k) for k in self.keys]
            rows = [[row[i] for i in order] for row in rows]
        n = getattr(getattr(policy, "config", None), "n_action_steps", None)
        return Chunk([self.padded(row) for row in rows], latency_s,
                     min(n, len(rows)) if isinstance(n, int) and n > 0 else None)

    def from_policy(self, engine, features, t_ns, action):
        predicted, self.local.chunk = self.local.chunk, None
        new = []
        if predicted is not None:
            latency_s = (time.monotonic_ns() - t_ns) / 1e9
            self.chunk = None
            names = [str(n) for n in (features.get(ACTION) or {}).get("names") or []]
            self.chunk, self.at = self.whole(predicted, engine._postprocessor, names, latency_s), 0
            new = [self.chunk]
        return new, self.place(action)

    def place(self, action):
        """Where in the chunk an action comes from, when it is what the chunk says."""
        at, self.at = self.at, self.at + 1
        if self.chunk is None or action is None or at >= len(self.chunk.rows):
            return None
        return at if self.chunk.rows[at][:len(action)] == action else None

    # RTC: chunks come from a thread, and replace what is left of the one before

    def merge(self, queue, call, a, kw):
        entry = None
        try:
            rows = (a[1] if len(a) > 1 else kw["processed_actions"]).tolist()
            predicted, self.local.chunk = getattr(self.local, "chunk", None), None
            latency_s = (time.monotonic_ns() - predicted[1]) / 1e9 if predicted else None
            entry = [Chunk([self.padded(row) for row in rows], latency_s), None, 0]
            with self.lock:
                self.merged.append(entry)  # before the loop can see its queue
        except Exception as e:
            _wrap.complain(e)
        r = call()
        if entry is not None:
            quiet(self.merged_as)(entry, queue.queue)
        return r

    @staticmethod
    def merged_as(entry, tensor):
        entry[2] = len(entry[0].rows) - len(tensor)
        entry[1] = tensor

    def from_queue(self, queue, action, before):
        """Chunks to tell with this tick, and where the action is in the last of them."""
        index, tensor = (queue.last_index, queue.queue) if queue is not None else (0, None)
        if action is None:
            with self.lock:
                news, self.merged = self.merged, []
            if news:
                self.current = news[-1]
            return [n[0] for n in news], None
        entry = self.entry_of(tensor)
        at = index - 1
        if tensor is not before[0] and before[0] is not None:
            # Merged while the action was taken: it is of the old queue, if it is what that says.
            old, i = before
            if i < len(old) and old[i].tolist() == action:
                entry, at = self.entry_of(old), i
        news = self.up_to(entry)
        if entry is None or at < 0:
            return news, None
        position = entry[2] + at
        rows = entry[0].rows
        good = 0 <= position < len(rows) and rows[position][:len(action)] == action
        return news, position if good else None

    def entry_of(self, tensor):
        for entry in ([self.current] if self.current else []) + self.merged:
            if entry[1] is tensor:
                return entry
        for entry in self.merged:  # its merge() is about to say so
            if entry[1] is None and tensor is not None:
                entry[1], entry[2] = tensor, len(entry[0].rows) - len(tensor)
                return entry
        return None

    def up_to(self, entry):
        """The chunks that were merged up to this one: they are told now."""
        with self.lock:
            n = next((i + 1 for i, e in enumerate(self.merged) if e is entry), 0)
            news, self.merged = self.merged[:n], self.merged[n:]
        if n:
            self.current = entry
        return [e[0] for e in news]

    def cleared(self, queue, a, kw, r):
        self.current, self.merged = None, []

    # The loop of 0.5, which has no engine: pre-processor, select_action, post-processor

    def pipeline(self, pipeline, call, a, kw):
        name = getattr(pipeline, "name", "")
        if name not in ("policy_preprocessor", "policy_postprocessor") or \
                getattr(self.local, "engine", False):
            return call()
        data = a[0] if a else kw.get("data")
        if name == "policy_preprocessor":
            self.local.input = data if isinstance(data, dict) else None
            self.local.seen = _floats(data, STATE)
            self.local.selected = False
            return call()
        r = call()
        if getattr(self.local, "selected", False):
            self.local.selected = False
            quiet(self.tick_of_05)(pipeline, r)
        return r

    def tick_of_05(self, postprocess, r):
        if not self.loop.joints:
            return  # no robot: an evaluation in simulation
        action = r.reshape(-1).tolist()
        source = getattr(self.local, "input", None) or {}
        predicted, self.local.chunk = self.local.chunk, None
        new = []
        if predicted is not None:
            self.local.engine = True  # the post-processor is called by us
            try:
                took = (time.monotonic_ns() - predicted[1]) / 1e9
                self.chunk, self.at = self.whole(predicted, postprocess, None, took), 0
            finally:
                self.local.engine = False
            task = source.get("task")
            self.chunk.prompt = task[0] if isinstance(task, list) and task else task
            new = [self.chunk]
        seen = self.local.seen
        values = None if seen is None else dict(zip(self.loop.joints, seen))
        self.loop.asked(self.local.t_ns, self.loop.row(values), self.padded(action), new,
                        self.place(action))

    def record_loop(self, f):
        @functools.wraps(f)
        def g(*a, **kw):
            self.interpolator = kw.get("interpolator") if kw.get("policy") is not None else None
            quiet(self.loop.hello)(fps=kw.get("fps"), task=kw.get("single_task"))
            return f(*a, **kw)
        g._policytop = True
        return g

    # The asynchronous client: what it sends is a policy's, somewhere else

    def control_loop_action(self, client, call, a, kw):
        self.local.remote = True
        try:
            return call()
        finally:
            self.local.remote = False

    # Episodes

    def said(self, text):
        if text.startswith("Recording episode"):
            self.loop.begin(text)
        elif text.startswith("Reset the environment"):
            self.loop.end(text)

    def returning(self, f):
        @functools.wraps(f)
        def g(*a, **kw):
            quiet(self.loop.end)("return to the start pose")
            quiet(self.loop.script)(True)
            try:
                return f(*a, **kw)
            finally:
                quiet(self.loop.script)(False)
        g._policytop = True
        return g


def _floats(data, key):
    """The pre-processor's input as floats, before it can be changed; None when it has none."""
    try:
        return data[key].reshape(-1).tolist()
    except Exception:
        return None


def _size(policy):
    """How many actions wait in a policy's queue."""
    try:
        return len(_queue(policy))
    except TypeError:
        return 0


def _queue(policy):
    queues = getattr(policy, "_queues", None)
    if isinstance(queues, dict) and ACTION in queues:
        return queues[ACTION]
    return getattr(policy, "_action_queue", None)


def _say(watch, module):
    """log_say() of this module, wherever its name was imported to."""
    f = getattr(module, "log_say", None)
    if f is None or getattr(f, "_policytop", False):
        return

    @functools.wraps(f)
    def say(text, *a, **kw):
        quiet(watch.said)(str(text))
        return f(text, *a, **kw)
    say._policytop = True
    for name, m in list(sys.modules.items()):
        if (name.startswith("lerobot") or name == "__main__") and \
                getattr(m, "__dict__", {}).get("log_say") is f:
            m.log_say = say


def _strategies(watch, module):
    cls = module.RolloutStrategy
    _wrap.method(cls, "_init_engine", _wrap.observe(after=watch.engine_made))
    cls._return_to_initial_position = staticmethod(
        watch.returning(cls._return_to_initial_position))


def _record(watch, module):
    f = getattr(module, "record_loop", None)
    if f is not None and not getattr(f, "_policytop", False):
        module.record_loop = watch.record_loop(f)


def install():
    """Once a process."""
    watch = Watch(Loop(sender()))
    when, wrap = _imports.when, _wrap
    when("lerobot.robots.robot", lambda m: wrap.constructor(m.Robot, watch.robot))
    when("lerobot.policies.pretrained",
         lambda m: wrap.constructor(m.PreTrainedPolicy, watch.policy))
    when("lerobot.teleoperators.teleoperator", lambda m: wrap.constructor(
        m.Teleoperator, lambda cls, t: wrap.method(
            cls, "get_action", wrap.observe(after=lambda *x: watch.loop.teleoperated()))))
    when("lerobot.rollout.inference.sync",
         lambda m: wrap.method(m.SyncInferenceEngine, "get_action", watch.get_action))
    when("lerobot.rollout.inference.rtc",
         lambda m: wrap.method(m.RTCInferenceEngine, "get_action", watch.get_action))
    when("lerobot.rollout.strategies.core", lambda m: _strategies(watch, m))
    when("lerobot.policies.rtc.action_queue", lambda m: (
        wrap.method(m.ActionQueue, "merge", watch.merge),
        wrap.method(m.ActionQueue, "clear", wrap.observe(after=watch.cleared))))
    when("lerobot.processor.pipeline",
         lambda m: wrap.method(m.DataProcessorPipeline, "__call__", watch.pipeline))
    when("lerobot.utils.utils", lambda m: _say(watch, m))
    when("lerobot.async_inference.robot_client", lambda m: wrap.method(
        m.RobotClient, "control_loop_action", watch.control_loop_action))
    when("lerobot.scripts.lerobot_record", lambda m: _record(watch, m))
    pid = os.getpid()
    atexit.register(lambda: os.getpid() == pid and quiet(watch.loop.end)("the program ended"))
    return watch
