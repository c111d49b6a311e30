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
