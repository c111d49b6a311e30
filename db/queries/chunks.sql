-- SPDX-License-Identifier: Apache-2.0
-- what the policy's replies were like: latency, how much of them was executed, how often anew
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). replan_s: from the first action of
-- a chunk to the first of the next; skipped: where in a chunk it begins; times are medians.
WITH reply AS (
	SELECT run, horizon, executed, coalesce(latency_s, (reply_ns - request_ns) / 1e9) AS s
	FROM chunks
	WHERE :run IS NULL OR run = :run),
waited AS (
	SELECT run, s, row_number() OVER (PARTITION BY run ORDER BY s) AS place,
		count(*) OVER (PARTITION BY run) AS n
	FROM reply
	WHERE s IS NOT NULL),
latency AS (
	SELECT run, avg(CASE WHEN place IN ((n + 1) / 2, n / 2 + 1) THEN s END) AS p50,
		min(CASE WHEN place >= 0.95 * n THEN s END) AS p95, max(s) AS worst
	FROM waited
	GROUP BY run),
begun AS (
	SELECT run, min(episode) AS episode, min(seq) AS seq, min(position) AS position,
		min(coalesce(src_ns, t_ns)) AS ns
	FROM steps
	WHERE chunk IS NOT NULL AND (:run IS NULL OR run = :run)
	GROUP BY run, chunk),
turn AS (
	SELECT run, position, ns - lag(ns) OVER (PARTITION BY run, episode ORDER BY seq) AS ns
	FROM begun),
ranked AS (
	SELECT run, position, ns, row_number() OVER (PARTITION BY run ORDER BY ns) AS place,
		row_number() OVER (PARTITION BY run ORDER BY position) AS nth,
		count(*) OVER (PARTITION BY run) AS n
	FROM turn
	WHERE ns IS NOT NULL),
interval AS (
	SELECT run, avg(CASE WHEN place IN ((n + 1) / 2, n / 2 + 1) THEN ns END) AS ns,
		avg(CASE WHEN nth IN ((n + 1) / 2, n / 2 + 1) THEN position END) AS skipped
	FROM ranked
	GROUP BY run)
SELECT k.run, count(*) AS chunks, max(k.horizon) AS horizon, round(l.p50 * 1e3, 1) AS latency_ms,
	round(l.p95 * 1e3, 1) AS latency_p95_ms, round(l.worst * 1e3, 1) AS latency_worst_ms,
	round(i.ns / 1e9, 3) AS replan_s, i.skipped, round(avg(k.executed), 2) AS executed,
	round(100.0 * sum(k.executed)
		/ sum(CASE WHEN k.executed IS NOT NULL THEN k.horizon END), 1) AS executed_percent,
	sum(k.executed = 0) AS unused
FROM reply k
LEFT JOIN latency l ON l.run = k.run
LEFT JOIN interval i ON i.run = k.run
GROUP BY k.run
ORDER BY k.run DESC;
