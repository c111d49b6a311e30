# SPDX-License-Identifier: Apache-2.0
"""`policytop check`: the rig's cameras beside the pictures of training, in the simulated cell."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/tap"))
from peers import Report

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
DEVICE = "/dev/v4l/by-id/usb-simulated_{}-video-index0"
report = Report()
ok = report.ok


def run(*words):
    return subprocess.run([POLICYTOP, "--db", f"{WORK}/runs.db", *words], text=True, timeout=120,
                          capture_output=True, check=False)


def rig(world, roles=("front", "wrist"), **more):
    folder = f"{WORK}/config/policytop/rigs"
    os.makedirs(folder, exist_ok=True)
    text = {"schema": 1, "sources": [f"sim:?{world}"], "profile": "demo",
            "task": "Put the brick into the box.", "cameras": {r: {} for r in roles},
            "require": ["cameras"]} | more
    with open(f"{folder}/bench.json", "w", encoding="ascii") as f:
        json.dump(text, f)


def check():
    p = run("check", "bench", "--json", "--waive", "pose=the simulated arm never rests")
    found = json.loads(p.stdout) if p.stdout else {}
    items = [i for i in found.get("items", []) if i["code"].startswith("camera")]
    return p.returncode, found.get("verdict"), items, p.stderr


def of(items, code, **want):
    return [i for i in items if i["code"] == code and all(i[k] == v for k, v in want.items())]


def levels(items):
    return sorted((i["code"], i["subject"], i["level"]) for i in items)


def healthy():
    rig("cameras=1&seed=5")
    _, verdict, items, words = check()
    ok(levels(items) == [("camera-swap", "front", "ok"), ("camera-swap", "wrist", "ok"),
                         ("cameras", "front", "ok"), ("cameras", "wrist", "ok")] and
       verdict == "GO", "cameras as in training: they are themselves, and nothing else is said",
       f"{verdict} {items} {words}")
    ok(all(i["value"] > 3 for i in of(items, "camera-swap")), "by how many sigma")


def swapped():
    rig("seed=5&fault=camera-swap@0")
    status, verdict, items, _ = check()
    swap = of(items, "camera-swap", level="fail")
    ok(status == 2 and verdict == "NO-GO" and [i["subject"] for i in swap] == ["front", "wrist"],
       "exchanged: NO-GO, and both are named", str(items))
    ok("exchange front and wrist" in swap[0]["text"] and
       swap[0]["do"] == f"exchange them: front is at {DEVICE.format('wrist')}, wrist at "
       f"{DEVICE.format('front')}", "with the paths of their devices", str(swap[0]))
    rig("seed=5&fault=camera-swap@0", roles=("front",))
    _, verdict, items, _ = check()
    ok(verdict == "NO-GO" and of(items, "camera-swap", subject="front", level="fail"),
       "also where the rig has only one of them", str(items))


def others():
    rig("seed=6&fault=camera-dark@0:45")
    status, verdict, items, _ = check()
    light = of(items, "camera-light", subject="front", level="warn")
    ok(status == 1 and verdict == "GO" and len(light) == 1 and "darker" in light[0]["text"] and
       not of(items, "camera-light", subject="wrist"), "half of its light: a warning of front",
       str(items))
    rig("seed=6&fault=camera-dark@0:45", tolerances={"camera_light_percent": 60})
    _, _, items, _ = check()
    ok(not of(items, "camera-light"), "which the rig may tolerate", str(items))
    rig("seed=6&fault=camera-gone@0")
    status, verdict, items, _ = check()
    ok(verdict == "NO-GO" and of(items, "cameras", subject="wrist", level="fail") and
       of(items, "camera-swap", subject="front", level="ok"), "one unplugged: the other is judged",
       str(items))
    rig("cameras=1&seed=5", roles=("front", "wrist", "side"))
    status, verdict, items, _ = check()
    ok(status == 3 and verdict == "NOT SEEN" and of(items, "cameras", subject="side", level="unknown"),
       "one that nothing shows, and is required: NOT SEEN", str(items))
    rig("cameras=0&seed=5", require=["camera-swap"])
    status, verdict, items, _ = check()
    ok(status == 3 and verdict == "NOT SEEN" and
       levels(of(items, "camera-swap")) == [("camera-swap", r, "unknown") for r in ("front", "wrist")],
       "without pictures nobody is recognised: NOT SEEN where that is required", str(items))
    rig("cameras=0&seed=5", require=["disk"])
    _, verdict, items, _ = check()
    ok(verdict == "GO" and not of(items, "camera-swap"), "and not mentioned where it is not",
       str(items))


def main():
    p = run("demo", "--headless", "--seconds", "1")
    assert p.returncode == 0, p.stderr
    healthy()
    swapped()
    others()
    return report.done()


sys.exit(main())
