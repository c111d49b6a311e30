-- SPDX-License-Identifier: Apache-2.0
-- every verdict in the order it was given, with the time in its run and episode
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop).
SELECT v.run, round((v.t_ns - r.started_ns) / 1e9, 3) AS run_s, v.episode,
	round((v.t_ns - e.start_ns) / 1e9, 3) AS episode_s, v.seq, v.level, v.code, v.subject,
	v.value, v.threshold, v.unit, v.message
FROM verdicts v
JOIN runs r ON r.run = v.run
LEFT JOIN episodes e ON e.run = v.run AND e.episode = v.episode
WHERE :run IS NULL OR v.run = :run
ORDER BY v.run DESC, v.t_ns, v.seq, v.code, v.subject;
