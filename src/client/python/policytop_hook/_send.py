# SPDX-License-Identifier: Apache-2.0
"""Packets of stream protocol lines to policytop, from a loop that must never wait for it.

What finds no room is dropped and counted; steps carry numbers, so the other side sees what is
missing, and the few lines that must not be lost (episodes, resets) go with the next packet.
"""
import errno
import os
import socket
import threading
import time

RETRY_S = 0.25        # between two attempts to connect
KEEP = 64             # small lines that wait for room
PACKET_MAX = 1 << 18  # policytop reads no more of one
ROOM = 1 << 20        # bytes that may wait for policytop; the system may allow less
UDP_PORT = 47172      # where there are no UNIX sockets


def address():
    """Where policytop listens: a path, or (host, port) for UDP."""
    where = os.environ.get("POLICYTOP_HOOK", "")
    if where.startswith("udp:"):
        host, _, port = where[4:].rpartition(":")
        return (host or "127.0.0.1", int(port))
    if not hasattr(socket, "AF_UNIX"):
        return ("127.0.0.1", UDP_PORT)
    if where:
        return where
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    base = base + "/policytop" if base.startswith("/") else f"/tmp/policytop-{os.getuid()}"
    return base + "/hook.sock"


class Sender:
    """One connection, made when there is something to say; any thread."""

    def __init__(self, where=None, clock=time.monotonic):
        self._where, self._clock = where, clock
        self._lock = threading.Lock()
        self._sock, self._next = None, 0.0
        self._alive = True
        self._kept = []
        self._dropped = 0        # packets since the last that went
        self._chunks = 0         # action chunks in them
        self.hello = None        # said first on every connection
        self.episode = None      # said after it: the start of the episode under way
        self.connections = self.sent = self.dropped = 0
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._in_child)

    def _in_child(self):
        # A child of the loop's program is not the loop: it stays silent, and lets go of the
        # connection, so that policytop sees when the loop's program ends.
        self._alive, self._lock = False, threading.Lock()
        self._close()

    def _close(self):
        sock, self._sock = self._sock, None
        if sock is not None:
            try:
                sock.close()
            except OSError:
                pass

    def _connect(self, lines):
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + RETRY_S
        if self._where is None:
            self._where = address()
        unix = isinstance(self._where, str)
        try:
            sock = socket.socket(socket.AF_UNIX if unix else socket.AF_INET,
                                 socket.SOCK_SEQPACKET if unix else socket.SOCK_DGRAM)
        except (OSError, AttributeError):
            return False
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
            sock.connect(self._where)
            self._sock = sock
        except OSError:
            sock.close()
            return False
        self.connections += 1
        first = [self.hello] if self.hello else []
        start = self.episode
        if start and start not in lines and start not in self._kept:
            first.append(start.rstrip()[:-1] + ', "resumed": true}\n')
        self._kept[:0] = first
        return True

    def send(self, lines, keep=(), chunks=0):
        """Sends lines as one packet, now or never; those of `keep` go later if not now."""
        if not self._alive:
            return False
        with self._lock:
            try:
                return self._send(lines, keep, chunks)
            except Exception:  # the loop must never see an error of ours
                self._close()
                return False

    def _told(self):
        if not self._dropped:
            return []
        lines = ['{"type":"event","level":"note","text":"the hook dropped %d packets: '
                 'policytop took none"}\n' % self._dropped]
        if self._chunks:
            lines.append('{"type":"gap","lost":%d,"unit":"chunks",'
                         '"reason":"policytop took no packets"}\n' % self._chunks)
        return lines

    def _send(self, lines, keep, chunks):
        if self._sock is None and not self._connect(lines):
            if self.connections:  # it was there, and comes again: these lines are worth keeping
                self._keep(keep)
            return False
        data = "".join(self._kept + self._told() + list(lines)).encode()
        if not data:
            return True  # an empty packet would look like the end
        try:
            if len(data) > PACKET_MAX:
                raise OSError(errno.EMSGSIZE, "too long")
            self._sock.send(data)
        except OSError as e:
            self._keep(keep)
            self._dropped += 1
            self._chunks += chunks
            self.dropped += 1
            if e.errno not in (errno.EAGAIN, errno.ENOBUFS, errno.EMSGSIZE, errno.EINTR):
                self._close()
            return False
        self._kept.clear()
        self._dropped = self._chunks = 0
        self.sent += 1
        return True

    def _keep(self, lines):
        self._kept.extend(lines)
        del self._kept[:-KEEP]

    def close(self):
        with self._lock:
            self._close()
            self._alive = False
