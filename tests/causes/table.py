# SPDX-License-Identifier: Apache-2.0
"""
Causes of failed deployments that people have reported, and how preflight is to name each.

A row: id; where it was reported (#N: of the list of threads in part 4 of the facts about failures, A to
D: of the four field reports); what looks at it (set: check --dataset, policy: check --policy, pair:
both, files: rig check, rig: check RIG with an arm on a simulated bus, cell: with two simulated
cameras); code, words that subject or sentence must have (the joint, the camera), level, exit status;
what spoils a healthy World. twin: what changes the healthy one, where the plain one is not the twin.

FROZEN: written from the reports alone, when the audits were done, before it was looked how they decide.
KNOWN: those that the audits were made for. HEALTHY: what only looks like a fault (healthy.py).
"""
from dataclasses import dataclass
from typing import Callable

import world


@dataclass
class Cause:
    id: str
    reported: str
    look: str
    code: str
    names: tuple
    level: str
    status: int | tuple
    spoil: Callable
    twin: Callable = lambda w: None


def shoulder_offset(w):
    """40 ticks (3.5 degrees) between what the servo keeps and the file."""
    w.calibrate = lambda c: c["shoulder_lift"].update(
        homing_offset=c["shoulder_lift"]["homing_offset"] + 40)


def too_large_offset(w):
    w.calibrate = lambda c: c["elbow_flex"].update(homing_offset=2073)


def whole_turn(joint, motor):
    """Calibrated across the encoder's end: 0 to 4095, in the file and in the servo."""
    def change(w):
        w.calibrate = lambda c: c[joint].update(range_min=0, range_max=4095)
        w.orders += [f"set {motor} 9/2 0", f"set {motor} 11/2 4095"]
    return change


def order(*words):
    def change(w):
        w.orders += words
    return change


def cell(words):
    def change(w):
        w.cell = words
    return change


def koch(w):
    w.kind, w.robot = "dxl", "koch_follower"
    w.rig["robot"]["type"] = w.robot


def latched(w):
    koch(w)
    w.orders += ["fault error-bits/2:32"]


def calibrated_since(w):
    """Learned with the arm's calibration; then the arm was calibrated again, registers and file."""
    learned_with(w)
    w.recalibrate = lambda c: c["shoulder_lift"].update(
        homing_offset=c["shoulder_lift"]["homing_offset"] + 40)


def learned_with(w):
    w.learn_with_rig = True


def other_colours(w):
    light = w.data_stats()["observation.images.front"]
    w.policy_stats["observation.images.front"] = light | {
        k: list(reversed(light[k])) for k in ("mean", "std")}


def letters(w):
    w.task = list(dict.fromkeys(world.TASK))


def slow_stamps(w):
    w.seconds = [[t / 21.8 for t in range(len(s))] for s in w.seconds]


def never_normalised(w):
    w.own_stats = w.data_stats()
    w.own_stats["action"] |= {"mean": [0.0] * 6, "std": [1.0] * 6}


def gripper_of_one(w):
    for episode in w.action:
        for row in episode:
            row[5] = world.single(row[5] / 100)


def rotated(w):
    s = w.data_stats()["observation.state"]
    w.policy_stats["observation.state"] = s | {
        k: v[1:] + v[:1] for k, v in s.items() if k != "count"}


def modality(start, end):
    def change(w):
        one = {"single_arm": {"start": 0, "end": 5}, "gripper": {"start": start, "end": end}}
        w.files["meta/modality.json"] = {
            "state": one, "action": one,
            "video": {c: {"original_key": "observation.images." + c} for c in w.cameras},
            "annotation": {"human.task_description": {"original_key": "task_index"}}}
    return change


def other_robot(w):
    w.robot = "koch_follower"


def hours(w):
    w.words += ["--hours", "10000"]


def claimed(w):
    w.beside = ["sleep", "600"]


def crossed(w):
    for role, key in (("front", "wrist"), ("wrist", "front")):
        w.rig["cameras"][role]["policy_key"] = key


def distances(w):
    w.cameras["front"] |= {"shape": [48, 64, 1], "info": {"video.is_depth_map": True}}


def gripper_at_one(w):
    s = {k: list(v) for k, v in w.data_stats()["action"].items()}
    for k in s:
        if k != "count":
            s[k][5] = 0.0 if k == "std" else 1.0
    w.policy_stats["action"] = s



def task(text):
    def change(w):
        w.rig["task"] = text
    return change


