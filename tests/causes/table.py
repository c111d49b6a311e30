# SPDX-License-Identifier: Apache-2.0
"""
Causes of failed deployments that people have reported, and how preflight is to name each.

A row: id; where it was reported (#N: of the list of threads in part 4 of the facts about failures, A to
D: of the four field reports); what looks at it (set: check --dataset, policy: check --policy, pair:
both, files: rig check, rig: check RIG with an arm on a simulated bus); code, words that subject or
sentence must have (the joint, the camera), level, exit status; what spoils a healthy World. twin: what
changes the healthy one, where the plain one is not the twin; said: the level that the twin may have.

FROZEN: written from the reports alone, when the audits were done, before it was looked how they decide.
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
    status: int
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


def koch(w):
    w.kind, w.robot = "dxl", "koch_follower"
    w.rig["robot"]["type"] = w.robot


def latched(w):
    koch(w)
    w.orders += ["fault error-bits/2:32"]


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
    # So slow that not all registers are read within a look: NOT SEEN as well.
    Cause("slow-replies", "#12 lerobot#1166", "rig", "bus", (), "warn", 3,
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
