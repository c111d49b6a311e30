# SPDX-License-Identifier: Apache-2.0
"""
Files that lie, loop, hang or are not there, before check, rig and explain: each is one sentence that
says what, where and what to do, with the exit status of its kind; nothing crashes, nothing hangs.
"""
import json
import os
import shutil
import struct
import subprocess
import sys

TREE = os.environ["TOP_SRCDIR"]
sys.path.insert(0, os.path.join(TREE, "tests/tap"))
from peers import Report

from world import World

POLICYTOP, WORK = os.environ["POLICYTOP"], sys.argv[1]
SET, POLICY, RIGS = f"{WORK}/set", f"{WORK}/policy", f"{WORK}/config/policytop/rigs"
DEEP = "[" * 300000
report = Report()


def text(path, content):
    """A file with this content in the place of what is there."""
    def change():
        take_away(path)
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
    return change


def take_away(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def link(path, to):
    def change():
        take_away(path)
        os.symlink(to, path)
    return change


def folder(path):
    def change():
        take_away(path)
        os.mkdir(path)
    return change


def fifo(path):
    def change():
        take_away(path)
        os.mkfifo(path)
    return change


def sparse(path, size):
    def change():
        take_away(path)
        with open(path, "wb") as f:
            f.truncate(size)
    return change


def unreadable(path):
    """For whoever is not root, who may read everything."""
    def change():
        if not os.path.exists(path):
            text(path, "{}")()
        os.chmod(path, 0)
    change.user = True
    return change


def gone(path):
    return lambda: take_away(path)


def header(path, length=None, **fields):
    """A safetensors file whose header says this of action.mean, or is as long as it says."""
    def change():
        with open(path, "rb") as f:
            raw = f.read()
        n, = struct.unpack_from("<Q", raw)
        head = json.loads(raw[8:8 + n])
        head["action.mean"] |= fields
        new = json.dumps(head).encode()
        with open(path, "wb") as f:
            f.write(struct.pack("<Q", length or len(new)) + new + raw[8 + n:])
    return change


def rig_text(content):
    return text(f"{RIGS}/bad.json", content)


def calibration(change):
    """A rig whose calibration file is changed so."""
    def both():
        rig = {"schema": 1, "robot": {"type": "so101_follower", "port": f"{WORK}/tty",
                                      "calibration": f"{WORK}/calibration.json"}}
        text(f"{WORK}/tty", "")()
        rig_text(json.dumps(rig))()
        change()
    return both


PRE = f"{POLICY}/pre.safetensors"
CHECK = ["check", "--json", "--policy", POLICY]
DATA = ["check", "--json", "--dataset", SET]
RIG = ["rig", "check", "bad"]
LIVE = ["check", "bad", "--json"]
EXPLAIN = ["--db", f"{WORK}/runs.db", "explain"]

# What is changed, the command, its status, and the line that it must say (WORK is the test's folder).
AGAIN = "copy the whole folder of the checkpoint again"
SETS = "copy the whole set again"
ANEW = "policytop rig from bad --force -- COMMAND makes it anew"
CALIBRATE = "calibrate again, or copy this arm's file"
WHOLE = "--policy names the whole folder of a checkpoint"
CONFIG, TENSORS = "WORK/policy/config.json", "WORK/policy/pre.safetensors"
FILE = "WORK/set/data/chunk-000/file-000.parquet"
ROWS = [
    ("config.json nested 300 000 deep", text(f"{POLICY}/config.json", DEEP), CHECK, 2,
     f"fail checkpoint: {CONFIG}, line 1: no JSON object; {AGAIN}"),
    ("config.json cut", text(f"{POLICY}/config.json", '{"type": "act", "input_f'), CHECK, 2,
     f"fail checkpoint: {CONFIG}, line 1: no JSON object; {AGAIN}"),
    ("config.json empty", text(f"{POLICY}/config.json", ""), CHECK, 2,
     f"fail checkpoint: {CONFIG}, line 1: no JSON object; {AGAIN}"),
    ("config.json is a folder", folder(f"{POLICY}/config.json"), CHECK, 2,
     f"fail checkpoint: {CONFIG}: is no regular file; {AGAIN}"),
    ("config.json is a pipe", fifo(f"{POLICY}/config.json"), CHECK, 2,
     f"fail checkpoint: {CONFIG}: is no regular file; {AGAIN}"),
    ("config.json is endless", link(f"{POLICY}/config.json", "/dev/zero"), CHECK, 2,
     f"fail checkpoint: {CONFIG}: is no regular file; {AGAIN}"),
    ("config.json of 10 GB", sparse(f"{POLICY}/config.json", 10 << 30), CHECK, 2,
     f"fail checkpoint: {CONFIG}: at most 4194304 bytes of a description are read; {AGAIN}"),
    ("config.json links to itself", link(f"{POLICY}/config.json", "config.json"), CHECK, 2,
     f"fail checkpoint: {CONFIG}: cannot open: Too many levels of symbolic links; {AGAIN}"),
    ("config.json of other types", text(
        f"{POLICY}/config.json",
        '{"type": 7, "input_features": [], "output_features": "x", "chunk_size": "many"}'), CHECK, 2,
     f"fail checkpoint: config.json names no output: what the policy gives is not known; {AGAIN}"),
    ("a checkpoint that links to itself", link(POLICY, "policy"), CHECK, 2,
     f"fail checkpoint: WORK/policy: Too many levels of symbolic links; {AGAIN}"),
    ("a checkpoint that is a file", text(POLICY, "x"), CHECK, 2,
     "fail checkpoint: WORK/policy: is no folder; name the one that holds config.json; " + AGAIN),
    ("no checkpoint", gone(POLICY), CHECK, 2,
     f"fail checkpoint: WORK/policy: no such folder; {AGAIN}"),
    ("safetensors: a header of 2^63", header(PRE, 1 << 63), CHECK, 2,
     f"fail checkpoint: {TENSORS}: no safetensors file: its header of 9223372036854775808 bytes is "
     f"not in a file of 2745; {AGAIN}"),
    ("safetensors: a header longer than the file", header(PRE, 1 << 20), CHECK, 2,
     f"fail checkpoint: {TENSORS}: no safetensors file: its header of 1048576 bytes is not in a "
     f"file of 2745; {AGAIN}"),
    ("safetensors: data beyond the file", header(PRE, data_offsets=[0, 1 << 40]), CHECK, 2,
     f"fail checkpoint: {TENSORS}: tensor action.mean: bytes 0 to 1099511627776 are not in 528 "
     f"bytes of data; {AGAIN}"),
    ("safetensors: data backwards", header(PRE, data_offsets=[24, 0]), CHECK, 2,
     f"fail checkpoint: {TENSORS}: tensor action.mean: bytes 24 to 0 are not in 528 bytes of data; "
     + AGAIN),
    ("safetensors: negative", header(PRE, data_offsets=[-24, 0]), CHECK, 2,
     f"fail checkpoint: {TENSORS}: tensor action.mean: its header is broken; {AGAIN}"),
    ("safetensors: another shape", header(PRE, shape=[1 << 31, 1 << 31, 4]), CHECK, 2,
     f"fail checkpoint: {TENSORS}: tensor action.mean: 24 bytes are not what its shape needs; "
     + AGAIN),
    ("safetensors: a type that is none", header(PRE, dtype="F7"), CHECK, 2,
     "fail norm-tensors: action has the mode MEAN_STD and no mean; save the processors with the "
     "statistics of the training set"),
    ("safetensors: cut", sparse(PRE, 5), CHECK, 2,
     f"fail checkpoint: {TENSORS}: no safetensors file: its header of 0 bytes is not in a file of "
     f"5; {AGAIN}"),
    ("safetensors: a pipe", fifo(PRE), CHECK, 2,
     f"fail checkpoint: {TENSORS}: is no regular file; {AGAIN}"),
    ("preprocessor nested", text(f"{POLICY}/policy_preprocessor.json", DEEP), CHECK, 2,
     f"fail checkpoint: WORK/policy/policy_preprocessor.json, line 1: no JSON object; {AGAIN}"),
    ("preprocessor that leads out", text(f"{POLICY}/policy_preprocessor.json", json.dumps({"steps": [
        {"registry_name": "normalizer_processor", "config": {},
         "state_file": "../../../../etc/passwd"}]})), CHECK, 2,
     "fail checkpoint: policy_preprocessor.json names ../../../../etc/passwd, which is not there; "
     + AGAIN),
    ("info.json cut", text(f"{SET}/meta/info.json", '{"fps": 30, "feat'), DATA, 2,
     f"fail set-files: WORK/set/meta/info.json: line 1: no JSON; {SETS}"),
    ("info.json is a pipe", fifo(f"{SET}/meta/info.json"), DATA, 2,
     f"fail set-files: WORK/set/meta/info.json: is no regular file; {SETS}"),
    ("stats.json nested", text(f"{SET}/meta/stats.json", DEEP), DATA, 2,
     f"fail set-files: WORK/set/meta/stats.json: no statistics object; {SETS}"),
    ("stats.json is a pipe", fifo(f"{SET}/meta/stats.json"), DATA, 2,
     f"fail set-files: WORK/set/meta/stats.json: is no regular file; {SETS}"),
    ("a data file that is a folder", folder(f"{SET}/data/chunk-000/file-000.parquet"), DATA, 2,
     f"fail set-files: {FILE}: is no regular file; {SETS}"),
    ("a data file that is none", text(f"{SET}/data/chunk-000/file-000.parquet", "PAR1PAR1"), DATA, 2,
     f"fail set-files: {FILE}: 8 bytes are no Parquet file; {SETS}"),
    ("a data file that is a pipe", fifo(f"{SET}/data/chunk-000/file-000.parquet"), DATA, 2,
     f"fail set-files: {FILE}: is no regular file; {SETS}"),
    ("modality.json cut", text(f"{SET}/meta/modality.json", '{"state": '), DATA, 2,
     "fail set-files: WORK/set/meta/modality.json: no JSON; copy it again, or write it anew"),
    ("modality.json of other types", text(
        f"{SET}/meta/modality.json",
        '{"state": {"arm": {"start": "x", "end": 1e300}}, "action": 7}'), DATA, 2,
     "fail set-files: arm of the state is values nan to 1e+300, and there are 6; start is the first "
     "value of a part, end the one behind its last"),
    ("a set that links to itself", link(SET, "set"), DATA, 2,
     f"fail set-files: WORK/set: Too many levels of symbolic links; {SETS}"),
    ("a set whose data links to itself", link(f"{SET}/data", "data"), DATA, 2,
     f"fail set-files: WORK/set/data: cannot open: Too many levels of symbolic links; {SETS}"),
    ("no set", gone(SET), DATA, 2,
     "fail set-files: WORK/set: no such folder; name a folder with meta/info.json"),
    ("rig nested", rig_text("[" * 30000), RIG, 2,
     "WORK/config/policytop/rigs/bad.json:1: is no JSON object"),
    ("rig cut", rig_text('{"schema": 1, "robot": {'), RIG, 2,
     "WORK/config/policytop/rigs/bad.json:1: is no JSON behind here: the text is cut short"),
    ("rig links to itself", link(f"{RIGS}/bad.json", "bad.json"), RIG, 66,
     f"policytop: WORK/config/policytop/rigs/bad.json: Too many levels of symbolic links; {ANEW}"),
    ("rig is a folder", folder(f"{RIGS}/bad.json"), RIG, 66,
     f"policytop: WORK/config/policytop/rigs/bad.json: is no file; {ANEW}"),
    ("rig is a pipe", fifo(f"{RIGS}/bad.json"), RIG, 66,
     f"policytop: WORK/config/policytop/rigs/bad.json: is no file; {ANEW}"),
    ("rig of 10 GB", sparse(f"{RIGS}/bad.json", 10 << 30), RIG, 66,
     f"policytop: WORK/config/policytop/rigs/bad.json: too large for a rig; {ANEW}"),
    ("no rig", gone(f"{RIGS}/bad.json"), RIG, 66,
     "policytop: no rig 'bad': policytop rig from bad -- COMMAND makes one"),
    ("rig with a key that is none, before check", rig_text('{"schema": 1, "tsk": 1}'), LIVE, 66,
     "policytop: WORK/config/policytop/rigs/bad.json, line 1: unknown key tsk (did you mean task?)"),
    ("rig: a device that is not there", rig_text(
        '{"schema": 1, "robot": {"type": "so101", "port": "/dev/policytop-none"}}'), RIG, 2,
     " XX  paths         robot.port /dev/policytop-none: No such file or directory; plug in what is "
     "/dev/policytop-none, or edit the rig"),
    ("rig: a camera that is not there", rig_text(
        '{"schema": 1, "cameras": {"front": {"device": "/dev/policytop-video"}}}'), RIG, 2,
     " XX  paths         front /dev/policytop-video: No such file or directory; plug in what is "
     "/dev/policytop-video, or edit the rig"),
    ("rig: a policy that links to itself", lambda: (link(POLICY, "policy")(), rig_text(
        json.dumps({"schema": 1, "policy": POLICY}))()), RIG, 2,
     f" XX  checkpoint    WORK/policy: Too many levels of symbolic links; {AGAIN}"),
    ("calibration nested", calibration(text(f"{WORK}/calibration.json", DEEP)), LIVE, 2,
     "fail calibration: WORK/calibration.json: no calibration of LeRobot: it is too long; "
     + CALIBRATE),
    ("calibration is a pipe", calibration(fifo(f"{WORK}/calibration.json")), LIVE, 2,
     f"fail calibration: WORK/calibration.json: is no regular file; {CALIBRATE}"),
    ("calibration links to itself", calibration(link(f"{WORK}/calibration.json",
                                                     "calibration.json")), LIVE, 2,
     f"fail calibration: WORK/calibration.json: Too many levels of symbolic links; {CALIBRATE}"),
    ("calibration of other types", calibration(text(
        f"{WORK}/calibration.json", '{"gripper": {"id": "x", "range_min": 1e300}}')), LIVE, 2,
     "fail calibration: WORK/calibration.json: no calibration of LeRobot: gripper: a value is no "
     f"integer; {CALIBRATE}"),
    ("explain: no checkpoint", gone(POLICY), EXPLAIN + ["--policy", POLICY], 66,
     f"policytop: WORK/policy: no such folder; {WHOLE}"),
    ("explain: a lying header", header(f"{POLICY}/post.safetensors", 1 << 63),
     EXPLAIN + ["--policy", POLICY], 66,
     "policytop: WORK/policy/post.safetensors: no safetensors file: its header of "
     f"9223372036854775808 bytes is not in a file of 2745; {WHOLE}"),
    ("explain: a pipe", fifo(f"{POLICY}/config.json"), EXPLAIN + ["--policy", POLICY], 66,
     f"policytop: {CONFIG}: is no regular file; {WHOLE}"),
    ("explain: a database that is a text", text(f"{WORK}/runs.db", "no database\n" * 100),
     EXPLAIN, 66, "policytop: WORK/runs.db: reading: it is no SQLite database; --db names another "
     "database"),
    ("explain: a database that links to itself", link(f"{WORK}/runs.db", "runs.db"), EXPLAIN, 66,
     "policytop: WORK/runs.db: Too many levels of symbolic links; --db names another database"),
    ("explain: a database that is a folder", folder(f"{WORK}/runs.db"), EXPLAIN, 66,
     "policytop: WORK/runs.db: is a folder, not a database; --db names another database"),
    ("explain: a database that is a pipe", fifo(f"{WORK}/runs.db"), EXPLAIN, 66,
     "policytop: WORK/runs.db: is no ordinary file; --db names another database"),
    ("explain: a database that nobody may read", unreadable(f"{WORK}/runs.db"), EXPLAIN, 66,
     "policytop: WORK/runs.db: Permission denied; --db names another database"),
    ("a checkpoint that nobody may read", unreadable(f"{POLICY}/config.json"), CHECK, 2,
     f"fail checkpoint: {CONFIG}: cannot open: Permission denied; {AGAIN}"),
    ("a rig that nobody may read", unreadable(f"{RIGS}/bad.json"), RIG, 66,
     f"policytop: WORK/config/policytop/rigs/bad.json: Permission denied; {ANEW}"),
]


def run(*words):
    try:
        p = subprocess.run([POLICYTOP, *words], text=True, capture_output=True, timeout=60,
                           check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return 124, "it hangs"
    said = p.stdout + p.stderr
    if p.stdout.startswith("{"):
        said = "\n".join(f"{i['level']} {i['code']}: {i['text']}; {i['do']}"
                         for i in json.loads(p.stdout)["items"]) + p.stderr
    return p.returncode, said.replace(WORK, "WORK")


def whole():
    """Everything as it should be."""
    for path in (SET, POLICY, f"{WORK}/runs.db", f"{RIGS}/bad.json", f"{WORK}/calibration.json"):
        take_away(path)
    w = World()
    w.write_set(SET)
    w.write_policy(POLICY)
    os.makedirs(RIGS, exist_ok=True)
    shutil.copy(f"{WORK}/good.db", f"{WORK}/runs.db")


def main():
    w = World()
    w.write_set(SET)
    run("--db", f"{WORK}/good.db", "learn", SET)
    line = '{"type":"hello","protocol":1,"joints":["a"]}\n{"type":"step","seq":0,"got":[1]}\n'
    subprocess.run([POLICYTOP, "--db", f"{WORK}/good.db", "record", "stdin:", "--profile", "set"],
                   input=line, text=True, capture_output=True, timeout=60, check=False)
    for what, change, words, status, wanted in ROWS:
        if getattr(change, "user", False) and os.geteuid() == 0:
            report.ok(True, f"{what} # SKIP root may read everything")
            continue
        whole()
        change()
        got, said = run(*words)
        report.ok(got == status and wanted in said.splitlines(), f"{what}: {status}",
                  f"{got}, not: {wanted}\n# " + said.replace("\n", "\n# "))
    return report.done()


sys.exit(main())
