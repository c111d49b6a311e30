# SPDX-License-Identifier: Apache-2.0
"""Every cause of table.py before the real command: the fault is named, its healthy twin is GO."""
import json
import os
import shutil
import struct
import subprocess
import sys

TREE = os.environ["TOP_SRCDIR"]
sys.path[:0] = [os.path.join(TREE, "tests/tap"), os.path.join(TREE, "tests/sim")]
from peers import Report
from simbus import SimBus

import healthy
import table
from world import World, tensors

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
report = Report()


def policytop(*words):
    return subprocess.run([POLICYTOP, *words], text=True, capture_output=True, timeout=120,
                          check=False)


def judged(*words):
    p = policytop(*words, "--json")
    try:
        found = json.loads(p.stdout)
    except json.JSONDecodeError:
        found = {"items": [], "verdict": p.stderr or p.stdout}
    found["status"] = p.returncode
    found.setdefault("verdict", "NO-GO" if p.returncode > 1 else "GO")
    return found


def put_rig(w):
    rigs = f"{WORK}/config/policytop/rigs"
    os.makedirs(rigs, exist_ok=True)
    with open(f"{rigs}/bench.json", "w", encoding="utf-8") as f:
        json.dump(w.rig, f)


def prepare(w, folder):
    """The files of a world; its profile learned, its rig on file."""
    shutil.rmtree(folder, ignore_errors=True)
    w.write_set(folder + "/brain")
    w.write_policy(folder + "/policy")
    put_rig(w)


def learn(folder, *more):
    p = policytop("learn", folder + "/brain", "--name", "brain", *more)
    assert p.returncode in (0, 1), p.stderr


def calibrate(bus, change):
    """Changes LeRobot's file of the arm; the changed joints with what was there before."""
    with open(bus.calibration, encoding="ascii") as f:
        now = json.load(f)
    before = {j: dict(m) for j, m in now.items()}
    change(now)
    with open(bus.calibration, "w", encoding="ascii") as f:
        json.dump(now, f)
    return [m for j, m in now.items() if m != before[j]]


def calibrate_again(bus, change):
    """The file, and the servos' own zeros: a magnitude of 11 bits and a sign."""
    for m in calibrate(bus, change):
        v = m["homing_offset"]
        bus.order(f"set {m['id']} 31/2 {abs(v) | (v < 0) << 11}")


def with_arm(w, folder, healthy=False):
    bus = SimBus(WORK, w.kind)
    try:
        calibrate(bus, w.calibrate)
        w.rig["robot"] = {"port": bus.link, "calibration": bus.calibration} | w.rig["robot"]
        w.rig["cameras"] = {}
        w.rig["require"] = ["prompt", "disk", "motors", "calibration", "bus"]
        if w.kind == "sts":  # the training set is in its units
            w.rig["require"].append("pose")
        prepare(w, folder)
        learn(folder, *(["--rig", "bench"] if w.learn_with_rig else []))
        if w.recalibrate:
            calibrate_again(bus, w.recalibrate)
        for line in w.orders:
            bus.order(line)
        other = None
        if w.beside:
            with open(bus.path, "rb", buffering=0) as port:
                other = subprocess.Popen(w.beside, stdin=port)
        try:
            for _ in range(5):  # a machine that is busy may not have heard all in time
                found = judged("check", "bench", *w.words)
                if found["status"] in (2, w.status) and not (healthy and loud(found)):
                    break
            return found
        finally:
            if other:
                other.kill()
                other.wait()
    finally:
        bus.close()


def in_cell(w):
    """The cameras of the simulated cell, beside what the demo's own training saw."""
    db = ("--db", f"{WORK}/cell.db")
    if not os.path.exists(db[1]):
        p = policytop(*db, "demo", "--headless", "--seconds", "1")
        assert p.returncode == 0, p.stderr
    w.rig = {"schema": 1, "sources": [f"sim:?seed=5&{w.cell}"], "profile": "demo",
             "task": "Put the brick into the box.", "cameras": {"front": {}, "wrist": {}},
             "require": ["cameras"]}
    put_rig(w)
    return judged(*db, "check", "bench", "--waive", "pose=the simulated arm never rests")


def look(w, kind, folder, healthy=False):
    if kind == "rig":
        return with_arm(w, folder, healthy)
    if kind == "cell":
        return in_cell(w)
    w.rig["policy"] = folder + "/policy"
    prepare(w, folder)
    if kind == "files":
        learn(folder)
        return judged("rig", "check", "bench")
    words = ["--dataset", folder + "/brain"] if kind in ("set", "pair") else []
    words += ["--policy", folder + "/policy"] if kind in ("policy", "pair") else []
    return judged("check", *words, *w.words)


def loud(found):
    """What is not well, but what is so on this machine, or waived."""
    return [i for i in found["items"] if i["level"] in ("warn", "fail") and
            i.get("group") not in ("host",) and not i.get("waived")]


