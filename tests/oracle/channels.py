# SPDX-License-Identifier: Apache-2.0
"""Channel means and deviations: of our decoder, of another one, and of the sets' own statistics.

A real set whose statistics were summed up in double precision has ours within the sampling error of
the hundred frames that its writer looked at. LeRobot 0.6 sums up in float32, one pixel after the
other: at hundreds of millions a sum has no room left for what a single pixel adds, and how it rounds
hangs on the noise that encoding took away. Such sets are off by up to half a level in the mean and a
quarter of the deviation; where nothing was encoded, tests/oracle/images.py finds the very bits.
"""
import json
import os
import subprocess
import sys

import av
import numpy as np
import pyarrow.parquet as pq

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
from peers import Report

WORK, DATA = sys.argv[1], os.environ["POLICYTOP_DATA"]
DUMP = os.path.join(os.environ["TOP_BUILDDIR"], "tests/oracle/dump_channels")
EPISODES = 2
report = Report()
ok = report.ok


def ours(path, episodes):
    """Camera and episode -> [frames][mean, std][channels]."""
    out = subprocess.run([DUMP, path, episodes], text=True, check=True, timeout=300,
                         stdout=subprocess.PIPE).stdout
    found = {}
    for line in out.splitlines():
        camera, episode, *numbers = line.split()
        found.setdefault((camera, int(episode)), []).append(np.array(numbers, float).reshape(2, 3))
    return {k: np.array(v) for k, v in found.items()}


