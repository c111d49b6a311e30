-- SPDX-License-Identifier: Apache-2.0
-- A step by its number: what is joined with steps by run and seq searched the whole run each time.
-- And the time of a value stands beside it, so that most need not be joined at all.
CREATE INDEX step_seq ON step (run, seq);

DROP VIEW joint_values;
CREATE VIEW joint_values AS
SELECT s.run, s.episode, s.seq, j.name AS joint, v.seen, v.asked, v.sent, v.got, v.flags,
	s.period, s.tick, j.joint AS place,
	(SELECT word FROM driver d WHERE d.driver = s.driver) AS driver,
	(SELECT e.boundary FROM episode e WHERE e.run = s.run AND e.episode = s.episode) AS boundary,
	s.chunk, s.position, s.t_ns
FROM step s
CROSS JOIN joint_value v ON v.id BETWEEN s.tick << 7 AND (s.tick << 7) | 127
CROSS JOIN run_joint j ON j.run = s.run AND j.joint = v.id & 127;
