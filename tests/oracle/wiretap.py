# SPDX-License-Identifier: Apache-2.0
# What the oracles of policy traffic share: a forwarder that keeps every byte with its time in a
# capture (src/wire/capture.h), the events that policytop makes of it, and TAP.
import json
import os
import socket
import struct
import subprocess
import threading
import time
import zlib

results = {"run": 0, "failed": 0}


def ok(good, text):
    results["run"] += 1
    results["failed"] += not good
    print(f"{'ok' if good else 'not ok'} {results['run']} - {text}", flush=True)
    return good


def done():
    print(f"1..{results['run']}")
    return 1 if results["failed"] else 0


class Capture:
    """A capture of one source; connections may follow each other, one at a time."""

    def __init__(self, path, word):
        self.file, self.lock = open(path, "wb"), threading.Lock()
        head = b"PTOPCAP\n" + struct.pack("<HHH", 2, 1, len(word)) + word.encode()
        self.file.write(head + struct.pack("<I", zlib.crc32(head)))

    def put(self, direction, data=b"", t_ns=None):
        with self.lock:
            for at in range(0, max(len(data), 1), 1 << 20):
                part = data[at:at + (1 << 20)]
                head = struct.pack("<qIHBB", t_ns or time.monotonic_ns(), len(part), 0, direction, 0)
                self.file.write(head + struct.pack("<I", zlib.crc32(head)))
                if part:
                    self.file.write(part + struct.pack("<I", zlib.crc32(part)))

    def close(self):
        self.file.close()


class Relay:
    """Forwards one connection after the other to a port, through a capture, in small pieces too."""

    def __init__(self, upstream, capture, piece=1 << 16):
        self.upstream, self.capture, self.piece = upstream, capture, piece
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.idle = threading.Event()
        self.idle.set()
        self.connections = 0
        threading.Thread(target=self.run, daemon=True).start()

    def pump(self, source, sink, direction):
        try:
            while data := source.recv(self.piece):
                self.capture.put(direction, data)  # before it is sent: no reply before its request
                sink.sendall(data)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def run(self):
        while True:
            client = self.listener.accept()[0]
            self.idle.clear()
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.upstream))
            for s in (client, server):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pumps = [threading.Thread(target=self.pump, args=a, daemon=True)
                     for a in ((client, server, 1), (server, client, 0))]
            for t in pumps:
                t.start()
            for t in pumps:
                t.join()
            client.close()
            server.close()
            self.capture.put(0)
            self.idle.set()


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come")
        time.sleep(0.005)


def box(image, width, height):
    """A picture's thumbnail: the mean of each box of it, in whole grey levels."""
    h, w = image.shape[:2]
    mean = type(image).mean  # numpy's, which not every user of this file has
    rows = [image[y * h // height:(y + 1) * h // height] for y in range(height)]
    cells = [mean(r[:, x * w // width:(x + 1) * w // width], (0, 1)) for r in rows for x in range(width)]
    out = image[:1, :1].repeat(height, 0).repeat(width, 1).astype("f8")
    out.reshape(-1, 3)[:] = cells
    return out


def events(dump, path):
    """The events of a capture, the seconds it took, and the memory in MiB."""
    before = os.times()
    out = subprocess.run([dump, f"raw:{path}?speed=max"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=300, check=False)
    after = os.times()
    words = out.stderr.decode()
    if out.returncode or "bad:" in words:
        print(f"# dump_events: {out.returncode} {words}", flush=True)
    memory = int(words.split("VmHWM:")[1].split()[0]) / 1024
    took = after.children_user + after.children_system
    took -= before.children_user + before.children_system
    return [json.loads(line) for line in out.stdout.splitlines()], took, memory


def of(found, kind, **wanted):
    return [e for e in found if e["kind"] == kind and all(e.get(k) == v for k, v in wanted.items())]


def bits(values):
    """Equal only for the same bits, so that -0.0 is not 0.0; any NaN is NaN."""
    return [struct.pack("<d", v) if v == v else b"NaN" for v in values]