def told(items):
    return "\n# ".join(f"{i['level']} {i['code']} [{i['subject']}] {i['text']}" for i in items)


def pose():
    """Where the arm rests, as the source itself says it."""
    found = with_arm(World(), f"{WORK}/pose")
    at = [i["value"] for i in found["items"] if i["code"] == "pose"]
    assert len(at) == 6, found
    return at


class Bench:
    def __init__(self):
        self.start = None
        self.healthy = {}
        self.named = self.quiet = 0

    def world(self, c, change):
        """A healthy world for this cause, changed."""
        w = World()
        if c.look == "rig":
            self.start = self.start or pose()
            w = World(self.start)
        change(w)
        return w

    def twin(self, c):
        key = c.look, c.twin if c.twin is not table.Cause.twin else None
        if key not in self.healthy:
            self.healthy[key] = look(self.world(c, c.twin), c.look, f"{WORK}/healthy", True)
        return self.healthy[key]

    def cause(self, c):
        w = self.world(c, c.spoil)
        w.status = c.status
        found = look(w, c.look, f"{WORK}/{c.id}")
        named = [i for i in found["items"] if i["code"] == c.code and i["level"] == c.level and
                 all(n in f"{i['subject']} {i['text']}" for n in c.names)]
        may = c.status if isinstance(c.status, tuple) else (c.status,)
        good = named and found["status"] in may
        report.ok(good, f"{c.id}: {c.level} {c.code} {' '.join(c.names)}".strip(),
                  f"{found['verdict']} {found['status']}; {told(loud(found)) or 'nothing'}")
        twin = self.twin(c)
        calm = twin["verdict"] == "GO" and twin["status"] in (0, 1) and not loud(twin) and \
            not [i for i in twin["items"] if i["code"] == c.code and i["level"] != "ok"
                 and i["level"] != "note"]
        report.ok(calm, f"{c.id}: its healthy twin is GO",
                  f"{twin['verdict']} {twin['status']}; {told(loud(twin))}")
        self.named += bool(good)
        self.quiet += bool(calm)


def quiet(found, what, may=()):
    """GO, and nothing that warns."""
    bad = [i for i in loud(found) if i["code"] not in may]
    report.ok(found["verdict"] == "GO" and found["status"] in ((0, 1) if may else (0,)) and not bad,
              what, f"{found['verdict']} {found['status']}; {told(bad) or told(found['items'])}")


def real_sets(data):
    for folder, policy, may in healthy.REAL:
        words = ["--dataset", f"{data}/{folder}"] if folder else []
        words += ["--policy", f"{data}/{policy}"] if policy else []
        quiet(judged("check", *words), f"healthy: {' '.join(w for w in (folder, policy) if w)}", may)
    exchange(data)


def read_tensors(path):
    with open(path, "rb") as f:
        raw = f.read()
    n, = struct.unpack_from("<Q", raw)
    out = {}
    for name, t in json.loads(raw[8:8 + n]).items():
        if name != "__metadata__":
            a, e = t["data_offsets"]
            out[name] = t["shape"], list(struct.unpack_from(f"<{(e - a) // 4}f", raw, 8 + n + a))
    return out


def exchange(data):
    """The real pair, two joints of the statistics after the policy exchanged."""
    folder = f"{WORK}/exchanged"
    shutil.copytree(f"{data}/act_so101_sim/009000/pretrained_model", folder)
    subprocess.run(["chmod", "-R", "u+w", folder], check=True)
    name, = [n for n in os.listdir(folder) if n.startswith("policy_postprocessor_step") and
             n.endswith(".safetensors")]
    known = read_tensors(f"{folder}/{name}")
    for key, (_, v) in known.items():
        if key.startswith("action.") and len(v) == 6:
            v[1], v[2] = v[2], v[1]
    tensors(f"{folder}/{name}", known)
    found = judged("check", "--policy", folder, "--dataset", f"{data}/so101_state_v30")
    ok = [i for i in found["items"] if i["code"] == "norm" and i["level"] == "fail" and
          "shoulder_lift and elbow_flex are exchanged" in i["text"]]
    report.ok(ok and found["status"] == 2, "the real pair, exchanged after the policy, is named",
              told(loud(found)))


def main():
    bench = Bench()
    wanted = sys.argv[2:]
    rows = [c for c in table.FROZEN + table.KNOWN if not wanted or c.id in wanted]
    for c in rows:
        bench.cause(c)
    print(f"# {bench.named} of {len(rows)} named right, {bench.quiet} twins quiet")
    if wanted and wanted != ["healthy"]:
        return report.done()
    for what, kind, change in healthy.HEALTHY:
        w = World()
        change(w)
        quiet(look(w, kind, f"{WORK}/quiet"), f"healthy: {what}")
    data = os.environ.get("POLICYTOP_DATA")
    if data:
        real_sets(data)
    else:
        report.ok(True, "real sets # SKIP POLICYTOP_DATA is not set")
    return report.done()


sys.exit(main())
