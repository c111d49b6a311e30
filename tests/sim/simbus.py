# SPDX-License-Identifier: Apache-2.0
"""The simulated servo bus of tests/sim/simbus.c, in the hands of a Python test."""
import json
import os
import subprocess
import time


class SimBus:
    """
    Serves the bus at link until close(); ask() puts one line to it and gives its answer. first: a
    command that starts it, where that works.
    """

    def __init__(self, folder, kind, *options, first=()):
        self.link = os.path.join(folder, f"bus-{kind}-{time.monotonic_ns()}")
        self.log = self.link + ".log"
        self.calibration = self.link + ".json"
        program = os.path.join(os.environ["TOP_BUILDDIR"], "tests/sim/simbus")
        if first and subprocess.run([*first, "true"], stderr=subprocess.DEVNULL).returncode:
            first = ()
        self.process = subprocess.Popen(
            [*first, program, "--link", self.link, "--kind", kind, "--log", self.log,
             "--calibration", self.calibration, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.path = json.loads(self.process.stdout.readline())["path"]

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        return self.process.stdout.readline().strip()

    def order(self, line):
        answer = self.ask(line)
        assert answer == "ok", (line, answer)

    def get(self, motor, what):
        return float(self.ask(f"get {motor} {what}"))

    def truth(self):
        return {int(k): v for k, v in json.loads(self.ask("truth")).items()}

    def packets(self):
        """(seconds, '>' or '<', bytes) of what has passed."""
        with open(self.log, encoding="ascii") as f:
            lines = [line.split(" ", 2) for line in f if line.endswith("\n")]
        return [(float(t), way, bytes.fromhex(hexes)) for t, way, hexes in lines]

    def close(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


def until(condition, what, seconds=60):
    """Waits for a condition and gives its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise TimeoutError(what)