def start_of(joint, by):
    """Training began elsewhere, the whole time."""
    def change(w):
        for episode in w.state + w.action:
            for row in episode:
                row[joint] = world.single(row[joint] + by)
    return change


def without_wrist(w):
    del w.rig["cameras"]["wrist"]


def camera(**more):
    def change(w):
        w.rig["cameras"]["front"] |= more
    return change


def one_device(w):
    for c in w.rig["cameras"].values():
        c["device"] = "video2"


def many_steps(w):
    w.rig["n_action_steps"] = 40


def slow_loop(w):
    w.rig["fps"] = 15


def no_port(w):
    w.rig["robot"]["port"] = "/dev/policytop-none"


def no_server(w):
    w.rig["server"] = "127.0.0.1:1"


def read_only(w):
    w.words += ["--record-to", "/proc"]


def action_stats(how):
    """Statistics of the action other than the data's, in every figure."""
    def change(w):
        s = {k: list(v) for k, v in w.data_stats()["action"].items()}
        how(s)
        w.policy_stats["action"] = s
    return change


def mapped(slope, offset=None):
    """As if the data had been slope * x + offset, joint by joint."""
    def how(s):
        for j, k in enumerate(slope):
            o = offset[j] if offset else 0
            for f in s:
                if f == "std":
                    s[f][j] *= abs(k)
                elif f != "count":
                    s[f][j] = s[f][j] * k + o
            if k < 0:
                for low, high in (("min", "max"), ("q01", "q99"), ("q10", "q90")):
                    s[low][j], s[high][j] = s[high][j], s[low][j]
    return how


def exchanged(a, b):
    def how(s):
        for f in s:
            if f != "count":
                s[f][a], s[f][b] = s[f][b], s[f][a]
    return how


def identity(s):
    for j in range(6):
        for f, v in (("mean", 0), ("std", 1), ("min", -1), ("max", 1), ("q01", -1), ("q99", 1)):
            s[f][j] = float(v)


def twice(s):
    m, d = list(s["mean"]), list(s["std"])
    mapped(d, m)(s)


def of_others(s):
    for f in s:
        if f != "count":
            s[f] = [v + 1.5 * d if f != "std" else v for v, d in zip(s[f], s["std"])]


def one_side(w):
    """Joints 1 and 2 exchanged after the policy alone."""
    def change(pre, post):
        for f in ("mean", "std", "min", "max"):
            v = post["action." + f][1]
            v[1], v[2] = v[2], v[1]
    w.tensors = change


def no_tensors(w):
    def change(pre, post):
        for side in (pre, post):
            for key in [k for k in side if k.startswith("action.")]:
                del side[key]
    w.tensors = change


def no_mode(w):
    w.processors = lambda config, pre, post: pre[2]["config"]["norm_map"].pop("STATE")


def unnormalised_twice(w):
    w.processors = lambda config, pre, post: post.append(dict(post[0]))


def never_unnormalised(w):
    w.processors = lambda config, pre, post: post.clear()


def end_effector(w):
    """Eight values of a hand's pose for six joints."""
    def change(config, pre, post):
        config["output_features"]["action"]["shape"] = [8]
    w.processors = change


def idle(w):
    for s, a in zip(w.state, w.action):
        for rows in (s, a):
            rows[:40] = [list(rows[0]) for _ in range(40)]


def spread(w):
    for i, (s, a) in enumerate(zip(w.state, w.action)):
        for rows in (s, a):
            for t, row in enumerate(rows):
                row[1] = world.single(row[1] + (i % 2) * 60 * (1 - t / world.FRAMES))


def never_closes(w):
    for rows in (w.state[7], w.action[7]):
        for row in rows:
            row[5] = 2.0


def mixed_units(w):
    for rows in w.state:
        for row in rows:
            row[2] = world.single(row[2] * 0.0174532925)


def light(std):
    def change(w):
        mean = w.light["front"][0]
        w.light["front"] = mean, (std,) * 3
    return change


def no_image_stats(w):
    w.own_stats = w.data_stats()
    del w.own_stats["observation.images.front"]


def hardly(w):
    for rows in w.state + w.action:
        for row in rows:
            row[4] = 12.0
    w.state[3][20][4] = world.single(12.0001)


def no_tasks(w):
    w.files["meta/tasks.parquet"] = None


def more_frames(w):
    info = w.info()
    w.files["meta/info.json"] = info | {"total_frames": info["total_frames"] + 100}


