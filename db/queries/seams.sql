-- SPDX-License-Identifier: Apache-2.0
-- how far each joint jumps where one chunk follows another, beside the biggest jump of training
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). times: worst ÷ training maximum.
WITH path AS (
	SELECT run, episode, seq, chunk, lag(chunk) OVER w AS chunk_before, lag(seq) OVER w AS before
	FROM steps
	WHERE period IS NOT NULL AND (:run IS NULL OR run = :run)
		AND run IN (SELECT run FROM runs WHERE no_tick IS NOT 1)
	WINDOW w AS (PARTITION BY run, episode ORDER BY seq)),
jump AS (
	SELECT v.run, v.episode, v.seq, v.joint, abs(v.asked - b.asked) AS size
	FROM path p
	CROSS JOIN joint_values v ON v.run = p.run AND v.episode = p.episode AND v.seq = p.seq
	CROSS JOIN joint_values b ON b.run = p.run AND b.episode = p.episode AND b.seq = p.before
		AND b.place = v.place
	WHERE p.chunk <> p.chunk_before),
ranked AS (
	SELECT *, row_number() OVER (PARTITION BY run, joint ORDER BY size) AS place,
		row_number() OVER (PARTITION BY run, joint ORDER BY size DESC, episode, seq) AS top,
		count(*) OVER (PARTITION BY run, joint) AS n
	FROM jump
	WHERE size IS NOT NULL AND size < 9e999)
SELECT k.run, k.joint, k.n AS seams,
	avg(CASE WHEN k.place IN ((k.n + 1) / 2, k.n / 2 + 1) THEN k.size END) AS median_jump,
	max(k.size) AS worst_jump, max(CASE WHEN k.top = 1 THEN k.episode END) AS episode,
	max(CASE WHEN k.top = 1 THEN k.seq END) AS seq, p.delta_max / j.action_factor AS training_max,
	round(max(k.size) * j.action_factor / p.delta_max, 3) AS times, j.unit
FROM ranked k
JOIN runs r ON r.run = k.run
JOIN joints j ON j.run = k.run AND j.joint = k.joint
LEFT JOIN profile_joints p
	ON p.profile = r.profile AND p.feature = 'action' AND p.joint = j.action_joint
GROUP BY k.run, k.joint
ORDER BY k.run DESC, times DESC, worst_jump DESC, k.joint;
