-- SPDX-License-Identifier: Apache-2.0
-- how much of each episode a gripper was closed, beside training
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). Shares from 0 to 1.
SELECT e.run, e.episode, e.joint, e.vector, e.n AS steps,
	round(1.0 * e.closed / e.n, 4) AS closed_share,
	round(g.closed_share, 4) AS training_share,
	g.closed_share_min AS training_min, g.closed_share_max AS training_max, o.outcome
FROM episode_joints e
JOIN runs r ON r.run = e.run
JOIN episodes o ON o.run = e.run AND o.episode = e.episode
LEFT JOIN profile_grippers g
	ON g.profile = r.profile AND g.feature = e.feature AND g.joint = e.profile_joint
WHERE e.closed IS NOT NULL AND (:run IS NULL OR e.run = :run)
ORDER BY e.run DESC, e.episode, e.joint, e.vector;
