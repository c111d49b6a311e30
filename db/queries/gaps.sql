-- SPDX-License-Identifier: Apache-2.0
-- what is missing from each run: lost, dropped, restarted
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). lost is NULL when nobody can know.
SELECT g.run, round((g.t_ns - r.started_ns) / 1e9, 3) AS run_s, g.source, g.lost, g.unit, g.reason
FROM gaps g
JOIN runs r ON r.run = g.run
WHERE :run IS NULL OR g.run = :run
UNION ALL
SELECT r.run, NULL, NULL, r.dropped, 'steps', 'dropped: the disk was slower than the source'
FROM runs r
WHERE r.dropped > 0 AND (:run IS NULL OR r.run = :run)
ORDER BY 1 DESC, 2;
