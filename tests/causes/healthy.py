# SPDX-License-Identifier: Apache-2.0
"""What only looks like a fault: each is to be GO, without a warning. A row: id, what looks at it as in
table.py, what changes the plain World."""
import world

ALOHA = [f"{side}_{j}" for side in ("left", "right")
         for j in ("waist", "shoulder", "elbow", "forearm_roll", "wrist_angle", "wrist_rotate",
                   "gripper")]


def imagenet(w):
    w.imagenet = True  # beside the set's own smallest and largest


def imagenet_alone(w):
    w.imagenet = True

    def change(pre, post):
        for side in (pre, post):
            for key in [k for k in side if ".images." in k and not k.endswith((".mean", ".std"))]:
                del side[key]
    w.tensors = change


def left_as_it_is(w):
    w.modes["ACTION"] = w.modes["STATE"] = "IDENTITY"


def chunks(w, horizon, padded, absolute=(5,)):
    """Actions less the state that their chunk begins at, but some joints."""
    rows = []
    for s, a in zip(w.state, w.action):
        for t in range(len(s) if padded else len(s) - horizon + 1):
            for k in range(horizon):
                row = a[min(t + k, len(a) - 1)]
                rows.append([v - (0 if j in absolute else s[t][j]) for j, v in enumerate(row)])
    return world.stats(rows)


def relative(padded):
    """LeRobot's relative actions, the gripper excluded."""
    def change(w):
        names = list(world.NAMES)
        w.policy_stats["action"] = chunks(w, w.chunk, padded)

        def describe(config, pre, post):
            config |= {"type": "pi05", "use_relative_actions": True,
                       "relative_exclude_joints": ["gripper"], "action_feature_names": names}
            pre.insert(1, {"registry_name": "relative_actions_processor", "config": {
                "enabled": True, "exclude_joints": ["gripper"], "action_names": names}})
            post.append({"registry_name": "absolute_actions_processor",
                         "config": {"enabled": True}})
        w.processors = describe
    return change


def openpi_of(state, action, width=0):
    keep = ("mean", "std", "q01", "q99")
    return {"state": {k: state[k] + [0.0] * max(0, width - len(state[k])) for k in keep},
            "actions": {k: action[k] + [0.0] * max(0, width - len(action[k])) for k in keep}}


def openpi_delta(horizon):
    def change(w):
        w.openpi = openpi_of(w.data_stats()["observation.state"], chunks(w, horizon, True))
    return change


def padded(w):
    s = w.data_stats()
    w.openpi = openpi_of(s["observation.state"], s["action"], 32)


def pi_flips(w):
    """openpi turns four of ALOHA's joints round, and has its own scale of grippers."""
    rows = {k: [[r[:5] + [r[0] / 2, r[5] / 100] + r[:5] + [r[1] / 2, r[5] / 100] for r in e]
                for e in getattr(w, k)] for k in ("state", "action")}
    w.state, w.action = ([[[world.single(v * (0.0174532925 if j % 7 != 6 else 1) + 0.01 * (j > 6))
                            for j, v in enumerate(r)] for r in e] for e in rows[k]]
                         for k in ("state", "action"))
    w.robot, w.cameras, w.light = "aloha", {}, {}
    w.names = {"action": ALOHA, "observation.state": ALOHA}

    def turned(s):
        s = {k: list(v) for k, v in s.items()}
        for j in (1, 2, 8, 9):
            s["mean"][j] *= -1
            s["q01"][j], s["q99"][j] = -s["q99"][j], -s["q01"][j]
        for j in (6, 13):
            s["mean"][j], s["std"][j], s["q01"][j], s["q99"][j] = 0.7, 0.2, 0.1, 1.1
        return s
    d = w.data_stats()
    w.openpi = openpi_of(turned(d["observation.state"]), turned(d["action"]), 32)


def averaged_quantiles(w):
    """LeRobot's q01 and q99 are means of those of the episodes."""
    w.modes["STATE"] = w.modes["ACTION"] = "QUANTILES"
    for key, rows in (("action", w.action), ("observation.state", w.state)):
        each = [world.stats(e) for e in rows]
        w.policy_stats[key] = w.data_stats()[key] | {
            q: [sum(s[q][j] for s in each) / len(each) for j in range(6)]
            for q in ("q01", "q10", "q50", "q90", "q99")}


def still_joints(w):
    for rows in w.state + w.action:
        for row in rows:
            row[3], row[4] = 12.0, 0.0


def part(w):
    """Trained on nine of the twelve episodes."""
    for key, rows in (("action", w.action), ("observation.state", w.state)):
        w.policy_stats[key] = world.stats([r for e in rows[:9] for r in e])


def edited(w):
    """Trained on the set before its last frames were cut."""
    for key in ("action", "observation.state"):
        w.policy_stats[key] = w.data_stats()[key]
    for rows in (w.state, w.action, w.seconds):
        for episode in rows:
            del episode[-4:]


def environment(w):
    """ACT with an environment state that training left as it is."""
    def describe(config, pre, post):
        feature = {"observation.environment_state": {"type": "ENV", "shape": [4]}}
        config["input_features"] |= feature
        pre[2]["config"]["features"] |= feature
    w.processors = describe


def own_names(w):
    """Cameras renamed by the policy's own map, which the set needs."""
    w.cameras = {"cam0": w.cameras["front"], "cam1": w.cameras["wrist"]}
    w.light = {"cam0": w.light["front"], "cam1": w.light["wrist"]}
    renames = {"observation.images.cam0": "observation.images.front",
               "observation.images.cam1": "observation.images.wrist"}

    def describe(config, pre, post):
        for features in (config["input_features"], pre[2]["config"]["features"]):
            for old, new in renames.items():
                features[new] = features.pop(old)
        pre[0]["config"]["rename_map"] = renames

    def rename(pre, post):
        for side in (pre, post):
            for key in list(side):
                for old, new in renames.items():
                    if key.startswith(old + "."):
                        side[new + key[len(old):]] = side.pop(key)
    w.processors, w.tensors = describe, rename


HEALTHY = [
    ("plain: degrees with degrees", "pair", lambda w: None),
    ("imagenet beside smallest and largest", "pair", imagenet),
    ("imagenet alone", "pair", imagenet_alone),
    ("identity modes", "pair", left_as_it_is),
    ("relative actions, gripper excluded, complete chunks", "pair", relative(False)),
    ("relative actions, gripper excluded, padded chunks", "pair", relative(True)),
    ("openpi's delta actions, horizon 10", "pair", openpi_delta(10)),
    ("openpi's delta actions, horizon 50", "pair", openpi_delta(50)),
    ("padded to 32 dimensions", "pair", padded),
    ("openpi's flips of ALOHA", "pair", pi_flips),
    ("averaged quantiles", "pair", averaged_quantiles),
    ("joints that never move", "pair", still_joints),
    ("a part of the training set", "pair", part),
    ("an edited training set", "pair", edited),
    ("environment state left as it is", "policy", environment),
    ("cameras renamed by the policy's map", "pair", own_names),
]

# Real ones, below POLICYTOP_DATA: set, checkpoint, codes of what was cut off the copies.
REAL = [
    ("so101_state_v30", "act_so101_sim/009000", ()),
    ("so101_bi_v30", None, ()),
    ("gr1_v20", None, ("set-counts", "set-images")),
    (None, "openpi_libero", ()),
]
