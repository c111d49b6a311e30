# SPDX-License-Identifier: Apache-2.0
# Compares `policytop learn --json` with numpy on the same files, and with the sets' own statistics.
# Usage: learn.py POLICYTOP FOLDER DATA
import glob
import json
import os
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq

FEATURES = ("action", "observation.state")
SETS = (
    "g1_v21",
    "gr1_v20",
    "so101_sim_v30",
    "so101_state_v30",
    "so101_bi_v30",
    "v30_slices/pusht_slice",
    "v30_slices/pusht_image_slice",
    "v30_slices/data_editing_slice",
)


def read(root, feature):
    """The values in double precision, and the episode of each row."""
    values, episodes = [], []
    for path in sorted(glob.glob(root + "/data/**/*.parquet", recursive=True)):
        names = pq.read_schema(path).names
        if feature not in names:
            return None, None
        t = pq.read_table(path, columns=[feature, "episode_index"])
        column = t[feature].combine_chunks()
        flat = column.flatten().to_numpy(zero_copy_only=False).astype("f8")
        values.append(flat.reshape(len(column), -1))
        episodes.append(t["episode_index"].to_numpy())
    return np.vstack(values), np.concatenate(episodes)


def figures(v, e):
    """What learn must print, joint by joint."""
    same = np.diff(e) == 0
    d = np.abs(np.diff(v, axis=0))[same]
    start = v[np.r_[True, ~same]]
    q = np.quantile(v, (0.01, 0.1, 0.5, 0.9, 0.99), axis=0)
    dq = np.quantile(d, (0.5, 0.95, 0.99, 0.999), axis=0)
    out = dict(min=v.min(0), max=v.max(0), mean=v.mean(0), std=v.std(0))
    out.update(zip(("q01", "q10", "q50", "q90", "q99"), q))
    out.update({"delta." + k: x for k, x in zip(("q50", "q95", "q99", "q999"), dq)})
    out["delta.max"] = d.max(0)
    out.update({"start.mean": start.mean(0), "start.std": start.std(0)})
    out.update({"start.min": start.min(0), "start.max": start.max(0)})
    return out


def near(a, b, scale, exact):
    return a == b if exact else abs(a - b) <= 1e-10 * scale


def compare(joints, want):
    bad = []
    for j, joint in enumerate(joints):
        scale = max(abs(want["min"][j]), abs(want["max"][j]), 1e-12)
        for key, values in want.items():
            got = joint
            for part in key.split("."):
                got = got[part]
            exact = key.split(".")[-1] in ("min", "max")
            if not near(got, float(values[j]), scale, exact):
                bad.append(f"{joint['name']} {key}: {got!r}, numpy says {float(values[j])!r}")
    return bad


def own_statistics(root, feature):
    """min, max, mean of the set's own files, over all episodes."""
    path = root + "/meta/episodes_stats.jsonl"
    if os.path.exists(path):
        stats = [json.loads(line)["stats"][feature] for line in open(path)]
        n = np.array([s["count"][0] for s in stats], "f8")
        mean = np.array([s["mean"] for s in stats]).T @ n / n.sum()
        return (
            np.min([s["min"] for s in stats], 0),
            np.max([s["max"] for s in stats], 0),
            mean,
        )
    s = json.load(open(root + "/meta/stats.json"))[feature]
    return np.array(s["min"]), np.array(s["max"]), np.array(s["mean"])


def near_float32(got, want, span, key):
    """Minima and maxima are copies; means were summed in float32, one value after the other."""
    error = 2e-5 if key == "mean" else 2e-7
    return abs(got - want) <= error * max(abs(want), span) + 1e-9


def check(n, name, bad):
    print(f"{'not ok' if bad else 'ok'} {n} - {name}")
    for line in bad[:8]:
        print(f"# {line}")


def main():
    program, folder, data = sys.argv[1:4]
    n = 0
    for name in SETS:
        root = os.path.join(data, name)
        database = os.path.join(folder, "runs.db")
        run = subprocess.run(
            [program, "--db", database, "learn", "--json", root], capture_output=True, text=True
        )
        got = json.loads(run.stdout) if run.returncode == 0 else {"features": {}}
        bad, own = [run.stderr] if run.returncode else [], []
        for feature in FEATURES:
            v, e = read(root, feature)
            joints = got["features"].get(feature, {}).get("joints", [])
            if v is None:
                continue
            if len(joints) != v.shape[1] or got["frames"] != len(v):
                bad.append(f"{feature}: {len(joints)} joints")
                continue
            bad += compare(joints, figures(v, e))
            low, high, mean = own_statistics(root, feature)
            for j, joint in enumerate(joints):
                pairs = (("min", low[j]), ("max", high[j]), ("mean", mean[j]))
                span = joint["max"] - joint["min"]
                own += [
                    f"{feature} {joint['name']} {k}: {joint[k]} is not {w}"
                    for k, w in pairs
                    if not near_float32(joint[k], w, span, k)
                ]
        check(n + 1, f"{name}: all figures are numpy's", bad)
        check(n + 2, f"{name}: min, max and mean are those of its own statistics", own)
        check(n + 3, f"{name}: no disagreement", got.get("disagreements", ["none"]))
        n += 3
    print(f"1..{n}")


main()
