# SPDX-License-Identifier: Apache-2.0
"""What the tests of the tap share: messages, a server, clients, and the tap itself. A message is
u32 length, u64 number, body, little endian; the body follows from number and length."""
import os
import random
import socket
import struct
import subprocess
import threading
import time
import zlib

BLOCK = random.Random(7).randbytes(4 << 20)
HEAD = struct.Struct("<IQ")
TAP = os.path.join(os.environ["TOP_BUILDDIR"], "src/tap/policytop-tap")
WATCHER = os.path.join(os.environ["TOP_BUILDDIR"], "tests/tap/watcher")


class Report:
    """TAP lines."""

    def __init__(self):
        self.run = self.failed = 0

    def ok(self, good, text, why=""):
        self.run += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.run} - {text}", flush=True)
        if not good and why != "":
            print(f"# {why}")

    def done(self):
        print(f"1..{self.run}")
        return 1 if self.failed else 0


def body(number, length):
    at = number * 7919 % (len(BLOCK) - 1)
    piece = BLOCK[at:at + length]
    while len(piece) < length:
        piece += BLOCK[:length - len(piece)]
    return piece


def message(number, length):
    return HEAD.pack(length, number) + body(number, length)


def checksum(number, length):
    return f"{zlib.crc32(body(number, length)):08x}"


def read_exactly(sock, n):
    got = bytearray()
    while len(got) < n:
        some = sock.recv(min(n - len(got), 1 << 20))
        if not some:
            raise EOFError(f"{len(got)} of {n} bytes")
        got += some
    return bytes(got)


def read_message(sock):
    length, number = HEAD.unpack(read_exactly(sock, HEAD.size))
    return number, read_exactly(sock, length)


def reply_length(number, length):
    return 3000 + number % 100 if length < 1 << 20 else length


def answer(sock):
    """A server's side of one connection: every message is checked and answered."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while True:
            number, got = read_message(sock)
            if got != body(number, len(got)):
                sock.close()
                return
            sock.sendall(message(number, reply_length(number, len(got))))
    except (EOFError, OSError):
        sock.close()


def listen():
    sock = socket.create_server(("127.0.0.1", 0), backlog=256)
    return sock, sock.getsockname()[1]


def serve(sock, handle=answer):
    def loop():
        while True:
            try:
                client, _ = sock.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(client,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()


def connect(port):
    sock = socket.create_connection(("127.0.0.1", port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def exchange(sock, number, length):
    """Seconds that one request took; raises when the reply is not what it must be."""
    begin = time.monotonic()
    sock.sendall(message(number, length))
    got, reply = read_message(sock)
    took = time.monotonic() - begin
    if got != number or reply != body(number, reply_length(number, length)):
        raise ValueError(f"message {number} came back as {got}, {len(reply)} bytes")
    return took


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def start_tap(upstream, *options):
    """A tap without an engine: the process, and where it listens."""
    process = subprocess.Popen([TAP, *options, "0", f"127.0.0.1:{upstream}"],
                               stdout=subprocess.PIPE, text=True)
    word = process.stdout.readline().split()
    return process, int(word[1].rsplit(":", 1)[1])


def until(condition, seconds=60):
    """Waits for a condition; what it returned."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.005)
    return condition()
