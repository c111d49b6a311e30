-- SPDX-License-Identifier: Apache-2.0
-- how regular the steps of a run were: rate, median and worst period, late ticks
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). A tick is late when it takes over
-- 1.5 periods of the target; times on the source's own axis where it has one. Replies are no ticks.
WITH axis AS (
	SELECT run, coalesce(src_ns, t_ns) - lag(coalesce(src_ns, t_ns)) OVER (
		PARTITION BY run, episode, source ORDER BY seq) AS ns
	FROM steps
	WHERE period IS NOT NULL AND (:run IS NULL OR run = :run)),
ranked AS (
	SELECT run, ns, row_number() OVER (PARTITION BY run ORDER BY ns) AS place,
		count(*) OVER (PARTITION BY run) AS n
	FROM axis
	WHERE ns IS NOT NULL)
SELECT k.run, r.fps AS target_hz, round(1e9 / avg(k.ns), 3) AS mean_hz,
	round(1e9 / avg(CASE WHEN k.place IN ((k.n + 1) / 2, k.n / 2 + 1) THEN k.ns END), 3)
		AS median_hz,
	round(max(k.ns) / 1e6, 3) AS worst_ms,
	sum(k.ns > 1.5e9 / r.fps) AS late, k.n AS ticks,
	round(100.0 * sum(k.ns > 1.5e9 / r.fps) / k.n, 2) AS late_percent
FROM ranked k
JOIN runs r ON r.run = k.run AND r.no_tick IS NOT 1
GROUP BY k.run
ORDER BY k.run DESC;
