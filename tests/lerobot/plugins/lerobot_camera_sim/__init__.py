# SPDX-License-Identifier: Apache-2.0
"""A camera without hardware: a moving square at the configured size; and a witness of the loop.

The witness knows nothing of policytop: it writes what passes LeRobot's own seams (the wrapper
around the robot, the network itself, the action queue) to $WITNESS, with floats as hex."""
import json
import os
import threading
import time
from dataclasses import dataclass

import numpy as np
from lerobot.cameras import Camera, CameraConfig


@CameraConfig.register_subclass("sim")
@dataclass(kw_only=True)
class SimCameraConfig(CameraConfig):
    pass


class SimCamera(Camera):
    def __init__(self, config):
        super().__init__(config)
        self.config, self.start = config, None

    @property
    def is_connected(self):
        return self.start is not None

    @staticmethod
    def find_cameras():
        return []

    def connect(self, warmup=True):
        self.start = time.monotonic()

    def read(self):
        f = np.full((self.height, self.width, 3), 40, np.uint8)
        x = int((time.monotonic() - self.start) * 30) * 2 % (self.width - 20)
        f[self.height // 3:self.height // 3 + 20, x:x + 20] = (255, 120, 0)
        return f

    def async_read(self, timeout_ms=200):
        return self.read()

    def read_latest(self, max_age_ms=500):
        return self.read()

    def disconnect(self):
        self.start = None


def witness(path):
    out, lock = open(path, "w", buffering=1), threading.Lock()

    def say(kind, **keys):
        with lock:
            out.write(json.dumps({"what": kind, "t": time.monotonic(), **keys}) + "\n")

    def numbers(d):
        return {k: float(v).hex() for k, v in d.items() if np.ndim(v) == 0}

    def hexes(rows):
        return [[x.hex() for x in row] for row in rows]

    def after(cls, name, report):
        f = getattr(cls, name)

        def g(self, *a, **kw):
            r = f(self, *a, **kw)
            report(self, a, r)
            return r
        setattr(cls, name, g)

    from lerobot.policies.act.modeling_act import ACT
    from lerobot.policies.rtc.action_queue import ActionQueue
    try:
        from lerobot.rollout.robot_wrapper import ThreadSafeRobot as Robot
    except ImportError:  # 0.5: its loop has the robot itself
        from lerobot.robots.so_follower import SOFollower as Robot
    after(Robot, "get_observation", lambda s, a, r: say("got", v=numbers(r)))
    after(Robot, "send_action", lambda s, a, r: say("sent", asked=numbers(a[0]), v=numbers(r)))
    after(ACT, "forward", lambda s, a, r: say("raw", v=hexes(r[0][0].tolist())))
    after(ActionQueue, "get",
          lambda s, a, r: say("queue", v=r is not None and hexes([r.tolist()])[0]))

    stall = float(os.environ.get("STALL_S", 0))
    if stall:
        from lerobot.rollout.strategies import base
        sleep, began = base.precise_sleep, []

        def slow(s):
            began.append(time.monotonic())
            sleep(s + (stall if len(began) == 180 else 0))
        base.precise_sleep = slow


def patient():
    """0.5 asks its bus once and gives up; here the answer comes through a busy machine."""
    from lerobot.motors import motors_bus
    cls = getattr(motors_bus, "SerialMotorsBus", None) or motors_bus.MotorsBus
    f = cls.sync_read

    def sync_read(self, *a, num_retry=20, **kw):
        return f(self, *a, num_retry=max(num_retry, 20), **kw)
    cls.sync_read = sync_read


if os.environ.get("WITNESS"):
    patient()
    witness(os.environ["WITNESS"])

if os.environ.get("ANSWER_MS"):  # a busy machine answers late
    from lerobot.motors.feetech import feetech
    feetech.patch_setPacketTimeout = lambda self, length: self.setPacketTimeoutMillis(
        int(os.environ["ANSWER_MS"]))
