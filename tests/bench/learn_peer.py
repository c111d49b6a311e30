# SPDX-License-Identifier: Apache-2.0
# Usage: learn_peer.py POLICYTOP DATABASE DATASET
import glob
import subprocess
import sys
import time

import numpy as np
import pyarrow.parquet as pq


def peer(root):
    """The figures of learn's tables for action and state, without gaps, behaviour or storing."""
    vectors, episodes = {"action": [], "observation.state": []}, []
    for path in sorted(glob.glob(root + "/data/chunk-*/*.parquet")):
        t = pq.read_table(path, columns=[*vectors, "episode_index"])
        for key, out in vectors.items():
            column = t[key].combine_chunks()
            flat = column.flatten().to_numpy(zero_copy_only=False)
            out.append(flat.reshape(len(column), -1))
        episodes.append(t["episode_index"].to_numpy())
    same = np.diff(np.concatenate(episodes)) == 0
    for parts in vectors.values():
        v = np.vstack(parts)
        v.min(0), v.max(0), v.mean(0, dtype="f8"), v.std(0, dtype="f8")
        np.quantile(v, (0.01, 0.1, 0.5, 0.9, 0.99), axis=0)
        d = np.abs(np.diff(v, axis=0))[same]
        np.quantile(d, (0.5, 0.95, 0.99, 0.999), axis=0), d.max(0)
        s = v[np.r_[True, ~same]]
        s.mean(0), s.std(0), s.min(0), s.max(0)


def ours(program, database, root, *options):
    command = [program, "--db", database, "learn", "--json", *options, root]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def seconds(run, *args):
    start = time.perf_counter()
    run(*args)
    return time.perf_counter() - start


program, database, root = sys.argv[1:4]
# The peer looks at no video; what those cost is told apart.
times = [(seconds(ours, program, database, root, "--no-videos"), seconds(peer, root),
          seconds(ours, program, database, root)) for _ in range(6)][1:]
mine, theirs, videos = (sorted(t)[2] for t in zip(*times))
print(f"learn {mine * 1e3:.0f} ms, pyarrow and numpy {theirs * 1e3:.0f} ms: {theirs / mine:.1f}x "
      f"(wanted >= 2); with its videos {videos * 1e3:.0f} ms")
