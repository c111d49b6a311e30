# SPDX-License-Identifier: Apache-2.0
# Compares the database after `policytop record dataset:…` with pyarrow's reading of the same file,
# and with the database after a replay of the capture. Usage: record.py POLICYTOP FOLDER DATA
import json
import sqlite3
import struct
import subprocess
import sys

import pyarrow.parquet as pq

EPISODE = 7
# In the order of the joints, which is the order of the ids; the view does not promise it.
VALUES = """SELECT {0} FROM joint_value v JOIN step s ON s.tick = v.id >> 7
            WHERE s.run = ? AND {0} IS NOT NULL ORDER BY v.id"""
VERDICTS = """SELECT episode, seq, code, level, subject, value, threshold, unit, message
              FROM verdicts WHERE run = ?"""
EVERYTHING = "SELECT episode, seq, joint, seen, asked, sent, got FROM joint_values WHERE run = ?"
failed = run = 0


def ok(good, text):
    global failed, run
    run += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {run} - {text}", flush=True)


def bits(value):
    return struct.pack("<d", value)


def record(policytop, db, *arguments):
    done = subprocess.run([policytop, "--db", db, "record", "--json", *arguments],
                          stdout=subprocess.PIPE, timeout=120, check=False)
    return json.loads(done.stdout.splitlines()[-1])


def main(policytop, work, data):
    dataset, db, capture = data + "/g1_v21", work + "/runs.db", work + "/capture"
    learn = subprocess.run([policytop, "--db", db, "learn", dataset + "?episodes=0-19", "--name", "p"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300,
                           check=False)
    ok(learn.returncode == 0, "a profile is learned")
    first = record(policytop, db, f"dataset:{dataset}?episode={EPISODE}&speed=max", "--profile", "p",
                   "--capture", capture)
    again = record(policytop, db, f"raw:{capture}?speed=max", "--profile", "p")

    file = pq.read_table(f"{dataset}/data/chunk-000/episode_{EPISODE:06d}.parquet")
    ok(first["steps"] == file.num_rows and not first["dropped"],
       f"as many steps as the episode has frames ({file.num_rows})")
    store = sqlite3.connect(db)
    for column, feature in (("seen", "observation.state"), ("asked", "action")):
        wanted = [v for row in file[feature].to_pylist() for v in row]
        got = [v for (v,) in store.execute(VALUES.format(column), (first["run"],))]
        ok(len(got) == len(wanted) and all(bits(a) == bits(b) for a, b in zip(got, wanted)),
           f"{column} is {feature} bit for bit ({len(wanted)} values)")
    for query, what in ((EVERYTHING, "values"), (VERDICTS, "verdicts")):
        a = store.execute(query, (first["run"],)).fetchall()
        b = store.execute(query, (again["run"],)).fetchall()
        ok(a == b, f"the capture gives the same {what} ({len(a)})")
    ok(first["verdicts"] == again["verdicts"], f"and the same result: {first['verdicts']}")
    print(f"1..{run}")
    return 1 if failed else 0


sys.exit(main(*sys.argv[1:]))
