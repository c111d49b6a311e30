# SPDX-License-Identifier: Apache-2.0
"""What LeRobot's own buses make of ticks and values: the lines of values.txt, for t_calibration.

Run where LeRobot is installed: python make.py >values.txt. No port is opened.
  BUS UNIT MIN MAX DRIVE_MODE value TICKS HEX    ticks are this value (hexadecimal float)
  BUS UNIT MIN MAX DRIVE_MODE ticks HEX TICKS    LeRobot sends these ticks for a value
"""
import random

from lerobot.motors import Motor, MotorCalibration, MotorNormMode
from lerobot.motors.dynamixel import DynamixelMotorsBus
from lerobot.motors.feetech import FeetechMotorsBus

random.seed(5)
UNITS = {"deg": MotorNormMode.DEGREES, "m100_100": MotorNormMode.RANGE_M100_100,
         "0_100": MotorNormMode.RANGE_0_100}
BUSES = {"feetech": (FeetechMotorsBus, "sts3215"), "dynamixel": (DynamixelMotorsBus, "xl330-m288")}


def values(lo, hi):
    edges = [lo, hi, 0.0, -0.0, lo * 2, hi * 2, -1e-9, 1e-9]
    return edges + [random.uniform(lo * 1.3 - 5, hi * 1.3 + 5) for _ in range(12)]


for bus_name, (cls, model) in BUSES.items():
    for unit, mode in UNITS.items():
        for turn in range(12):
            lo = random.choice([0, random.randint(0, 2000), random.randint(-3000, 3000)])
            hi = random.choice([4095, lo + random.randint(1, 4095), lo + random.randint(1, 9)])
            lo, hi = (lo, hi) if lo != hi else (lo, hi + 1)
            if turn == 11:
                lo, hi = hi, lo
            dm = turn % 2
            cal = {"m": MotorCalibration(id=1, drive_mode=dm, homing_offset=0, range_min=lo, range_max=hi)}
            bus = cls(port="none", motors={"m": Motor(1, model, mode)}, calibration=cal)
            head = f"{bus_name} {unit} {lo} {hi} {dm}"
            ticks = [lo, hi, lo - 1, hi + 1, 0, 2047, 2048, 4095]
            ticks += [random.randint(-4095, 8190) for _ in range(8)]
            for t in ticks:
                print(head, "value", t, float(bus._normalize({1: t})[1]).hex())
            for v in values(*{"deg": (-180.0, 180.0), "m100_100": (-100.0, 100.0),
                              "0_100": (0.0, 100.0)}[unit]):
                print(head, "ticks", float(v).hex(), bus._unnormalize({1: v})[1])
