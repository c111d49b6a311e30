# SPDX-License-Identifier: Apache-2.0
"""The tap as a wire: what goes in comes out, in every way that TCP can be used."""
import errno
import hashlib
import os
import socket
import sys
import threading
import time

import peers
from peers import Report, connect, listen, read_exactly, reset, serve, start_tap, until

report = Report()


class Other:
    """The server's side of connections, in the hands of the test."""

    def __init__(self):
        self.sock, self.port = listen()
        self.sock.settimeout(20)

    def pair(self, port):
        client = connect(port)
        server, _ = self.sock.accept()
        server.settimeout(30)
        return client, server


def pump(sender, receiver, pieces):
    """Sends pieces and a half-close; the digests of both ends."""
    sent, got = hashlib.sha256(), hashlib.sha256()

    def send():
        for piece in pieces:
            sent.update(piece)
            sender.sendall(piece)
        sender.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=send)
    thread.start()
    while some := receiver.recv(1 << 20):
        got.update(some)
    thread.join()
    return sent.hexdigest(), got.hexdigest()


def memory_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


def outcome(sock):
    """How a connection ends for who reads it."""
    try:
        while sock.recv(1 << 16):
            pass
        return "end"
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))


def bytes_are_the_same(other, port):
    big = peers.BLOCK * 16  # 64 MB
    for name, pieces in (("1-byte fragments", [bytes([i % 251]) for i in range(20000)]),
                         ("one message of 64 MB", [big]),
                         ("pieces of all sizes", [big[:n * n] for n in range(900)])):
        client, server = other.pair(port)
        up = pump(client, server, pieces)
        down = pump(server, client, pieces)
        report.ok(up[0] == up[1], f"{name} to the server, and a half-close", up)
        report.ok(down[0] == down[1], f"{name} to the client, after that", down)
        client.close()
        server.close()


def half_close(other, port):
    client, server = other.pair(port)
    client.sendall(b"question")
    client.shutdown(socket.SHUT_WR)
    report.ok(read_exactly(server, 8) == b"question" and server.recv(1) == b"",
              "the server reads the end of what the client says")
    server.sendall(b"answer")
    report.ok(read_exactly(client, 6) == b"answer", "and can still answer")
    server.close()
    report.ok(outcome(client) == "end", "the end is an end, no reset")
    client.close()


def resets(other, port):
    client, server = other.pair(port)
    client.sendall(b"x")
    read_exactly(server, 1)
    reset(client)
    report.ok(outcome(server) == "ECONNRESET", "a reset by the client is one for the server")
    server.close()
    client, server = other.pair(port)
    client.sendall(b"x")
    read_exactly(server, 1)
    reset(server)
    report.ok(outcome(client) == "ECONNRESET", "a reset by the server is one for the client")
    client.close()
    client, server = other.pair(port)
    client.shutdown(socket.SHUT_WR)
    server.recv(1)
    reset(server)
    report.ok(outcome(client) == "ECONNRESET", "also when the client has said its last")
    client.close()


def refusal(port):
    """Nobody listens any more where the tap connects to."""
    try:
        client = connect(port)
        how = outcome(client)
        client.close()
    except OSError as e:
        how = errno.errorcode.get(e.errno, str(e))
    report.ok(how in ("ECONNRESET", "ECONNREFUSED"), "a server that refuses is a reset", how)


def back_pressure(other, port, pid):
    """A receiver that does not read stops the sender soon, and costs no memory."""
    client, server = other.pair(port)
    client.sendall(b"x")
    read_exactly(server, 1)
    before = memory_kib(pid)
    client.setblocking(False)
    sent = 0
    last = time.monotonic()
    while time.monotonic() - last < 1:  # until nothing has been taken for a second
        try:
            sent += client.send(peers.BLOCK)
            last = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    grown = memory_kib(pid) - before
    report.ok(sent < 64 << 20, "a receiver that does not read stops the sender", sent)
    # Each byte taken may be in the ring, once.
    report.ok(grown * 1024 < sent + (4 << 20), "and the tap keeps nothing", (grown, sent))
    digest = hashlib.sha256()
    client.setblocking(True)
    client.shutdown(socket.SHUT_WR)
    got = 0
    while some := server.recv(1 << 20):
        got += len(some)
        digest.update(some)
    whole = hashlib.sha256()
    for at in range(0, sent, len(peers.BLOCK)):
        whole.update(peers.BLOCK[:min(len(peers.BLOCK), sent - at)])
    report.ok(got == sent, "all that was taken arrives once it reads", (got, sent))
    client.close()
    server.close()


def many(port, sock):
    """More connections than are copied, all at once."""
    serve(sock)
    good = []

    def one(k):
        client = connect(port)
        for i in range(20):
            peers.exchange(client, k << 16 | i, 20000 + k)
        good.append(k)
        client.close()

    threads = [threading.Thread(target=one, args=(k,)) for k in range(150)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    report.ok(len(good) == 150, "150 clients at once have 20 exchanges each", len(good))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def life(port_of_server):
    process, _ = start_tap(port_of_server, "--linger", "0")
    report.ok(until(lambda: process.poll() is not None), "without engine and client it ends")
    taps = os.path.join(os.environ["XDG_RUNTIME_DIR"], "policytop/taps")
    report.ok(f"tap-{process.pid}.sock" not in os.listdir(taps), "and takes its entry along")
    report.ok(os.stat(taps).st_mode & 0o777 == 0o700, "entries are its owner's alone")


def main():
    other = Other()
    process, port = start_tap(other.port)
    idle = descriptors(process.pid)
    bytes_are_the_same(other, port)
    half_close(other, port)
    resets(other, port)
    back_pressure(other, port, process.pid)
    other.sock.settimeout(None)
    many(port, other.sock)
    report.ok(until(lambda: descriptors(process.pid) == idle), "no descriptor is left open",
              (descriptors(process.pid), idle))
    other.sock.shutdown(socket.SHUT_RDWR)
    other.sock.close()
    refusal(port)
    report.ok(process.poll() is None, "it goes on after all of that")
    process.terminate()
    process.wait()
    life(other.port)
    return report.done()


sys.exit(main())
