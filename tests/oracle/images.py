# SPDX-License-Identifier: Apache-2.0
"""Pictures in the data files: PNG of every kind as Pillow writes them, in columns as pyarrow does."""
import base64
import io
import json
import os
import subprocess
import sys
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
from peers import Report

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
KINDS, FRAMES, FPS, JOINTS = ("RGB", "L", "P", "RGBA", "LA"), 12, 10.0, ["arm.pos", "gripper.pos"]
report = Report()
ok = report.ok


def picture(kind, episode, frame):
    """64 x 48: slopes, patches and noise, so that most filters of PNG are the best of some row."""
    r = np.random.default_rng(100 * episode + frame)
    y, x = np.mgrid[0:48, 0:64]
    slope = np.stack([3 * x + y, 255 - 4 * y, 2 * (x + y)], axis=2)
    patches = np.kron(r.integers(0, 255, (6, 8, 3)), np.ones((8, 8, 1)))
    noise = r.integers(0, 255, (48, 64, 3))
    rgb = np.where((y < 20)[..., None], slope, np.where((y < 40)[..., None], patches, noise))
    alpha = r.integers(0, 255, (48, 64, 1))
    return Image.fromarray(np.concatenate([rgb, alpha], axis=2).astype(np.uint8), "RGBA").convert(kind)


def png(image):
    if image.mode == "RGB":
        return filtered(image)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def filtered(image):
    """As Pillow, that never writes the third filter, would read it: each row by the next filter."""
    v = np.asarray(image).astype(int).reshape(48, 192)
    pad, rows = np.zeros((48, 3), int), b""
    left, up = np.hstack([pad, v])[:, :192], np.vstack([np.zeros((1, 192), int), v])[:48]
    corner = np.hstack([pad, up])[:, :192]
    near = np.stack([np.abs(up - corner), np.abs(left - corner), np.abs(left + up - 2 * corner)])
    nearest = np.choose(near.argmin(axis=0), [left, up, corner])
    for y in range(48):
        guess = [0, left[y], up[y], (left[y] + up[y]) // 2, nearest[y]][y % 5]
        rows += bytes([y % 5]) + ((v[y] - guess) % 256).astype(np.uint8).tobytes()

    def chunk(name, body):
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
    packed = zlib.compress(rows)
    data = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes([0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0])) +
            chunk(b"IDAT", packed[:700]) + chunk(b"IDAT", packed[700:]) + chunk(b"IEND", b""))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), np.asarray(image))
    return data


