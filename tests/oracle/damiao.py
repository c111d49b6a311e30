# SPDX-License-Identifier: Apache-2.0
"""usage: damiao.py POLICYTOP FOLDER

A YAM's seven motors are driven by damiao-motor over a virtual bus of python-can. The motors' side
answers with bytes at random; what the driver makes of them is the truth for got, what it was asked
to send that for sent.
"""
import random
import sqlite3
import struct
import subprocess
import sys

import can
from damiao_motor import DaMiaoController

from wiretap import Capture, done, ok

TYPES = ["4340"] * 3 + ["4310"] * 3 + ["3507"]
CYCLES, PERIOD_NS, START_NS = 500, 4_000_000, 10**12
# The answers' errors: mostly none, and at times each of them. 0 and 13 make the driver send frames.
ERRORS = [1] * 200 + [0, 8, 9, 10, 11, 12, 13, 14]


class Bus:
    """The other end of the virtual bus, and its capture: a record a frame."""

    def __init__(self, capture):
        self.bus = can.interface.Bus(channel="oracle", interface="virtual")
        self.capture, self.t_ns, self.frames = capture, START_NS, 0

    def record(self, arbitration_id, data):
        self.t_ns += 50_000
        self.frames += 1
        head = struct.pack("<BBBBIq", 0, 0, len(data), 0, arbitration_id, self.t_ns)
        self.capture.put(0, head + bytes(data), self.t_ns)

    def heard(self):
        frames = []
        while message := self.bus.recv(0):
            self.record(message.arbitration_id, message.data)
            frames.append(message)
        return frames

    def say(self, arbitration_id, data):
        self.record(arbitration_id, data)
        self.bus.send(can.Message(arbitration_id=arbitration_id, data=data, is_extended_id=False))


def answer(rng, motor_id):
    # Not over the end of the range: between two answers nobody could tell from a turn.
    position = rng.randrange(20000, 45000)
    return (bytes([rng.choice(ERRORS) << 4 | motor_id]) + struct.pack(">H", position)
            + rng.randbytes(3) + bytes([rng.randrange(20, 120), rng.randrange(20, 120)]))


def drive(bus):
    """Truth: for each cycle, what was sent and what was read, motor by motor."""
    rng = random.Random(7)
    controller = DaMiaoController(channel="oracle", bustype="virtual")
    controller._stop_polling()
    motors = [controller.add_motor(i + 1, i + 0x11, motor_type=t) for i, t in enumerate(TYPES)]
    truth = []
    for cycle in range(CYCLES):
        bus.t_ns = START_NS + cycle * PERIOD_NS
        rows = []
        for i, motor in enumerate(motors):
            target = rng.uniform(-12, 12)
            stiff = 0.0 if rng.random() < 0.05 else rng.uniform(1, 400)
            if rng.random() < 0.1:
                motor.send_cmd_pos_vel(target, 1.0)
                stiff = 1.0
            else:
                motor.send_cmd_mit(target, rng.uniform(-5, 5), stiff, rng.uniform(0, 5),
                                   rng.uniform(-5, 5))
            bus.heard()
            reply = answer(rng, i + 1)
            bus.say(i + 0x11, reply)
            controller.poll_feedback()
            rows.append((target if stiff else None, motor.get_states()["pos"]))
        truth.append(rows)
    motors[2].request_register_reading(60)
    bus.heard()
    bus.say(0x13, bytes([3, 0, 0x33, 60]) + struct.pack("<f", 23.5))
    controller.poll_feedback()
    volts = motors[2].registers[60]
    for late in range(400):  # so that it is reported
        bus.t_ns = START_NS + (CYCLES + late) * PERIOD_NS
        motors[0].enable()
        bus.heard()
    return truth, volts


def main(policytop, folder):
    names = ",".join(f"joint_{i + 1}:1:0" for i in range(6))
    capture = Capture(f"{folder}/bus.cap",
                      f"can:oracle?robot=yam&gripper=linear_3507&ranges=maker&map={names}")
    bus = Bus(capture)
    truth, volts = drive(bus)
    capture.close()
    db = f"{folder}/runs.db"
    run = subprocess.run([policytop, "--db", db, "record", f"raw:{folder}/bus.cap?speed=max"],
                         capture_output=True, text=True, check=False)
    ok(run.returncode in (0, 1, 2), f"the capture is played: {run.returncode} {run.stderr[-200:]}")
    rows = sqlite3.connect(db).execute("SELECT seq, joint, sent, got FROM joint_values").fetchall()
    order = [f"joint_{i + 1}.pos" for i in range(6)] + ["gripper.pos"]
    steps = {}
    for seq, joint, sent, got in rows:
        steps.setdefault(seq, {})[joint] = (sent, got)
    ok(len(steps) == CYCLES, f"{len(steps)} steps of {CYCLES} cycles")
    wrong_sent = wrong_got = limp = 0
    for seq, cycle in zip(sorted(steps), truth):
        for name, (target, read) in zip(order, cycle):
            sent, got = steps[seq][name]
            limp += target is None
            if (sent is None) != (target is None):
                wrong_sent += 1
            elif target is not None and abs(sent - target) > 26 / 65535:
                wrong_sent += 1
            wrong_got += got is None or abs(got - read) > 1e-9
    ok(wrong_sent == 0, f"sent is what the driver was asked for, in {CYCLES * 7} commands: {wrong_sent} differ")
    ok(limp > 100, f"without stiffness it is unknown, {limp} times")
    ok(wrong_got == 0, f"got is what the driver reads, to the last bit: {wrong_got} differ")
    motors = sqlite3.connect(db).execute(
        "SELECT max(voltage_v) FROM motors WHERE joint = 'joint_3.pos'").fetchone()[0]
    ok(motors == volts, f"a register that it asks for: {motors} V, {volts} V")
    frames, stray = sqlite3.connect(db).execute(
        "SELECT transactions, stray FROM buses ORDER BY t_ns DESC LIMIT 1").fetchone()
    ok(stray == 0 and bus.frames - frames < 400, f"of {frames} frames none is nobody's")
    return done()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
