# SPDX-License-Identifier: Apache-2.0
"""Channel means and deviations: of our decoder, of another one, and of the sets' own statistics.

The sets' own are of the pictures before they were encoded, of every so many frames and every second
pixel, and were summed up in float32, one pixel after the other: at hundreds of millions a sum has no
room left for what a single pixel adds. That moves means by half a level, and the red deviation of a
picture that is mostly of one red by a quarter. Here each of these steps is done or undone, and what
is left is measured.
"""
import os
import subprocess
import sys
from fractions import Fraction

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


def ours(path):
    """Camera and episode -> [frames][mean, std][channels]."""
    out = subprocess.run([DUMP, path, f"0-{EPISODES - 1}"], text=True, check=True, timeout=300,
                         stdout=subprocess.PIPE).stdout
    found = {}
    for line in out.splitlines():
        camera, episode, *numbers = line.split()
        found.setdefault((camera, int(episode)), []).append(np.array(numbers, float).reshape(2, 3))
    return {k: np.array(v) for k, v in found.items()}


def decode(path, n):
    frames = []
    with av.open(path) as c:
        for f in c.decode(video=0):
            frames.append(f.to_ndarray(format="rgb24"))
            if len(frames) == n:
                break
    return np.stack(frames)


def again(frames):
    """Encoded once more as the set's writer did, and decoded: what one encoding does."""
    path = os.path.join(WORK, "again.mp4")
    with av.open(path, "w") as out:
        s = out.add_stream("libsvtav1", 30, options={"g": "2", "crf": "30", "preset": "12"})
        s.pix_fmt, s.height, s.width = "yuv420p", frames.shape[1], frames.shape[2]
        for i, rgb in enumerate(frames):
            f = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            f.pts, f.time_base = i, Fraction(1, 30)
            out.mux(s.encode(f))
        out.mux(s.encode())
    return decode(path, len(frames))


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
    twice, at, worst = again(frames), 0, dict.fromkeys(("decoder", "sample", "mean", "std", "raw"), 0)
    for episode, (row, n) in enumerate(zip(rows, lengths)):
        part, other = frames[at:at + n], twice[at:at + n]
        at += n
        we = pooled(mine[name, episode])
        assert len(mine[name, episode]) == n
        few = part[sample(n)][:, ::2, ::2]
        loss = other[sample(n)][:, ::2, ::2].astype(int) - few
        before = np.clip(few - loss, 0, 255).astype(np.uint8)
        said = np.array([[v[0][0] for v in row[f"stats/{key}/{what}"]] for what in ("mean", "std")])
        left = np.abs(float32(before) - said)
        for what, v in (("decoder", np.abs(we - exact(part))), ("sample", np.abs(we - exact(few))),
                        ("mean", left[0]), ("std", left[1]), ("raw", np.abs(we - said))):
            worst[what] = max(worst[what], v.max())
        print(f"# {name} episode {episode}: ours {text(we[0])} ± {text(we[1])}, the set's "
              f"{text(said[0])} ± {text(said[1])}; an encoding takes {text(-loss.mean((0, 1, 2)) / 255)};"
              f" undone and in float32 {text(float32(before)[0])} ± {text(float32(before)[1])}")
    ok(worst["decoder"] < 0.0005, f"{name}: another decoder has our channels within "
       f"{worst['decoder']:.5f}", str(worst))
    ok(worst["sample"] < 0.003, f"{name}: what the set's writer looks at differs by the sampling error: "
       f"{worst['sample']:.4f}", str(worst))
    ok(worst["mean"] < 0.002 and worst["std"] < 0.01,
       f"{name}: the set's own are explained within {worst['mean']:.4f} and {worst['std']:.4f} "
       f"(off by {worst['raw']:.4f} as they stand)", str(worst))


def main():
    for name in ("so101_sim_v30", "so101_bi_v30"):
        path = os.path.join(DATA, name)
        rows = pq.read_table(f"{path}/meta/episodes/chunk-000/file-000.parquet").slice(0, EPISODES)
        rows, mine = rows.to_pylist(), ours(path)
        for camera_name in sorted({k[0] for k in mine}):
            camera(path, camera_name, rows, mine)
    return report.done()


sys.exit(main())
