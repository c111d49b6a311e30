-- SPDX-License-Identifier: Apache-2.0
-- Each value of each source at its own time, beside the ticks: of runs with --full-rate.
-- id = run << 40 | number in the run, so that a run's samples are one range, and only appended.
-- vector: bit of step.vectors; unit: of the source's own joint, which need not be the run's. value
-- NULL is a NaN that was sent: what was not sent has no row.
CREATE TABLE sample (
	id INTEGER PRIMARY KEY,
	t_ns INTEGER NOT NULL,
	source INTEGER NOT NULL,
	joint INTEGER NOT NULL,
	vector INTEGER NOT NULL,
	unit INTEGER NOT NULL,
	value
);
CREATE TABLE unit (unit INTEGER PRIMARY KEY, word TEXT NOT NULL);
INSERT INTO unit VALUES (1, 'deg'), (2, 'rad'), (3, 'm100_100'), (4, '0_100'), (5, '0_1'),
	(6, 'ticks'), (7, 'm');

CREATE VIEW samples AS
SELECT r.run, v.t_ns, j.name AS joint,
	CASE v.vector WHEN 0 THEN 'seen' WHEN 1 THEN 'asked' WHEN 2 THEN 'sent' ELSE 'got' END
		AS vector,
	v.value, (SELECT word FROM unit u WHERE u.unit = v.unit) AS unit,
	(SELECT word FROM run_source s WHERE s.run = r.run AND s.source = v.source) AS source,
	v.id & 1099511627775 AS sample, j.joint AS place
FROM run r
CROSS JOIN sample v ON v.id BETWEEN r.run << 40 AND (r.run << 40) | 1099511627775
CROSS JOIN run_joint j ON j.run = r.run AND j.joint = v.joint;

-- What two servos of one id answer is garbled.
DROP VIEW motors;
CREATE VIEW motors AS
SELECT m.run, m.t_ns, m.joint, m.temp_degc, m.voltage_v, m.load, m.current_ma,
	CASE WHEN m.faults IS NULL THEN NULL WHEN m.faults = 0 THEN 'ok' ELSE
	rtrim(iif(m.faults & 1, 'voltage, ', '') || iif(m.faults & 2, 'sensor, ', '') ||
		iif(m.faults & 4, 'hot, ', '') || iif(m.faults & 8, 'current, ', '') ||
		iif(m.faults & 16, 'overload, ', '') || iif(m.faults & 32, 'shock, ', '') ||
		iif(m.faults & 64, 'lost, ', '') || iif(m.faults & 128, 'other, ', '') ||
		iif(m.faults & 256, 'garbled, ', ''), ', ')
	END AS status,
	m.episode, m.motor, m.model, m.rotor_degc, m.torque, m.missed, m.calibrated,
	(SELECT word FROM run_source s WHERE s.run = m.run AND s.source = m.source) AS source
FROM motor m;
