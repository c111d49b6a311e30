# SPDX-License-Identifier: Apache-2.0
"""Stand-ins of the shape of LeRobot 0.5's and torch's, where the real ones are not at hand: what is
wrapped has the same names, arguments and order of calls. tests/lerobot runs the real 0.6.1."""
import contextlib
import sys
import time
import types


class Tensor:
    """Nested lists with the few methods that the hook may call."""

    def __init__(self, v):
        self.v = v

    def tolist(self):
        return self.v

    def detach(self):
        return self

    def cpu(self):
        return self

    def clone(self):
        return Tensor([list(x) if isinstance(x, list) else x for x in self.v])

    def squeeze(self, dim):
        return Tensor(self.v[0]) if isinstance(self.v[0], list) else self

    def reshape(self, n):
        flat = self.v
        while flat and isinstance(flat[0], list):
            flat = sum(flat, [])
        return Tensor(flat)


def _module(name, **content):
    m = types.ModuleType(name)
    m.__dict__.update(content)
    sys.modules[name] = m
    parent, _, child = name.rpartition(".")
    if parent:
        if parent not in sys.modules:
            _module(parent, __path__=[])
        setattr(sys.modules[parent], child, m)
    return m


def torch():
    def stack(tensors, dim):
        return Tensor([[t.v[0] for t in tensors]])
    _module("torch", inference_mode=contextlib.nullcontext, stack=stack)
    _module("torch.compiler", disable=lambda g, recursive: g)


class Robot:
    name = "so_follower"

    def __init__(self, config=None):
        self.n = 0


class Arm(Robot):
    def __init__(self):
        super().__init__()
        self.goals, self.limit = [], None
        self.times = []  # of the goals

    action_features = {"pan.pos": float, "lift.pos": float}

    def connect(self):
        pass

    def disconnect(self):
        pass

    def get_observation(self):
        self.n += 1
        return {"pan.pos": self.n / 3, "lift.pos": -self.n / 7}

    def send_action(self, action):
        if self.limit is not None:
            action = {k: min(v, self.limit) for k, v in action.items()}
        self.goals.append(action)
        self.times.append(time.monotonic())
        return action


class Policy:
    def __init__(self, horizon=4):
        self.config = types.SimpleNamespace(n_action_steps=horizon, input_features={})
        self.horizon, self.calls, self._action_queue = horizon, 0, []
        self.reset()

    def reset(self):
        self._action_queue = []

    def select_action(self, batch):
        raise NotImplementedError


class Act(Policy):
    """As ACT: a queue that predict_action_chunk fills."""

    def __init__(self, horizon=4):
        super().__init__(horizon)

    def reset(self):
        self._action_queue = []

    def predict_action_chunk(self, batch):
        self.calls += 1
        return Tensor([[[self.calls + i / 10, -self.calls - i / 10] for i in range(self.horizon)]])

    def select_action(self, batch):
        if not self._action_queue:
            self._action_queue = [Tensor([row]) for row in self.predict_action_chunk(batch).v[0]]
        return self._action_queue.pop(0)


class SmolVLA(Act):
    """As SmolVLA: another way to fill it."""

    def __init__(self, horizon=4):
        Policy.__init__(self, horizon)

    def reset(self):
        self._queues = {"action": []}

    def select_action(self, batch):
        q = self._queues["action"]
        if not q:
            self.calls += 1
            q.extend(Tensor([[self.calls + i / 10, -self.calls]]) for i in range(self.horizon))
        return q.pop(0)


class Ensemble(Act):
    """As ACT with temporal ensembling: what it does is in none of its chunks."""

    def select_action(self, batch):
        self.predict_action_chunk(batch)
        return Tensor([[0.25, 0.5]])


class Pipeline:
    def __init__(self, name):
        self.name = name

    def __call__(self, data):
        if self.name == "policy_postprocessor":
            return Tensor([[[2 * x for x in row] if isinstance(row, list) else 2 * row
                            for row in rows] for rows in data.v])
        return data


class Teleoperator:
    def __init__(self, config=None):
        pass


class Leader(Teleoperator):
    def __init__(self):
        super().__init__()

    def get_action(self):
        return {"pan.pos": 7.0, "lift.pos": 8.0}


def log_say(text, play_sounds=True, blocking=False):
    pass


def record_loop(robot, fps, policy=None, teleop=None, single_task=None, steps=10):
    """lerobot_record.py of 0.5.1, without its dataset and its sleep."""
    pre, post = Pipeline("policy_preprocessor"), Pipeline("policy_postprocessor")
    if policy is not None:
        policy.reset()
    for _ in range(steps):
        obs = robot.get_observation()
        if policy is not None:
            batch = pre({"observation.state": Tensor([list(obs.values())]), "task": single_task})
            action = post(policy.select_action(batch)).reshape(-1).tolist()
            robot.send_action(dict(zip(robot.action_features, action)))
        else:
            robot.send_action(teleop.get_action())


class RobotClient:
    """Of lerobot.async_inference.robot_client."""

    def __init__(self, robot):
        self.robot, self.n = robot, 0

    def control_loop_action(self):
        self.n += 1
        return self.robot.send_action({"pan.pos": float(self.n), "lift.pos": 0.5})


def robot_client():
    return sys.modules["lerobot.async_inference.robot_client"]


def lerobot():
    torch()
    _module("lerobot.robots.robot", Robot=Robot)
    _module("lerobot.policies.pretrained", PreTrainedPolicy=Policy)
    _module("lerobot.teleoperators.teleoperator", Teleoperator=Teleoperator)
    _module("lerobot.processor.pipeline", DataProcessorPipeline=Pipeline)
    _module("lerobot.utils.utils", log_say=log_say)
    _module("lerobot.async_inference.robot_client", RobotClient=RobotClient)
    return _module("lerobot.scripts.lerobot_record", log_say=log_say, record_loop=record_loop)
