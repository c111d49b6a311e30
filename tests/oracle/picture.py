# SPDX-License-Identifier: Apache-2.0
"""Saved pictures as Pillow reads them: every pixel, and that no file was written over."""
import os
import subprocess
import sys

from PIL import Image

SCALE, GAP = 6, 8
done = 0


def ok(good, what):
    global done
    done += 1
    print(f"{'ok' if good else 'not ok'} {done} - {what}")


def pixel(x, y, seed):
    return ((x * 4 + seed) % 256, (y * 5 + seed) % 256, (x * y + seed) % 256)


def same(image, left, width, height, seed):
    return all(image.getpixel((left + x, y)) == pixel(x // SCALE, y // SCALE, seed)
               for y in range(height * SCALE) for x in range(width * SCALE))


program, folder = sys.argv[1:]
lines = subprocess.run([program, folder], capture_output=True, text=True).stdout.splitlines()
names = [line.split()[1] for line in lines if line.startswith("saved ")]
ok(len(set(names)) == 4 and sorted(os.listdir(folder)) == sorted(map(os.path.basename, names)),
   f"four pictures within a second are four files: {lines[-1]}")
ok(all(os.path.dirname(n) == folder for n in names), "whatever the names of rig and camera are")
for name, (width, height), both in zip(names, [(64, 48), (1, 1), (37, 48), (64, 1)],
                                       [True, False, True, False]):
    image = Image.open(name)
    image.load()
    size = (width * SCALE + (GAP + 64 * SCALE if both else 0), (48 if both else height) * SCALE)
    ok(image.mode == "RGB" and image.size == size, f"{width} x {height}: {image.size}")
    ok(same(image, 0, width, height, 0), "its pixels")
    if both:
        ok(same(image, width * SCALE + GAP, 64, 48, 100), "and those of training beside them")
before = [open(n, "rb").read() for n in names]
subprocess.run([program, folder], capture_output=True)
ok([open(n, "rb").read() for n in names] == before and len(os.listdir(folder)) == 8,
   "again: no file is written over")
lines = subprocess.run([program, folder + "/none"], capture_output=True, text=True).stdout
ok("No such file" in lines, f"no folder: {lines.splitlines()[0]}")
print(f"1..{done}")
