# SPDX-License-Identifier: Apache-2.0
"""
policytop record hook: beside a program that uses openpi-client as its examples do, once with the
broker (ALOHA, ticks), once with bare chunks (LIBERO).    openpi_client.py POLICYTOP WORK
"""
import json
import os
import signal
import sqlite3
import subprocess
import sys

HOOK = os.environ["TOP_SRCDIR"] + "/src/client/python"
PROGRAM = '''
import json, sys
import numpy as np
from openpi_client import action_chunk_broker, websocket_client_policy
policy = websocket_client_policy.WebsocketClientPolicy("127.0.0.1", int(sys.argv[1]))
r, seen, asked = np.random.default_rng(3), [], []
broker = action_chunk_broker.ActionChunkBroker(policy, 5)
broker.reset()
for k in range(20):
    state = r.normal(size=14)
    a = broker.infer({"state": state, "prompt": "pick"})["actions"]
    seen.append(state.tolist()); asked.append(a.tolist())
for k in range(3):
    state = r.normal(size=14).astype(np.float32)
    a = policy.infer({"observation/state": state, "prompt": "place"})["actions"]
    seen.append(state.tolist()); asked.append(a[0].tolist())
print(json.dumps([seen, asked]))
'''
SERVER = '''
import numpy as np, websockets.sync.server as w
from openpi_client import msgpack_numpy as m
r = np.random.default_rng(7)
def serve(c):
    c.send(m.packb({}))
    for _ in c:
        c.send(m.packb({"actions": r.normal(size=(10, 14)).astype(np.float32)}))
s = w.serve(serve, "127.0.0.1", 0, compression=None)
print(s.socket.getsockname()[1], flush=True)
s.serve_forever()
'''
POLICYTOP, WORK = sys.argv[1:]
n = 0
bad = 0


def ok(good, what):
    global n, bad
    n += 1
    bad += not good
    print(f"{'ok' if good else 'not ok'} {n} - {what}", flush=True)


server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL)  # it complains of clients that just leave
port = server.stdout.readline().strip()
db = WORK + "/runs.db"
record = subprocess.Popen([POLICYTOP, "--db", db, "record", "hook:", "--json"],
                          stdout=subprocess.PIPE, text=True)
json.loads(record.stdout.readline())
plain = subprocess.run([sys.executable, "-c", PROGRAM, port], capture_output=True, text=True)
ok(plain.returncode == 0, f"the program runs without us {plain.stderr[-300:]}")
ours = subprocess.run([sys.executable, "-c", PROGRAM, port], capture_output=True, text=True,
                      env={**os.environ, "PYTHONPATH": HOOK})
ok(ours.returncode == 0 and not ours.stderr, f"and with us {ours.stderr[-300:]}")
record.send_signal(signal.SIGINT)
out = json.loads(record.communicate(timeout=60)[0].splitlines()[-1])
server.terminate()
server.wait()
seen, asked = json.loads(ours.stdout)
sql = sqlite3.connect(db)
got = {}
for seq, s, a in sql.execute("SELECT seq, seen, asked FROM joint_values ORDER BY seq, place"):
    got.setdefault(seq, [[], []])
    got[seq][0].append(s)
    got[seq][1].append(a)
ok([v[0] for v in got.values()] == seen, f"{len(got)} states as they were asked with, bit for bit")
ok([v[1] for v in got.values()] == asked, "and the actions that came of them")
chunks = sql.execute("SELECT horizon, dims FROM chunks").fetchall()
ok(chunks == [(10, 14)] * 7, f"{len(chunks)} chunks, whole")
ok(not sql.execute("SELECT * FROM gaps").fetchall() and not out.get("bad_lines"), "nothing lost")
print(f"1..{n}")
sys.exit(bad > 0)
