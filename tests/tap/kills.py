# SPDX-License-Identifier: Apache-2.0
"""Clients talk through a tap while the engine behind it is killed, stopped and started again: first
at the pace of robots, when nothing may be missing, then as fast as they can, when what the ring
could not hold is counted."""
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time

from peers import (Report, WATCHER, checksum, connect, exchange, listen, message, read_message,
                   reply_length, serve, until)

LENGTHS = (300000, 40, 301000, 5, 299000)
LARGE = 1500000


def talk(port, which, pause_s, stop, out):
    """One client; its exchanges and the longest of them, or its error."""
    pick = random.Random(which)
    lengths = LENGTHS if pause_s else LENGTHS + (LARGE,)
    done, worst = [], 0.0
    try:
        sock = connect(port)
        while not stop.is_set():
            number, length = which << 32 | len(done), pick.choice(lengths)
            worst = max(worst, exchange(sock, number, length))
            done.append((number, length))
            time.sleep(pick.random() * pause_s)
        sock.close()
        out.put((done, worst, ""))
    except Exception as e:  # pylint: disable=broad-except
        out.put((done, worst, repr(e)))


class Engine:
    """The watcher, as an engine that keeps what it saw in a file."""

    def __init__(self, word, file):
        self.word, self.file = word, file
        self.start()

    def start(self):
        self.process = subprocess.Popen([WATCHER, self.word, self.file], stdout=subprocess.PIPE,
                                        text=True)
        self.address = self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.terminate()
        return self.process.wait(timeout=10)

    def lines(self):
        with open(self.file, encoding="utf-8") as f:
            return [line.split(maxsplit=4) for line in f]


def disturb(engine, kills, addresses):
    pick = random.Random(3)
    for n in range(kills):
        time.sleep(1.5 + pick.random() * 0.5)
        if n % 5 == 4:
            engine.process.send_signal(signal.SIGSTOP)
            time.sleep(2)
            engine.process.send_signal(signal.SIGCONT)
        else:
            engine.kill()
            time.sleep(pick.choice((0, 0, 0.2)))
            engine.start()
            addresses.add(engine.address)


def judge(report, lines, exchanges):
    """Every message that passed is stored once and exact, or counted."""
    wanted = {}
    for number, length in exchanges:
        wanted["up", number] = (length, checksum(number, length))
        back = reply_length(number, length)
        wanted["down", number] = (back, checksum(number, back))
    seen, wrong, twice = set(), [], []
    for line in lines:
        if line[2] != "message":
            continue
        way, number, length, crc = line[4].split()
        key = way, int(number)
        if wanted.get(key) != (int(length), crc):
            wrong.append(line)
        if key in seen:
            twice.append(line)
        seen.add(key)
    missing = len(wanted) - len(seen)
    gaps = [line for line in lines if line[2] == "gap"]
    print(f"# {len(wanted)} messages, {len(seen)} stored, {len(gaps)} gaps of "
          f"{sum(int(g[3]) for g in gaps)} bytes")
    report.ok(not wrong, "what is stored is exact", wrong[:3])
    report.ok(not twice, "and there once", twice[:3])
    report.ok(missing == 0 or gaps, "what is missing is counted", missing)
    last = {number for number, _ in exchanges[-200:]}
    report.ok(any(number in last for _, number in seen), "to the end")
    return missing


def slow_message(report, sock, work):
    """A message that takes longer than anything is held back, and the engine dies in its middle."""
    name = os.path.join(work, "slow")
    engine = Engine(f"simple:0=127.0.0.1:{sock.getsockname()[1]}", name)
    client = connect(int(engine.address.rsplit(":", 1)[1]))
    exchange(client, 1, 1000)
    whole = message(2, 400000)
    for n, at in enumerate(range(0, len(whole), 5000)):
        client.sendall(whole[at:at + 5000])
        time.sleep(0.1)  # the pace of a slow client; nothing is waited for
        if n in (35, 70):
            engine.kill()
            engine.start()
    read_message(client)
    exchange(client, 3, 1000)
    until(lambda: sum(line[2] == "message" for line in engine.lines()) >= 6, 5)
    client.close()
    engine.end()
    missing = judge(report, engine.lines(), [(1, 1000), (2, 400000), (3, 1000)])
    report.ok(missing == 0, "a slow message is whole though the engine died in its middle, twice")


def phase(report, name, pause_s, kills, sock, work):
    """An engine and a tap of its own, two clients, and what came of them."""
    upstream = sock.getsockname()[1]
    engine = Engine(f"simple:0=127.0.0.1:{upstream}", os.path.join(work, name))
    port = int(engine.address.rsplit(":", 1)[1])
    stop, out = multiprocessing.Event(), multiprocessing.Queue()
    clients = [multiprocessing.Process(target=talk, args=(port, k, pause_s, stop, out))
               for k in (1, 2)]
    for client in clients:
        client.start()
    addresses = {engine.address}
    disturb(engine, kills, addresses)
    time.sleep(1)  # of traffic that nothing disturbs
    stop.set()
    results = [out.get(timeout=60) for _ in clients]
    for client in clients:
        client.join()
    exchanges = [x for r in results for x in r[0]]
    report.ok(not any(r[2] for r in results), f"{name}: no client has an error",
              [r[2] for r in results])
    worst = max(r[1] for r in results)
    print(f"# {len(exchanges)} exchanges, the longest took {worst * 1000:.1f} ms")
    report.ok(worst < 1, "no exchange waits for an engine that is stopped for 2 s", worst)
    report.ok(len(addresses) == 1, "the tap stays where it is", addresses)
    until(lambda: sum(line[2] == "message" for line in engine.lines()) >= 2 * len(exchanges), 3)
    taps = os.path.join(os.environ["XDG_RUNTIME_DIR"], "policytop/taps")
    report.ok(len(os.listdir(taps)) == 1, "it is one tap all the time", os.listdir(taps))
    report.ok(engine.end() == 0, "the engine ends in order")
    report.ok(until(lambda: not os.listdir(taps)), "told to detach, the tap ends without clients")
    return judge(report, engine.lines(), exchanges)


def main():
    work, kills = sys.argv[1], int(sys.argv[2])
    report = Report()
    sock, _ = listen()
    server = multiprocessing.Process(target=lambda: (serve(sock), time.sleep(3600)), daemon=True)
    server.start()
    missing = phase(report, "paced", 0.2, kills, sock, work)
    report.ok(missing == 0, "nothing at all is missing", missing)
    slow_message(report, sock, work)
    phase(report, "flat out", 0, 5, sock, work)
    server.kill()
    return report.done()


if __name__ == "__main__":
    sys.exit(main())
