# SPDX-License-Identifier: Apache-2.0
"""What a control loop does, as it is seen from inside: ticks, chunks, episodes.

A tick begins when the policy is asked for an action and is whole when the action was sent; then it
is one packet. Calls come from the thread of the loop; chunks and resets may come from any.
"""
import threading
import time

from . import _lines

FRAME_S = 1.0  # between two pictures of a camera
FACTS = ["seen", "asked", "sent", "got", "chunk", "prompt", "reset", "latency", "frames"]


class Chunk:
    """Actions in the loop's order of joints, and where they came from."""

    def __init__(self, rows, latency_s=None, execute=None, prompt=None, t_ns=None):
        self.rows, self.latency_s, self.execute, self.prompt = rows, latency_s, execute, prompt
        self.t_ns = time.monotonic_ns() if t_ns is None else t_ns
        self.told = False


class Loop:
    def __init__(self, sender):
        self.sender = sender
        self._lock = threading.RLock()
        self.joints = []
        self._hello = {}
        self.seq = 0
        self.task = None
        self._open = False       # an episode is
        self._why = None         # what the next one begins with
        self._tick = None        # the step under way: its vectors and what goes with it
        self._got = None         # the last observation, as JSON text
        self._due = {}           # per camera, when its next picture is
        self._human = False      # a teleoperator was asked since the last action
        self._script = 0         # inside a movement that no policy makes

    # Who we are

    def hello(self, joints=None, **keys):
        """Joints and what else a hello line has; says it when something is new."""
        with self._lock:
            new = {k: v for k, v in keys.items() if v is not None}
            if joints is not None:
                new["joints"] = list(joints)
            if all(self._hello.get(k) == v for k, v in new.items()):
                return
            self._hello.update(new)
            self.joints = self._hello.get("joints", [])
            self.task = self._hello.get("task", self.task)
            self.sender.hello = _lines.line("hello", protocol=1, clock="monotonic", facts=FACTS,
                                            **self._hello)
            if self.sender.connections:
                self._send([self.sender.hello], True)
            elif self.joints:
                self._send([], False)

    def row(self, values):
        """Values by name as JSON text in the order of the joints; None when none is known."""
        if not values or not self.joints:
            return None
        try:
            return _lines.row([v if type(v) is float else _lines.number(v)
                               for v in map(values.__getitem__, self.joints)])
        except KeyError:
            found = [_lines.number(values.get(j)) for j in self.joints]
        return _lines.row(found) if any(v is not None for v in found) else None

    def _send(self, lines, must, chunks=0):
        return self.sender.send(lines, lines if must else (), chunks)

    # Episodes

    def begin(self, why, task=None):
        """The one under way ends, and the next tick begins another."""
        with self._lock:
            self._flush()
            if task:
                self.task = task
            if self._open:
                self.end(why)
            if self._why is None or why != "policy reset":
                self._why = why

    def end(self, why, outcome=None):
        with self._lock:
            self._flush()
            self._why = None
            if not self._open:
                return
            self._open = False
            self.sender.episode = None
            self._send([_lines.line("episode", time.monotonic_ns(), event="end", boundary=why,
                                    outcome=outcome)], True)

    def _episode(self, t_ns):
        """Lines of an episode that begins with the tick at hand."""
        if self._open:
            return []
        self._open = True
        self._due.clear()
        text = _lines.line("episode", t_ns, event="start", task=self.task,
                           boundary=self._why or "first action")
        self._why = None
        self.sender.episode = text
        return [text]

    def reset(self):
        with self._lock:
            self._flush()
            if self.joints:  # before a robot is there a policy is made, trained or tried
                self._send([_lines.line("reset", time.monotonic_ns())], True)
            self.begin("policy reset")

    def note(self, text, level="note"):
        with self._lock:
            self._send([_lines.line("event", time.monotonic_ns(), text=text, level=level)], True)

    # Ticks

    def observed(self, values):
        """An observation: numbers by name, and pictures."""
        with self._lock:
            self._got = self.row(values)
            if self._open and not self._script:
                self._pictures(values)

    def _pictures(self, values):
        now = time.monotonic()
        for name, v in values.items():
            if type(v) is float or getattr(v, "ndim", 0) != 3 or self._due.get(name, 0) > now:
                continue
            text = _lines.camera(name, v, time.monotonic_ns())
            if text:
                self._due[name] = now + FRAME_S
                self.sender.send([text])

    def asked(self, t_ns, seen, action, chunks=(), position=None):
        """
        The policy was asked at t_ns. seen: JSON text or None; action: floats in the order of the
        joints, None when there was none; chunks: new ones, the last one is the action's.
        """
        with self._lock:
            self._flush()
            lines = self._episode(t_ns)
            for c in chunks:
                last = c is chunks[-1] and position is not None
                lines.append(_lines.chunk(c.rows, max(self.seq - position, 0) if last else self.seq,
                                          c.t_ns, c.latency_s, c.execute, c.prompt))
                c.told = True
            asked = None if action is None else _lines.row(action)
            self._tick = (t_ns, lines, len(chunks), seen, asked, self._got, position)
            if action is None:
                self._flush()

    def sent(self, asked, result, last=True, t_ns=None):
        """
        An action was sent; last: the tick's last one (an interpolator sends several). t_ns: when
        that began.
        """
        done_ns = time.monotonic_ns()
        with self._lock:
            human, self._human = self._human, False
            if self._tick is None:
                driver = "script" if self._script or not human else "human"
                self._step(t_ns or done_ns, [], 0, None, None, self.row(result), self._got,
                           driver, None, done_ns)
            elif last:
                self._finish(result, done_ns)

    def _finish(self, result, done_ns):
        t_ns, lines, chunks, seen, asked, got, position = self._tick
        self._tick = None
        self._step(t_ns, lines, chunks, seen, asked, self.row(result), got, "policy", position,
                   done_ns)

    def _flush(self):
        """A tick whose action was never sent."""
        if self._tick is None:
            return
        t_ns, lines, chunks, seen, asked, got, position = self._tick
        self._tick = None
        self._step(t_ns, lines, chunks, seen, asked, None, got, "policy" if asked else "idle",
                   position)

    def _step(self, t_ns, lines, chunks, seen, asked, sent, got, driver, position, done_ns=None):
        must = [x for x in lines if x.startswith('{"type": "episode"')]
        lines.append(_lines.step(self.seq, t_ns, (("seen", seen), ("asked", asked), ("sent", sent),
                                                  ("got", got)), driver, position, done_ns))
        self.seq += 1
        self.sender.send(lines, must, chunks)

    # Who moves

    def teleoperated(self):
        self._human = True

    def script(self, inside):
        with self._lock:
            self._flush()
            self._script += 1 if inside else -1
