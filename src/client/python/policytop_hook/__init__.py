# SPDX-License-Identifier: Apache-2.0
"""Tells policytop what a control loop does, from inside it; see policytop-hook(7).

LeRobot, openpi and GR00T clients need no line of code. Other loops call, with the keys of the
stream protocol:

    import policytop_hook as hook
    hook.hello(robot="so101", joints=["pan.pos", ...], units="deg", fps=30)
    hook.episode("start", task="pick up the cube")
    hook.chunk(actions, prompt="pick up the cube", latency_s=0.12, execute=8)
    hook.step(seen=state, asked=action, sent=goal, got=encoders, position=0)
    hook.episode("end", outcome="success")

Values are lists, arrays, tensors or maps from joint names to numbers. No call blocks or raises.
"""
import functools
import sys
import threading
import time

from . import _lines
from ._send import Sender

__all__ = ["Subscriber", "camera", "chunk", "episode", "event", "hello", "reset", "step"]
__version__ = "0.1"

_state = {}
_lock = threading.Lock()


def sender():
    """The one connection of this process."""
    with _lock:
        if "sender" not in _state:
            _state["sender"] = Sender()
        return _state["sender"]


def complain(e):
    """Says what went wrong in the hook, once a kind: its errors are not the loop's."""
    key = f"{type(e).__name__}: {e}"
    if key in _state.setdefault("told", set()) or len(_state["told"]) > 20:
        return
    _state["told"].add(key)
    try:
        sys.stderr.write(f"policytop hook: {key}\n")
    except Exception:
        pass


def quiet(f):
    """f, that neither raises nor returns anything."""
    @functools.wraps(f)
    def g(*a, **kw):
        try:
            f(*a, **kw)
        except Exception as e:
            complain(e)
    return g


def _now(t):
    return time.monotonic_ns() if t is None else int(float(t) * 1e9)


@quiet
def hello(robot=None, joints=None, units=None, fps=None, task=None, policy=None, no_tick=None):
    s = sender()
    names = None if joints is None else [str(j) for j in joints]
    s.hello = _lines.line("hello", protocol=1, clock="monotonic", robot=robot, joints=names,
                          units=units, fps=fps, task=task, policy=policy, no_tick=no_tick)
    s.send([s.hello] if s.connections else [])


@quiet
def episode(event, task=None, outcome=None, note=None, t=None):
    text = _lines.line("episode", _now(t), event=event, task=task, outcome=outcome, note=note)
    s = sender()
    s.episode = text if event == "start" else None
    s.send([text], [text])


@quiet
def step(seen=None, asked=None, sent=None, got=None, driver=None, position=None, seq=None, t=None,
         done=None):
    now = time.monotonic_ns()
    with _lock:
        n = _state["seq"] = _state.get("seq", -1) + 1 if seq is None else int(seq)
    vectors = {k: _lines.plain(v) for k, v in
               (("seen", seen), ("asked", asked), ("sent", sent), ("got", got)) if v is not None}
    text = _lines.line("step", now if t is None else _now(t), seq=n, driver=driver,
                       position=position, **vectors)
    if done is not None or t is None:
        text = _lines.done(text, now if done is None else _now(done))
    sender().send([text])


@quiet
def chunk(actions, prompt=None, latency_s=None, execute=None, seq=None, t=None):
    rows = [_lines.plain(a) for a in actions]
    sender().send([_lines.line("chunk", _now(t), actions=rows, prompt=prompt, latency_s=latency_s,
                               execute=execute, seq=seq)], (), 1)


@quiet
def reset(t=None):
    text = _lines.line("reset", _now(t))
    sender().send([text], [text])


@quiet
def event(text, level="note", t=None):
    line = _lines.line("event", _now(t), text=str(text), level=level)
    sender().send([line], [line])


@quiet
def camera(name, image, t=None):
    text = _lines.camera(str(name), image, _now(t))
    if text:
        sender().send([text])


class Subscriber:
    """For openpi_client.runtime.runtime.Runtime(..., subscribers=[policytop_hook.Subscriber()])."""

    def __init__(self, task=None):
        self._task = task

    def on_episode_start(self):
        episode("start", task=self._task)

    def on_step(self, observation, action):
        from ._clients import state_of
        actions = action.get("actions") if isinstance(action, dict) else None
        step(seen=quiet_state(state_of, observation, actions), asked=actions, driver="policy")

    def on_episode_end(self):
        episode("end")


def quiet_state(state_of, observation, actions):
    """The state that goes with the actions; None when there is none, or it cannot be read."""
    try:
        return state_of(observation, len(actions))
    except Exception as e:
        complain(e)
        return None
