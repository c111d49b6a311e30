-- SPDX-License-Identifier: Apache-2.0
-- What joint_summary must hold, worked out from every value of the file.
WITH v AS (
	SELECT (e.id << 9) | (k.column1 << 7) | v.place AS id, v.tick, v.seq, v.period,
		CASE WHEN coalesce(v.flags, 0) >> (4 + k.column1) & 1 THEN NULL
			ELSE CASE k.column1 WHEN 0 THEN v.seen WHEN 1 THEN v.asked
				WHEN 2 THEN v.sent ELSE v.got END END AS x,
		j.closed_at, j.closed_sign
	FROM joint_values v
	JOIN episode e ON e.run = v.run AND e.episode = v.episode
	JOIN run_joint j ON j.run = v.run AND j.joint = v.place
	CROSS JOIN (VALUES (0), (1), (2), (3)) k
	WHERE v.period IS NOT NULL),
ordered AS (
	SELECT *, row_number() OVER (PARTITION BY id ORDER BY x IS NULL, x, tick) AS by_min,
		row_number() OVER (PARTITION BY id ORDER BY x DESC, tick) AS by_max,
		row_number() OVER (PARTITION BY id ORDER BY x IS NULL, tick) AS by_time,
		lead(period) OVER (PARTITION BY id ORDER BY tick) AS next_period
	FROM v),
sums AS (
	SELECT id, count(x) AS n, sum(x * closed_sign > closed_at * closed_sign) AS closed
	FROM v GROUP BY id),
stands AS (
	SELECT id, tick, seq, x, period, lag(period) OVER w AS before_period, lag(x) OVER w AS before
	FROM ordered WHERE next_period IS NOT period
	WINDOW w AS (PARTITION BY id ORDER BY tick)),
delta AS (
	SELECT id, seq, abs(x - before) + 0.0 AS d, -- abs(-0.0) is -0.0 here, fabs(-0.0) is 0
		row_number() OVER (PARTITION BY id ORDER BY abs(x - before) DESC, tick) AS place,
		count(*) OVER (PARTITION BY id) AS n
	FROM stands WHERE before_period = period - 1 AND x IS NOT NULL AND before IS NOT NULL)
SELECT s.id, s.n, lo.x, hi.x, first.x, coalesce(d.n, 0), d.d, d.seq, s.closed
FROM sums s
JOIN ordered lo ON lo.id = s.id AND lo.by_min = 1
JOIN ordered hi ON hi.id = s.id AND hi.by_max = 1
JOIN ordered first ON first.id = s.id AND first.by_time = 1
LEFT JOIN delta d ON d.id = s.id AND d.place = 1
WHERE s.n > 0
ORDER BY s.id;
