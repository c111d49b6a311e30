# SPDX-License-Identifier: Apache-2.0
"""Captures for t_bug_capture.sh, written and read without our own code.

bug_capture.py stream STEPS           a stream with an alarm in every episode
bug_capture.py make FILE MEGABYTES    a capture of three sources
bug_capture.py look FILE [ORIGINAL]   what is in one; whether its end is that of the original
"""
import json
import math
import random
import struct
import sys
import zlib

WORDS = ["stdin:", "feetech:/dev/x?robot=so101", "openpi:8001=127.0.0.1:8000"]
JOINTS = ["shoulder_pan.pos", "shoulder_lift.pos", "elbow_flex.pos", "wrist_flex.pos",
          "wrist_roll.pos", "gripper.pos"]
EPISODE = 500


def stream(steps):
    say = sys.stdout.write
    say(json.dumps({"type": "hello", "protocol": 1, "robot": "so101_follower", "joints": JOINTS,
                    "units": ["deg"] * 5 + ["0_100"], "fps": 50, "clock": "relative",
                    "task": "Fold the towel twice"}) + "\n")
    for i in range(steps):
        if i % EPISODE == 0:
            say('{"type":"episode","event":"start","task":"Fold the towel twice"}\n')
        seen = [10 * math.sin(i / 50 + j) for j in range(6)]
        asked = [v + 0.1 for v in seen]
        if i % EPISODE in (300, 302):
            asked[i // EPISODE % 5] = 9e3
        say(json.dumps({"type": "step", "seq": i, "t": i / 50, "seen": seen, "asked": asked,
                        "driver": "policy", "pad": "pad " * 250}) + "\n")
        if i % EPISODE == EPISODE - 1:
            say('{"type":"episode","event":"end","outcome":"success"}\n')


def record(t_ns, source, direction, payload, kind=0):
    head = struct.pack("<qIHBB", t_ns, len(payload), source, direction, kind)
    out = head + struct.pack("<I", zlib.crc32(head))
    return out + (payload + struct.pack("<I", zlib.crc32(payload)) if payload else b"")


def header():
    out = b"PTOPCAP\n" + struct.pack("<HH", 2, len(WORDS))
    for word in WORDS:
        out += struct.pack("<H", len(word)) + word.encode()
    return out + struct.pack("<I", zlib.crc32(out))


def make(path, megabytes):
    """Lines that are cut anywhere, a bus, a policy server with pictures; secrets across records."""
    rng = random.Random(7)
    text = b""
    t = 1000
    with open(path, "wb") as f:
        f.write(header())
        f.write(record(t, 2, 1, b"GET / HTTP/1.1\r\nAuthorization: Api-Key capSecret42x\r\n\r\n"))
        seq = 0
        while f.tell() < megabytes * 1e6:
            t += 1000
            line = json.dumps({"type": "step", "seq": seq, "t": seq / 50, "seen": [1], "asked": [2],
                               "note": "token=lineSecret%dx42 Fold the towel twice" % seq})
            seq += 1
            text += line.encode() + b"\n"
            n = rng.randrange(1, 400)
            if len(text) > n:
                f.write(record(t, 0, 0, text[:n]))
                text = text[n:]
            f.write(record(t, 1, seq % 2, rng.randbytes(rng.randrange(1, 60))))
            if seq % 20 == 0:
                f.write(record(t, 2, 1, b"PROMPT-masked"))
                f.write(record(t, 2, 1, b"\x89PICTURE" + rng.randbytes(20000)))
                f.write(record(t, 2, 0, b"reply %d" % seq))
        f.write(record(t, 0, 0, text))


def read(path):
    """Words and records; every checksum must be right."""
    data = open(path, "rb").read()
    assert data[:8] == b"PTOPCAP\n"
    version, sources = struct.unpack_from("<HH", data, 8)
    assert version == 2
    at, words = 12, []
    for _ in range(sources):
        (n,) = struct.unpack_from("<H", data, at)
        words.append(data[at + 2:at + 2 + n].decode())
        at += 2 + n
    assert struct.unpack_from("<I", data, at)[0] == zlib.crc32(data[:at])
    at += 4
    records = []
    while at + 20 <= len(data):
        t_ns, n, source, direction, kind = struct.unpack_from("<qIHBB", data, at)
        assert struct.unpack_from("<I", data, at + 16)[0] == zlib.crc32(data[at:at + 16])
        payload = data[at + 20:at + 20 + n]
        at += 20 + (n + 4 if n else 0)
        if at > len(data):
            break
        assert not n or struct.unpack_from("<I", data, at - 4)[0] == zlib.crc32(payload)
        records.append((t_ns, source, direction, kind, payload))
    return words, records


def look(path, original=None):
    words, records = read(path)
    lines = b"".join(r[4] for r in records if r[1] == 0 and r[2] == 0 and r[3] == 0)
    bad = 0
    seqs = []
    for line in lines.split(b"\n")[:-1]:
        try:
            o = json.loads(line)
            seqs.append(o.get("seq"))
        except ValueError:
            bad += 1
    said = {
        "words": len(words),
        "bad_lines": bad,
        "skips": sum(b != a + 1 for a, b in zip(seqs, seqs[1:])),
        "last": seqs[-1] if seqs else None,
        "anew": [s for s in range(3) if any(r[1] == s and r[3] == 0 and not r[4] for r in records)],
        "lost": sum(r[3] == 1 for r in records),
        "largest": max(len(r[4]) for r in records),
    }
    if original:
        theirs = [r for r in read(original)[1] if r[1] == 1]
        ours = [r for r in records if r[1] == 1]
        tail = ours[len(ours) - [bool(r[4]) for r in reversed(ours)].index(False):] \
            if any(not r[4] for r in ours) else ours
        said["bus_tail"] = tail == theirs[len(theirs) - len(tail):] and len(tail) > 1000
    print(json.dumps(said))


if sys.argv[1] == "stream":
    stream(int(sys.argv[2]))
elif sys.argv[1] == "make":
    make(sys.argv[2], float(sys.argv[3]))
else:
    look(*sys.argv[2:])
