# SPDX-License-Identifier: Apache-2.0
"""
A small healthy deployment that a cause may spoil before it is written: a training set (LeRobot v3.0),
an ACT checkpoint trained on it, a rig, and where it is live a simulated bus. All of it is plain data.
"""
import json
import math
import os
import random
import struct

import parquet

JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
NAMES = [j + ".pos" for j in JOINTS]
EPISODES, FRAMES, FPS = 12, 60, 30
TICK = 360 / 4096
SWING = (38.0, 55.0, -70.0, 30.0, 24.0)
START = (-8.0, -70.0, 75.0, 40.0, -20.0, 2.0)
TASK = "Grab the brain"
IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


def single(x):
    """As it is in float32."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


def path_of(start, rng):
    """One episode: each joint goes out and comes back, the gripper opens and shuts."""
    wide = [rng.uniform(0.85, 1.15) for _ in SWING]
    late, jitter = rng.uniform(-0.1, 0.1), [rng.gauss(0, 0.4) for _ in SWING]
    rows = []
    for t in range(FRAMES + 2):
        x = t / FRAMES
        row = [start[j] + jitter[j] + SWING[j] * wide[j] *
               (math.sin(math.pi * x) * (0.7 + 0.3 * math.cos(j + 5 * x + late)))
               for j in range(5)]
        row = [round(v / TICK) * TICK for v in row]
        grip = 68 * min(1, max(0, min(t - 14, 42 - t) / 5))
        rows.append([single(v) for v in row + [start[5] + round(grip) + rng.choice((0, 0.25))]])
    return rows


def stats(rows):
    columns = list(zip(*rows))
    n = len(rows)
    mean = [math.fsum(c) / n for c in columns]
    std = [math.sqrt(math.fsum((v - m) ** 2 for v in c) / n) for c, m in zip(columns, mean)]
    ordered = [sorted(c) for c in columns]
    at = {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}
    return {"mean": mean, "std": std, "min": [o[0] for o in ordered],
            "max": [o[-1] for o in ordered], "count": [n]} | {
                k: [o[round(q * (n - 1))] for o in ordered] for k, q in at.items()}


def put(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, indent=1)
        f.write("\n")


def tensors(path, values):
    """A safetensors file of {name: (shape, numbers)}."""
    head, data = {}, b""
    for name, (shape, numbers) in values.items():
        raw = struct.pack(f"<{len(numbers)}f", *numbers)
        head[name] = {"dtype": "F32", "shape": shape,
                      "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(head).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


class World:
    """Everything as it should be; finish() makes what follows from the data, write() the files."""

    def __init__(self, start=START, robot="so101_follower"):
        rng = random.Random(5)
        self.robot, self.fps, self.task = robot, FPS, [TASK]
        self.names = {"action": list(NAMES), "observation.state": list(NAMES)}
        self.state, self.action, self.seconds = [], [], []
        for _ in range(EPISODES):
            rows = path_of(start, rng)
            self.state.append(rows[:FRAMES])
            self.action.append([[single(v + 0.05) for v in r] for r in rows[2:]])
            self.seconds.append([t / FPS for t in range(FRAMES)])
        self.cameras = {c: {"dtype": "image", "shape": [48, 64, 3],
                            "names": ["height", "width", "channels"]}
                        for c in ("front", "wrist")}
        self.light = {"front": ((0.52, 0.44, 0.31), (0.21, 0.19, 0.17)),
                      "wrist": ((0.38, 0.36, 0.33), (0.25, 0.24, 0.22))}
        self.own_stats = None  # stats.json, where it is not the data's
        self.files = {}        # more files below the set: name -> value; None takes one away
        self.policy_stats = {} # key -> statistics, where they are not the set's
        self.modes = {"VISUAL": "MEAN_STD", "STATE": "MEAN_STD", "ACTION": "MEAN_STD"}
        self.processors = lambda config, pre, post: None  # changes the policy's descriptions
        self.tensors = lambda pre, post: None             # changes what normalises
        self.openpi = None  # norm_stats.json in the place of a checkpoint of LeRobot
        self.imagenet = False
        self.chunk, self.n_action_steps = 30, 20
        self.trained_on, self.steps, self.batch = "bench/brain", 600, 8
        self.rig = {"schema": 1, "robot": {"type": robot}, "profile": "brain", "task": TASK,
                    "fps": FPS, "cameras": {
                        c: {"type": "opencv", "width": 64, "height": 48, "fps": FPS}
                        for c in self.cameras}}
        self.words = []  # more of the command line
        self.kind = "sts"             # of the simulated bus, where there is one
        self.calibrate = lambda c: None  # changes the calibration file {joint: {...}} in place
        self.recalibrate = None       # the same, once its profile has been learned
        self.learn_with_rig = False
        self.orders = []              # of the bus, before it is looked at
        self.cell = "cameras=1"       # of the simulated cell, where cameras are looked at
        self.status = 0               # that is waited for
        self.beside = None            # a command that goes on beside the check; PORT is the bus

    def all(self, which):
        return [r for episode in which for r in episode]

    def data_stats(self):
        out = {"action": stats(self.all(self.action)), "observation.state":
               stats(self.all(self.state))}
        for name, (mean, std) in self.light.items():
            out["observation.images." + name] = {
                "mean": [[[v]] for v in mean], "std": [[[v]] for v in std],
                "min": [[[0.0]]] * 3, "max": [[[1.0]]] * 3, "count": [EPISODES * FRAMES]}
        return out

    def info(self):
        features = {k: {"dtype": "float32", "shape": [len(v)], "names": v}
                    for k, v in self.names.items()}
        features["timestamp"] = {"dtype": "float32", "shape": [1], "names": None}
        for key in ("frame_index", "episode_index", "index", "task_index"):
            features[key] = {"dtype": "int64", "shape": [1], "names": None}
        for name, camera in self.cameras.items():
            features["observation.images." + name] = camera
        return {"codebase_version": "v3.0", "robot_type": self.robot,
                "total_episodes": len(self.state), "total_frames": len(self.all(self.state)),
                "total_tasks": len(self.task), "chunks_size": 1000, "fps": self.fps,
                "splits": {"train": f"0:{len(self.state)}"},
                "data_path": "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
                "features": features}

    def write_set(self, folder):
        own = self.own_stats or self.data_stats()
        put(folder + "/meta/info.json", self.info())
        put(folder + "/meta/stats.json", own)
        parquet.write(folder + "/meta/tasks.parquet", {
            "task_index": list(range(len(self.task))), "__index_level_0__": self.task})
        os.makedirs(folder + "/meta/episodes/chunk-000", exist_ok=True)
        os.makedirs(folder + "/data/chunk-000", exist_ok=True)
        lengths = [len(e) for e in self.state]
        ends = [sum(lengths[:i + 1]) for i in range(len(lengths))]
        parquet.write(folder + "/meta/episodes/chunk-000/file-000.parquet", {
            "episode_index": list(range(len(lengths))), "length": lengths,
            "dataset_from_index": [e - n for e, n in zip(ends, lengths)],
            "dataset_to_index": ends})
        each = [(e, t) for e, n in enumerate(lengths) for t in range(n)]
        parquet.write(folder + "/data/chunk-000/file-000.parquet", {
            "action": self.all(self.action), "observation.state": self.all(self.state),
            "timestamp": [float(v) for v in self.all(self.seconds)],
            "frame_index": [t for _, t in each], "episode_index": [e for e, _ in each],
            "index": list(range(len(each))), "task_index": [e % len(self.task) for e, _ in each]})
        for name, value in self.files.items():
            if value is None:
                os.unlink(f"{folder}/{name}")
            else:
                put(f"{folder}/{name}", value)

    def side(self):
        """The tensors that one side of the policy has."""
        known = self.data_stats()
        if self.imagenet:
            for name in self.cameras:
                known["observation.images." + name] |= {
                    k: [[[v]] for v in values] for k, values in IMAGENET.items()}
        known = known | self.policy_stats
        out = {}
        for key, s in known.items():
            if key.startswith("observation.images."):
                s = {k: [v[0][0] for v in values] for k, values in s.items() if k != "count"}
                shape = [3, 1, 1]
            else:
                shape = [len(s["mean"])]
            out |= {f"{key}.{k}": (shape, v) for k, v in s.items() if k != "count"}
        return out

    def policy_features(self):
        seen = {f"observation.images.{c}": {"type": "VISUAL", "shape": [3, 48, 64]}
                for c in self.light}
        return {"observation.state": {"type": "STATE", "shape": [6]}} | seen, \
            {"action": {"type": "ACTION", "shape": [6]}}

    def write_policy(self, folder):
        if self.openpi:
            put(folder + "/assets/bench/norm_stats.json", {"norm_stats": self.openpi})
            return
        inputs, outputs = self.policy_features()
        config = {"type": "act", "n_obs_steps": 1, "input_features": inputs,
                  "output_features": outputs, "chunk_size": self.chunk,
                  "n_action_steps": self.n_action_steps, "normalization_mapping": self.modes}
        pre = [{"registry_name": "rename_observations_processor", "config": {"rename_map": {}}},
               {"registry_name": "to_batch_processor", "config": {}},
               {"registry_name": "normalizer_processor",
                "config": {"eps": 1e-8, "features": inputs | outputs, "norm_map": dict(self.modes)},
                "state_file": "pre.safetensors"}]
        post = [{"registry_name": "unnormalizer_processor",
                 "config": {"eps": 1e-8, "features": outputs, "norm_map": dict(self.modes)},
                 "state_file": "post.safetensors"}]
        self.processors(config, pre, post)
        put(folder + "/config.json", config)
        put(folder + "/train_config.json", {
            "dataset": {"repo_id": self.trained_on, "use_imagenet_stats": self.imagenet},
            "policy": config, "batch_size": self.batch, "steps": self.steps})
        put(folder + "/policy_preprocessor.json", {"name": "policy_preprocessor", "steps": pre})
        put(folder + "/policy_postprocessor.json", {"name": "policy_postprocessor", "steps": post})
        known = self.side(), self.side()
        self.tensors(*known)
        tensors(folder + "/pre.safetensors", known[0])
        tensors(folder + "/post.safetensors", known[1])
