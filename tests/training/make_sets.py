# SPDX-License-Identifier: Apache-2.0
# Makes the small datasets of tests/training/sets and the files of tests/wire/parquet (pyarrow).
# Usage: make_sets.py TESTS_FOLDER. Two joints, values that are easy to compute: see value().
import json
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LENGTHS = (5, 7, 6)
JOINTS = ["arm.pos", "gripper.pos"]


def value(feature, episode, frame, joint):
    return np.float32(10 * episode + frame * (1 + joint) + (0.5 if feature == "action" else 0))


def table(episodes):
    rows = [(e, f) for e in episodes for f in range(LENGTHS[e])]
    columns = {}
    for feature in ("action", "observation.state"):
        v = [[value(feature, e, f, j) for j in range(2)] for e, f in rows]
        columns[feature] = pa.array(v, pa.list_(pa.float32(), 2))
    columns["timestamp"] = pa.array([f / 10 for _, f in rows], pa.float32())
    columns["frame_index"] = pa.array([f for _, f in rows], pa.int64())
    columns["episode_index"] = pa.array([e for e, _ in rows], pa.int64())
    columns["index"] = pa.array([sum(LENGTHS[:e]) + f for e, f in rows], pa.int64())
    columns["task_index"] = pa.array([e % 2 for e, _ in rows], pa.int64())
    return pa.table(columns)


def info(version, names):
    features = {
        k: {"dtype": "float32", "shape": [2], "names": names}
        for k in ("action", "observation.state")
    }
    features["timestamp"] = {"dtype": "float32", "shape": [1], "names": None}
    for key in ("frame_index", "episode_index", "index", "task_index"):
        features[key] = {"dtype": "int64", "shape": [1], "names": None}
    features["observation.images.top"] = {
        "dtype": "video",
        "shape": [3, 48, 64],
        "names": ["channels", "height", "width"],
        "info": {"video.fps": 10.0},
    }
    return {
        "codebase_version": version,
        "robot_type": "so101_follower",
        "total_episodes": 3,
        "total_frames": sum(LENGTHS),
        "fps": 10.0,
        "features": features,
    }


def stats(episodes):
    out = {}
    for feature in ("action", "observation.state"):
        v = np.array(table(episodes)[feature].to_pylist())
        n = {"count": [len(v)]}
        out[feature] = {k: getattr(v, k)(0).tolist() for k in ("min", "max", "mean", "std")} | n
    image = {"mean": [[[0.5]], [[0.4]], [[0.3]]], "std": [[[0.1]], [[0.1]], [[0.1]]]}
    out["observation.images.top"] = image | {"count": [3]}
    return out


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def v21(root):
    write(root + "/meta/info.json", json.dumps(info("v2.1", [JOINTS]), indent=1) + "\n")
    task = "".join(
        json.dumps({"task_index": i, "task": t}) + "\n" for i, t in enumerate(("Pick.", "Place."))
    )
    write(root + "/meta/tasks.jsonl", task)
    lines = [{"episode_index": e, "length": n} for e, n in enumerate(LENGTHS)]
    write(root + "/meta/episodes.jsonl", "".join(json.dumps(x) + "\n" for x in lines))
    lines = [{"episode_index": e, "stats": stats([e])} for e in range(3)]
    write(root + "/meta/episodes_stats.jsonl", "".join(json.dumps(x) + "\n" for x in lines))
    os.makedirs(root + "/data/chunk-000", exist_ok=True)
    for e in range(3):
        pq.write_table(table([e]), root + f"/data/chunk-000/episode_{e:06d}.parquet")


def v30(root):
    write(root + "/meta/info.json", json.dumps(info("v3.0", {"motors": JOINTS}), indent=1) + "\n")
    write(root + "/meta/stats.json", json.dumps(stats([0, 1, 2])) + "\n")
    tasks = pa.table({"task_index": [0, 1], "__index_level_0__": ["Pick.", "Place."]})
    pq.write_table(tasks, root + "/meta/tasks.parquet")
    os.makedirs(root + "/meta/episodes/chunk-000", exist_ok=True)
    columns = {"episode_index": [0, 1, 2], "length": list(LENGTHS)}
    for feature in ("action", "observation.state"):
        for key in ("min", "max", "mean", "std", "count"):
            each = [stats([e])[feature][key] for e in range(3)]
            columns[f"stats/{feature}/{key}"] = each
    pq.write_table(pa.table(columns), root + "/meta/episodes/chunk-000/file-000.parquet")
    os.makedirs(root + "/data/chunk-000", exist_ok=True)
    path = root + "/data/chunk-000/file-000.parquet"
    with pq.ParquetWriter(path, table([0]).schema, compression="snappy") as w:
        for e in range(3):
            w.write_table(table([e]))


def small(path, **options):
    t = pa.table(
        {
            "v": pa.array([[1.5, None], None, [], [2.5], [3.5, 4.5]], pa.list_(pa.float32())),
            "i": pa.array([1, None, 3, 1, 3], pa.int32()),
            "d": pa.array([0.0, -0.0, 1.0, 2.0, 3.0]),
            "b": pa.array([True, False, None, True, True]),
            "t": pa.array(["a", "bc", None, "", "a"]),
        }
    )
    pq.write_table(t, path, store_schema=False, **options)


top = sys.argv[1]
v21(top + "/training/sets/v21")
v30(top + "/training/sets/v30")
os.makedirs(top + "/wire/parquet", exist_ok=True)
small(top + "/wire/parquet/snappy.parquet")
small(top + "/wire/parquet/zstd_v2.parquet", compression="zstd", data_page_version="2.0")
small(top + "/wire/parquet/gzip.parquet", compression="gzip", row_group_size=2)
small(top + "/wire/parquet/lz4_plain.parquet", compression="lz4", use_dictionary=False)
small(top + "/wire/parquet/none.parquet", compression="none", write_statistics=False)