def rgb(frame):
    """By the formula of BT.601: FFmpeg's usual short cut is a level too dark."""
    h, w = frame.height, frame.width
    plane = frame.to_ndarray(format="yuv420p").astype(np.float32)
    half = plane[h:].reshape(2, h // 2, w // 2).repeat(2, axis=1).repeat(2, axis=2)
    y, (u, v) = (plane[:h] - 16) * 255 / 219, (half - 128) * 255 / 224
    exact = np.stack([y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u], axis=-1)
    return np.clip(np.rint(exact), 0, 255).astype(np.uint8)


def decode(path, n):
    frames = []
    with av.open(path) as c:
        for f in c.decode(video=0):
            frames.append(rgb(f))
            if len(frames) == n:
                break
    return np.stack(frames)


def exact(pixels):
    v = pixels.reshape(-1, 3).astype(np.float64)
    return np.stack([v.mean(axis=0), v.std(axis=0)]) / 255


def float32(pixels):
    """As LeRobot sums up: numpy adds the rows of such an array one after the other."""
    v = pixels.reshape(-1, 3).astype(np.float32)
    mean, squares = v.mean(axis=0), (v ** 2).mean(axis=0)
    return np.stack([mean, np.sqrt(np.maximum(0, squares - mean ** 2))]).astype(np.float64) / 255


def pooled(frames):
    mean = frames[:, 0].mean(axis=0)
    return np.stack([mean, np.sqrt((frames[:, 1] ** 2 + frames[:, 0] ** 2).mean(axis=0) - mean ** 2)])


def sample(n):
    return np.round(np.linspace(0, n - 1, min(n, 100))).astype(int)


def text(v):
    return " ".join(f"{x:.4f}" for x in v)


def camera(path, name, rows, mine):
    key = f"observation.images.{name}"
    lengths = [r["length"] for r in rows]
    frames = decode(f"{path}/videos/{key}/chunk-000/file-000.mp4", sum(lengths))
    at, worst = 0, dict.fromkeys(("decoder", "sample", "off", "float32"), 0)
    for episode, (row, n) in enumerate(zip(rows, lengths)):
        part = frames[at:at + n]
        at += n
        we = pooled(mine[name, episode])
        assert len(mine[name, episode]) == n
        few = part[sample(n)][:, ::2, ::2]
        said = np.array([[v[0][0] for v in row[f"stats/{key}/{what}"]] for what in ("mean", "std")])
        for what, v in (("decoder", we - exact(part)), ("sample", we - exact(few)),
                        ("off", we - said), ("float32", float32(few) - exact(few))):
            worst[what] = max(worst[what], np.abs(v).max())
        print(f"# {name} episode {episode}: ours {text(we[0])} ± {text(we[1])}, the set's "
              f"{text(said[0])} ± {text(said[1])}, in float32 {text(float32(few)[0])} ± "
              f"{text(float32(few)[1])}")
    ok(worst["decoder"] < 0.001, f"{name}: another decoder has our channels within "
       f"{worst['decoder']:.5f}", str(worst))
    ok(worst["sample"] < 0.001, f"{name}: what the set's writer looks at differs by the sampling error: "
       f"{worst['sample']:.4f}", str(worst))
    ok(worst["off"] < 1.5 * worst["float32"], f"{name}: the set's own are {worst['off']:.4f} off; summed "
       f"up in float32 such pictures are {worst['float32']:.4f} off", str(worst))


def real(episode):
    """A camera of a real robot; its writer looked at a hundred frames, every fourth pixel."""
    path = os.path.join(DATA, "g1_v21")
    frames = ours(path, str(episode))["cam_high", episode]
    few = frames[sample(len(frames))]
    with open(f"{path}/meta/episodes_stats.jsonl", encoding="utf-8") as f:
        stats = next(s for s in map(json.loads, f) if s["episode_index"] == episode)["stats"]
    said = stats["observation.images.cam_high"]
    said = np.array([np.array(said[what]).reshape(3) for what in ("mean", "std")])
    error = few.std(axis=0) / np.sqrt(len(few))
    off = np.abs(pooled(frames) - said) / error
    ok(off.max() < 2, f"a real camera's episode {episode}: the set's own statistics, at most "
       f"{off.max():.2f} sampling errors off ({np.abs(pooled(frames) - said).max():.4f})",
       f"{pooled(frames)} {said} {error}")


def tagged(name, space, span, want):
    """A video of one colour whose file says what its numbers mean."""
    g1, root = os.path.join(DATA, "g1_v21"), os.path.join(WORK, name)
    folder = f"{root}/videos/chunk-000/observation.images.cam_high"
    os.makedirs(folder)
    for part in ("meta", "data"):
        os.symlink(f"{g1}/{part}", f"{root}/{part}")
    with av.open(f"{folder}/episode_000001.mp4", "w") as out:
        s = out.add_stream("libx264", 30)
        s.width, s.height, s.pix_fmt = 64, 48, "yuv420p"
        s.codec_context.colorspace, s.codec_context.color_range = space, span
        for i in range(393):
            f = av.VideoFrame(64, 48, "yuv420p")
            for plane, value in zip(f.planes, (100, 110, 160)):
                plane.update(bytes([value]) * plane.buffer_size)
            f.pts, f.colorspace, f.color_range = i, space, span
            out.mux(s.encode(f))
        out.mux(s.encode())
    is_ = ours(root, "1")["cam_high", 1][:, 0].mean(axis=0) * 255
    ok(np.abs(is_ - want).max() < 1, f"a file that says {name}", f"{is_} {want}")


def main():
    tagged("nothing", 2, 0, (148.9, 78.9, 61.5))
    tagged("BT.709", 1, 1, (155.2, 84.6, 59.8))
    tagged("full range", 2, 2, (144.9, 83.3, 68.1))
    for episode in (1, 29):
        real(episode)
    for name in ("so101_sim_v30", "so101_bi_v30"):
        path = os.path.join(DATA, name)
        rows = pq.read_table(f"{path}/meta/episodes/chunk-000/file-000.parquet").slice(0, EPISODES)
        rows, mine = rows.to_pylist(), ours(path, f"0-{EPISODES - 1}")
        for camera_name in sorted({k[0] for k in mine}):
            camera(path, camera_name, rows, mine)
    return report.done()


sys.exit(main())