FROZEN = [
    Cause("zero-points", "#19 lerobot#3193", "rig", "calibration", ("shoulder_lift",), "fail", 2,
          shoulder_offset),
    Cause("offset-too-large", "#19 lerobot#3193", "rig", "calibration", ("elbow_flex",), "fail", 2,
          too_large_offset),
    Cause("range-wrapped", "#18 lerobot#3586", "rig", "calibration", ("shoulder_lift",), "warn", 1,
          whole_turn("shoulder_lift", 2), whole_turn("wrist_roll", 5)),
    Cause("motor-silent", "#50 i2rt#17", "rig", "motors", ("wrist_flex",), "fail", 2,
          order("fault silent/4")),
    Cause("motor-latched", "#49 reachy_mini#1402", "rig", "motors", ("shoulder_lift", "overload"),
          "fail", 2, latched, koch),
    Cause("no-status-packet", "#43 lerobot#1252", "rig", "bus", (), "warn", 1,
          order("fault mute/3*4")),
    # So slow that not all registers may be read within a look: then it is NOT SEEN as well.
    Cause("slow-replies", "#12 lerobot#1166", "rig", "bus", (), "warn", (1, 3),
          order("fault late/3:28")),
    # As written it was to fail. Whoever has the port may be the policy: what is not seen is no GO.
    Cause("claimed-port", "#54 inspect-robots", "rig", "bus", ("sleep",), "unknown", 3, claimed),
    Cause("disk-hours", "#53 open-lutra#72", "rig", "disk", (), "fail", 2, hours),
    Cause("task-letters", "#35 lerobot#1428", "rig", "prompt", (), "fail", 2, letters),
    Cause("colours-reversed", "#42 TrossenRobotics/openpi PR#2", "pair", "norm", ("front",), "fail",
          2, other_colours),
    Cause("state-rotated", "#29 openpi#606", "pair", "norm", ("state", "shoulder_pan"), "fail", 2,
          rotated),
    Cause("gripper-stays-one", "#30 openpi#1012", "pair", "norm", ("action", "gripper"), "fail", 2,
          gripper_at_one),
    Cause("depth-in-set", "B", "pair", "inputs", ("front",), "fail", 2, distances),
    Cause("stamps-slower", "#40 lerobot PR#1356, #12", "set", "set-times", (), "warn", 1,
          slow_stamps),
    Cause("never-normalised", "A", "set", "set-stats", ("action",), "fail", 2, never_normalised),
    Cause("gripper-of-one", "B, #27 openpi#405", "set", "set-units", ("gripper",), "warn", 1,
          gripper_of_one),
    Cause("gripper-slice", "#32 Isaac-GR00T#136", "set", "set-files", ("gripper",), "fail", 2,
          modality(4, 5), modality(5, 6)),
    Cause("other-robot", "#28 openpi#802", "files", "outputs", ("koch",), "warn", 1, other_robot),
    Cause("cameras-crossed", "C, #41", "files", "inputs", ("front",), "warn", 1, crossed),
]

