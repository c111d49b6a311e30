# SPDX-License-Identifier: Apache-2.0
"""Clients of policy servers, where no tap can stand: openpi's and GR00T's, watched from inside.

A client that is asked for every step (openpi's ActionChunkBroker) has ticks; of one that is asked
for chunks alone only the replies are known, and each is a step.
"""
import threading
import time

from . import _imports, _wrap, chunk, hello, reset, step

STATES = ("state", "observation/state", "observation.state")
PARTS = (("observation/joint_position", "observation/gripper_position"),)


def _flat(v):
    """Floats of an array, a list or a number, whatever its shape."""
    if hasattr(v, "reshape") and hasattr(v, "tolist"):
        return v.reshape(-1).tolist()
    return [float(x) for x in v] if isinstance(v, (list, tuple)) else [float(v)]


def state_of(observation, n):
    """The state in an openpi observation, when it has the n values that an action has."""
    for key in STATES:
        if key in observation:
            found = _flat(observation[key])
            return found if len(found) == n else None
    for keys in PARTS:
        if all(k in observation for k in keys):
            found = [x for k in keys for x in _flat(observation[k])]
            return found if len(found) == n else None
    return None


def text_of(v):
    """A prompt: text, bytes, or lists of it."""
    while isinstance(v, (list, tuple)) and v:
        v = v[0]
    if isinstance(v, bytes):
        return v.decode("utf-8", "replace")
    return v if isinstance(v, str) else None


class Openpi:
    def __init__(self):
        self.local = threading.local()
        self.told = None

    def hello(self, n, no_tick):
        if self.told != (n, no_tick):
            self.told = (n, no_tick)
            hello(joints=[f"action.{i}" for i in range(n)], no_tick=no_tick or None)

    def infer(self, policy, call, a, kw):
        t0 = time.monotonic()
        r = call()
        took = time.monotonic() - t0
        _wrap.attempt(self.replied, a[0] if a else kw.get("obs"), r, took)
        return r

    def replied(self, obs, r, took):
        rows = r["actions"].tolist()
        broker = getattr(self.local, "broker", None)
        self.hello(len(rows[0]), broker is None)
        chunk(rows, prompt=text_of(obs.get("prompt")), latency_s=took,
              execute=getattr(broker, "_action_horizon", None))
        if broker is None:
            step(seen=state_of(obs, len(rows[0])), asked=rows[0], driver="policy", position=0)

    def broker(self, broker, call, a, kw):
        at = 0 if getattr(broker, "_last_results", None) is None else getattr(broker, "_cur_step", 0)
        self.local.broker = broker
        try:
            r = call()
        finally:
            self.local.broker = None
        _wrap.attempt(self.ticked, a[0] if a else kw.get("obs"), r, at)
        return r

    def ticked(self, obs, r, at):
        action = _flat(r["actions"])
        step(seen=state_of(obs, len(action)), asked=action, driver="policy", position=at)


class Groot:
    """All its generations: a reply is a map of parts, alone or with something beside it."""

    def __init__(self):
        self.told = None

    def get_action(self, client, call, a, kw):
        t0 = time.monotonic()
        r = call()
        took = time.monotonic() - t0
        obs = a[0] if a else kw.get("observation", kw.get("observations"))
        _wrap.attempt(self.replied, obs, r, took)
        return r

    @staticmethod
    def parts(r):
        """[(part, rows)] of a reply."""
        actions = r[0] if isinstance(r, (list, tuple)) else r
        out = []
        for key, v in actions.items():
            rows = v.tolist()
            while rows and isinstance(rows[0], list) and rows[0] and isinstance(rows[0][0], list):
                rows = rows[0]  # the batch
            rows = [x if isinstance(x, list) else [x] for x in rows]
            out.append((key[len("action."):] if key.startswith("action.") else key, rows))
        return out

    @staticmethod
    def prompt(obs):
        for v in (obs.get("language") or {}).values():
            return text_of(v)
        for key, v in obs.items():
            if key.startswith("annotation."):
                return text_of(v)
        return None

    def replied(self, obs, r, took):
        parts = self.parts(r)
        names = [f"{p}.{i}" for p, rows in parts for i in range(len(rows[0]))]
        if self.told != names:
            self.told = names
            hello(joints=names, no_tick=True)
        rows = [sum(row, []) for row in zip(*(rows for _, rows in parts))]
        chunk(rows, prompt=self.prompt(obs), latency_s=took)
        seen = {}
        for part, action in parts:
            v = (obs.get("state") or {}).get(part, obs.get("state." + part))
            values = [] if v is None else _flat(v)[-len(action[0]):]
            if len(values) == len(action[0]):
                seen.update((f"{part}.{i}", x) for i, x in enumerate(values))
        step(seen=seen or None, asked=rows[0], driver="policy", position=0)


def _openpi(openpi):
    def client(m):
        _wrap.method(m.WebsocketClientPolicy, "infer", openpi.infer)

    def broker(m):
        _wrap.method(m.ActionChunkBroker, "infer", openpi.broker, kind="broker ")
        _wrap.method(m.ActionChunkBroker, "reset", _wrap.observe(after=lambda *x: reset()))
    _imports.when("openpi_client.websocket_client_policy", client)
    _imports.when("openpi_client.action_chunk_broker", broker)


def _groot(groot):
    def client(m):
        for name in ("PolicyClient", "ExternalRobotInferenceClient", "RobotInferenceClient"):
            cls = getattr(m, name, None)
            if cls is not None:
                _wrap.method(cls, "get_action", groot.get_action)
                _wrap.method(cls, "reset", _wrap.observe(after=lambda *x: reset()))
    for module in ("gr00t.policy.server_client", "gr00t.eval.service", "gr00t.eval.robot"):
        _imports.when(module, client)


def install():
    """Once a process; nothing is imported before the program does."""
    _openpi(Openpi())
    _groot(Groot())