def filters(data):
    at, packed = 8, b""
    while at < len(data):
        n = int.from_bytes(data[at:at + 4], "big")
        packed += data[at + 8:at + 8 + n] if data[at + 4:at + 8] == b"IDAT" else b""
        at += 12 + n
    raw = zlib.decompress(packed)
    return {raw[i * (len(raw) // 48)] for i in range(48)}


def rgb_of(image):
    """Alpha is left out, not laid on black."""
    image = image.convert("RGB") if image.mode in ("P", "L") else image
    return np.asarray(image.convert("RGBA"))[..., :3]


def write(root, images):
    rows = [(e, f) for e in range(len(KINDS)) for f in range(FRAMES)]
    columns = {k: pa.array([[float(e + f), float(f)] for e, f in rows], pa.list_(pa.float32(), 2))
               for k in ("action", "observation.state")}
    struct = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    columns["observation.images.top"] = pa.array(
        [None if images[r] is None else {"bytes": images[r], "path": "x.png"} for r in rows], struct)
    for key, values in (("timestamp", [f / FPS for _, f in rows]), ("frame_index", [f for _, f in rows]),
                        ("episode_index", [e for e, _ in rows]), ("index", range(len(rows))),
                        ("task_index", [0] * len(rows))):
        columns[key] = pa.array(values, pa.float32() if key == "timestamp" else pa.int64())
    number = {"dtype": "int64", "shape": [1], "names": None}
    features = {k: {"dtype": "float32", "shape": [2], "names": {"motors": JOINTS}}
                for k in ("action", "observation.state")}
    features |= {k: number for k in ("frame_index", "episode_index", "index", "task_index")}
    features["timestamp"] = number | {"dtype": "float32"}
    features["observation.images.top"] = {"dtype": "image", "shape": [48, 64, 3],
                                          "names": ["height", "width", "channels"]}
    for folder in ("meta/episodes/chunk-000", "data/chunk-000"):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
    with open(f"{root}/meta/info.json", "w", encoding="ascii") as f:
        json.dump({"codebase_version": "v3.0", "robot_type": "so101_follower", "fps": FPS,
                   "total_episodes": len(KINDS), "total_frames": len(rows), "features": features}, f)
    pq.write_table(pa.table({"task_index": [0], "__index_level_0__": ["Pick."]}),
                   f"{root}/meta/tasks.parquet")
    pq.write_table(pa.table({"episode_index": range(len(KINDS)), "length": [FRAMES] * len(KINDS)}),
                   f"{root}/meta/episodes/chunk-000/file-000.parquet")
    pq.write_table(pa.table(columns), f"{root}/data/chunk-000/file-000.parquet", row_group_size=17)


def learn(root, name):
    p = subprocess.run([POLICYTOP, "--db", f"{WORK}/runs.db", "learn", root, "--name", name],
                       text=True, capture_output=True, timeout=120, check=False)
    words = p.stderr
    assert p.returncode == 0, words
    subprocess.run([POLICYTOP, "--db", f"{WORK}/runs.db", "profile", "export", name,
                    f"{WORK}/{name}.json"], check=True, timeout=60)
    with open(f"{WORK}/{name}.json", encoding="utf-8") as f:
        camera = json.load(f)["cameras"][0]
    r = camera["reference"]
    return r["views"], np.frombuffer(base64.b64decode(r["rgb"]), np.uint8).reshape(-1, 48, 64, 3), words


def made():
    pictures = {(e, f): picture(k, e, f) for e, k in enumerate(KINDS) for f in range(FRAMES)}
    images = {k: png(v) for k, v in pictures.items()}
    used = set().union(*(filters(v) for v in images.values()))
    ok(used == {0, 1, 2, 3, 4}, "every filter is used", str(used))
    images[1, 3] = None                              # between the pictures that are looked at
    images[2, 5] = images[2, 5][:len(images[2, 5]) // 2]
    write(f"{WORK}/set", images)
    views, rgb, words = learn(f"{WORK}/set", "set")
    ok(list(views) == [e for e in range(len(KINDS)) for _ in range(FRAMES // 2)],
       "five pictures a second of every episode", str(views))
    for e, kind in enumerate(KINDS):
        want = [rgb_of(pictures[e, f]) for f in range(0, FRAMES, 2)]
        got = rgb[[i for i, v in enumerate(views) if v == e]]
        ok(np.array_equal(got, np.array(want)), f"{kind}: to the last bit")
    ok("1 pictures are no PNG or JPEG" in words, "one that is cut short is told", words)


def genuine():
    root = os.path.join(os.environ["POLICYTOP_DATA"], "v30_slices/pusht_image_slice")
    column = pq.read_table(f"{root}/data/chunk-000/file-000.parquet")["observation.image"].to_pylist()
    every = [np.asarray(Image.open(io.BytesIO(r["bytes"])).convert("RGB")).mean((0, 1)) for r in column]
    _, rgb, _ = learn(root, "pusht")
    off = np.abs(rgb.mean((0, 1, 2)) - np.mean(every, axis=0)).max()
    ok(len(rgb) > 40 and off < 1, f"a genuine set: the colours of {len(rgb)} of its {len(column)} "
       f"pictures, within {off:.2f} levels")
    statistics(root, column)


def statistics(root, column):
    """The set's own, of a hundred pictures of an episode: LeRobot 0.6 sums up in float32."""
    worst, lost = 0, 0
    at, key = 0, "stats/observation.image"
    for row in pq.read_table(f"{root}/meta/episodes/chunk-000/file-000.parquet").to_pylist():
        n = row["length"]
        rgb = np.stack([np.asarray(Image.open(io.BytesIO(column[at + i]["bytes"])).convert("RGB"))
                        for i in np.round(np.linspace(0, n - 1, 100)).astype(int)]).reshape(-1, 3)
        at += n
        v = rgb.astype(np.float32)
        mean, squares = v.mean(axis=0), (v ** 2).mean(axis=0)
        said = np.array([np.array(row[f"{key}/{what}"]).reshape(3) for what in ("mean", "std")])
        worst = max(worst, np.abs(np.stack([mean, np.sqrt(squares - mean ** 2)]) / 255 - said).max())
        lost = max(lost, np.abs(np.stack([rgb.mean(axis=0), rgb.std(axis=0)]) / 255 - said).max())
    ok(at == len(column) and worst < 1e-6 < lost, f"the set's own statistics are those of these "
       f"pictures within {worst:.1e}, summed up as its writer does (which loses {lost:.3f})")


def main():
    made()
    if os.environ.get("POLICYTOP_DATA"):
        genuine()
    return report.done()


sys.exit(main())