KNOWN = [
    Cause("prompt-words", "C", "rig", "prompt", (), "fail", 2,
          task("Grasp a brain and put it in the bin.")),
    Cause("prompt-article", "C", "rig", "prompt", (), "fail", 2, task("Grab a brain")),
    Cause("prompt-period", "C, #34 lerobot#4548", "rig", "prompt", (), "fail", 2,
          task("Grab the brain.")),
    Cause("prompt-case", "C, #34", "rig", "prompt", (), "fail", 2, task("grab the brain")),
    Cause("pose-far", "C, #21 lerobot#2403", "rig", "pose", ("shoulder_lift",), "fail", 2,
          start_of(1, 90)),
    Cause("pose-gripper", "C", "rig", "pose", ("gripper",), "fail", 2, start_of(5, 60)),
    Cause("overload", "#46 physical-ai-studio#955", "rig", "motors", ("gripper", "overload"),
          "fail", 2, order("fault error-bits/6:32")),
    Cause("wrong-supply", "#48 lerobot#2387", "rig", "motors", ("voltage",), "fail", 2,
          order("fault over-voltage")),
    Cause("hot-servo", "#45 lerobot#2819", "rig", "motors", ("elbow_flex",), "fail", 2,
          order("fault over-temperature/3:85")),
    Cause("calibrated-since", "#19, #18", "rig", "calibration", ("shoulder_lift", "40 ticks"), "warn",
          1, calibrated_since, learned_with),
    Cause("port-gone", "#50", "rig", "paths", ("robot.port",), "fail", 2, no_port),
    Cause("server-gone", "A", "rig", "server", (), "fail", 2, no_server),
    Cause("disk-read-only", "B", "rig", "disk", ("/proc",), "fail", 2, read_only),
    Cause("camera-missing", "B", "files", "inputs", ("wrist",), "fail", 2, without_wrist),
    Cause("camera-size", "B", "files", "inputs", ("front",), "fail", 2,
          camera(width=640, height=480)),
    Cause("camera-twice", "B", "files", "inputs", ("front", "wrist"), "fail", 2, one_device),
    Cause("camera-slow", "#40, #11 lerobot#1766", "files", "inputs", ("front",), "warn", 1,
          camera(fps=15)),
    Cause("cameras-swapped", "C", "cell", "camera-swap", ("front", "exchange front and wrist"), "fail",
          2, cell("fault=camera-swap@0")),
    Cause("camera-unplugged", "B, #41", "cell", "cameras", ("wrist",), "fail", 2,
          cell("fault=camera-gone@0")),
    Cause("room-darker", "B", "cell", "camera-light", ("front", "darker"), "warn", 1,
          cell("fault=camera-dark@0:45")),
    Cause("too-many-steps", "C", "files", "plan", ("40",), "fail", 2, many_steps),
    Cause("other-rate", "#12", "files", "inputs", ("15 Hz",), "warn", 1, slow_loop),
    Cause("stats-identity", "A", "pair", "norm", ("action", "mean 0"), "fail", 2,
          action_stats(identity)),
    Cause("stats-twice", "A, B", "pair", "norm", ("action", "twice"), "fail", 2,
          action_stats(twice)),
    Cause("stats-other-set", "#30, #25 openpi#817", "pair", "norm", ("action",), "fail", 2,
          action_stats(of_others)),
    Cause("stats-exchanged", "#29 lerobot#4416", "pair", "norm",
          ("shoulder_lift and elbow_flex",), "fail", 2, action_stats(exchanged(1, 2))),
    Cause("stats-sign", "#29", "pair", "norm", ("elbow_flex", "sign"), "fail", 2,
          action_stats(mapped((1, 1, -1, 1, 1, 1)))),
    Cause("stats-radians", "#29", "pair", "norm", ("radians",), "fail", 2,
          action_stats(mapped((0.0174532925,) * 5 + (1,)))),
    Cause("stats-scales", "#18", "pair", "norm", ("scale",), "fail", 2,
          action_stats(mapped((0.91, 0.97, 1.03, 1.05, 0.556, 1)))),
    Cause("stats-gripper", "B, #27", "pair", "norm", ("gripper",), "fail", 2,
          action_stats(mapped((1, 1, 1, 1, 1, 0.01)))),
    Cause("end-effector", "B", "pair", "outputs", ("8",), "fail", 2, end_effector),
    Cause("one-side", "#29", "policy", "norm-sides", ("action",), "fail", 2, one_side),
    Cause("no-tensors", "#25", "policy", "norm-tensors", ("action",), "fail", 2, no_tensors),
    Cause("no-mode", "#25", "policy", "norm-map", ("state",), "fail", 2, no_mode),
    Cause("unnormalised-twice", "A, B", "policy", "norm-steps", (), "fail", 2, unnormalised_twice),
    Cause("never-unnormalised", "B", "policy", "norm-map", ("action",), "fail", 2,
          never_unnormalised),
    Cause("idle-start", "#22 dot_policy#4", "set", "set-idle", (), "warn", 1, idle),
    Cause("start-spread", "C", "set", "set-start", ("shoulder_lift",), "warn", 1, spread),
    Cause("never-closes", "#31, D", "set", "set-gripper", ("episode 7",), "warn", 1, never_closes),
    Cause("mixed-units", "#27", "set", "set-units", ("elbow_flex",), "warn", 1, mixed_units),
    Cause("image-spread", "B", "set", "set-images", ("front",), "fail", 2, light(0.002)),
    Cause("image-stats", "B", "set", "set-images", ("front",), "warn", 1, no_image_stats),
    Cause("hardly-moves", "B", "set", "set-still", ("wrist_roll",), "warn", 1, hardly),
    Cause("no-tasks", "D", "set", "set-files", ("meta/tasks.parquet",), "warn", 1, no_tasks),
    Cause("more-frames", "D", "set", "set-counts", ("820",), "warn", 1, more_frames),
]
