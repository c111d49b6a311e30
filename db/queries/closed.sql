-- SPDX-License-Identifier: Apache-2.0
-- how much of each episode a gripper was closed, beside training after the same time
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). Shares from 0 to 1.
WITH used AS (
	SELECT e.run, e.episode, e.joint, e.vector, e.gripper, r.profile, e.n, e.n / r.fps AS s,
		1.0 * e.closed / e.n AS share
	FROM episode_joints e
	JOIN runs r ON r.run = e.run
	WHERE e.closed IS NOT NULL AND (:run IS NULL OR e.run = :run)),
placed AS (
	SELECT u.*, (SELECT max(t.bin) FROM profile_gripper_times t WHERE t.profile = u.profile
		AND t.joint = u.gripper AND t.elapsed_s <= max(u.s, 0.25)) AS bin
	FROM used u)
SELECT p.run, p.episode, p.joint, p.vector, p.n AS steps, round(p.s, 2) AS elapsed_s,
	round(p.share, 4) AS closed_share, round(t.closed_mean_s / t.elapsed_s, 4) AS training_share,
	round(t.closed_min_s / t.elapsed_s, 4) AS training_min,
	round(t.closed_max_s / t.elapsed_s, 4) AS training_max, o.outcome
FROM placed p
JOIN episodes o ON o.run = p.run AND o.episode = p.episode
LEFT JOIN profile_gripper_times t
	ON t.profile = p.profile AND t.joint = p.gripper AND t.bin = p.bin
ORDER BY p.run DESC, p.episode, p.joint, p.vector;
