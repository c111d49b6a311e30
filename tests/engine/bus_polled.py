# SPDX-License-Identifier: Apache-2.0
"""
One fault each on a bus that the engine asks by itself (feetech:, dynamixel:): its verdict, and that the
other joints go on as they are in truth.
"""
import os
import sys
import time

from bus_client import DXL, IDS, STS
from bus_run import (ALL, BUS, ELBOW, JOINTS, SECONDS, WORK, Recording, Row, SimBus, judge_said, report,
                     until)

# Of what is asked for twice a second, two readings, and as long for it to be noticed.
HEALTH_S = 4
ROWS = (
    Row("healthy", (), {}),
    Row("checksum error", ("fault checksum/3:9",), {("bus-errors", BUS): "warn"}, within_s=HEALTH_S),
    Row("truncated reply", ("fault truncated/3:9",), {("bus-errors", BUS): "warn"}, within_s=HEALTH_S),
    Row("garbage between packets", ("fault garbage/3:3",), {("bus-errors", BUS): "warn"}),
    Row("duplicate id, at once", ("fault duplicate-id/3",),
        {("motor-status", ELBOW): "fail", ("bus-errors", BUS): "warn"}, within_s=HEALTH_S),
    Row("duplicate id, in turn", ("fault twin/3",), {("motor-status", ELBOW): "fail"}),
    Row("one motor silent", ("fault silent/3",),
        {("motor-status", ELBOW): "fail", ("bus-errors", BUS): "warn"}, within_s=8),
    Row("no power", tuple(f"fault silent/{i}" for i in IDS), {("bus-errors", BUS): "fail"}, within_s=8,
        also=[("motor-status", f"{j}.pos") for j in JOINTS]),
    Row("overload bit", ("fault error-bits/3:32",), {("overload", ELBOW): "fail"}),
    Row("over-temperature bit", ("fault error-bits/3:4",), {("motor-hot", ELBOW): "fail"},
        within_s=HEALTH_S),
    Row("68 degC", ("fault over-temperature/3:68.5",), {("motor-hot", ELBOW): "fail"},
        within_s=HEALTH_S),
    Row("4.9 V", ("fault under-voltage:4.9",), {("voltage", ALL): "fail"}, wires=(STS,),
        within_s=HEALTH_S),
    Row("12.6 V on 7.4 V servos", ("fault over-voltage:12.6",), {("voltage", ALL): "fail"},
        wires=(STS,), within_s=HEALTH_S),
    Row("12.6 V on 5 V servos", ("fault over-voltage:12.6",),
        {("voltage", f"{j}.pos"): "fail" for j in JOINTS[2:]}, wires=(DXL,), within_s=HEALTH_S),
    Row("encoder wrap", ("fault encoder-wrap/3",), {("encoder-wrap", ELBOW): "fail"}),
    Row("unplug in mid-packet", ("fault unplug/3:5",), {("bus-errors", BUS): "fail"}),
)


def positions(recording, after):
    """{place: set of got} of the steps after one, but for those of the machine's own hiccups."""
    rows = recording.ask("SELECT place, got FROM joint_values WHERE seq > ?", after)
    return {i: {got for place, got in rows if place + 1 == i} for i in IDS}


def steps(recording, n, what):
    """Waits for n more steps; the number of the last one before."""
    mark = recording.ask("SELECT max(seq) FROM steps")[0][0]
    recording.has("SELECT 1 FROM steps WHERE seq > ?", what, mark + n)
    return mark


def unplugged(name, recording, bus):
    told = recording.has("SELECT text FROM notes WHERE text LIKE '% is gone%'", f"{name}: told")
    state = recording.has("SELECT 1 FROM buses WHERE state = 'gone'", f"{name}: gone")
    bus.order("clear")
    back = recording.has("SELECT 1 FROM notes WHERE text LIKE '% is back'", f"{name}: back")
    steps(recording, 20, f"{name}: steps after it")
    again = recording.has("SELECT 1 FROM buses WHERE state = 'ok' AND t_ns >"
                          " (SELECT max(t_ns) FROM buses WHERE state = 'gone')", f"{name}: ok")
    report.ok(told and state and back and again, f"{name}: gone, told, and opened again")


def play(row, wire):
    name = f"{wire.word}, {row.name}"
    bus = SimBus(WORK, wire.kind)
    recording = Recording(f"{wire.word}-{row.name.replace(' ', '-').replace(',', '')}",
                          f"{wire.word}:{bus.link}?robot={wire.robot}&norm=ticks")
    # Two readings of each, and a bus that has told of itself twice.
    recording.has("SELECT 1 WHERE (SELECT count(*) FROM (SELECT joint FROM motors WHERE temp_degc > 0"
                  " GROUP BY joint HAVING count(*) >= 3)) = 6", f"{name}: health of six motors")
    recording.has("SELECT 1 WHERE (SELECT count(*) FROM buses) > 1", f"{name}: the bus")
    at_ns = time.monotonic_ns()
    for order in row.orders:
        bus.order(order)
    for (code, subject), level in row.wanted("%").items():
        recording.wait("SELECT 1 FROM verdicts WHERE code = ? AND subject LIKE ? AND level = ?",
                       SECONDS, code, subject, level)
    victim = 3 if any(k[1] in (ELBOW, BUS) for k in row.verdicts) else 0
    if row.name == "unplug in mid-packet":
        unplugged(name, recording, bus)
    if row.name != "no power":
        mark = steps(recording, 30, f"{name}: the others go on")
        truth, got = bus.truth(), positions(recording, mark)
        wrong = [(i, got[i], truth[i]["position"]) for i in IDS if i != victim and
                 not all(g is None or abs(g - truth[i]["position"]) <= 1 for g in got[i])]
        known = [i for i in IDS if i != victim and got[i] <= {None}]
        report.ok(not wrong and not known, f"{name}: the other joints are as they are", (wrong, known))
    recording.end()
    late = recording.ask("SELECT max(late) FROM buses")[0][0]
    # A busy machine's replies come too late for who asks.
    judge_said(row, name, recording, at_ns,
               {"bus-latency", "bus-errors", "motor-status"} if late else {"bus-latency"})
    bus.close()


def main():
    chosen = sys.argv[2:]
    for row in ROWS:
        for wire in row.wires[:1] if os.environ.get("POLICYTOP_QUICK") else row.wires:
            if not chosen or any(c in f"{wire.word}, {row.name}" for c in chosen):
                play(row, wire)
    return report.done()


sys.exit(main())
