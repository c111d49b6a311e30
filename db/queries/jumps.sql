-- SPDX-License-Identifier: Apache-2.0
-- biggest jump of each joint of a run, beside the biggest of training
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). times: jump ÷ training maximum.
WITH worst AS (
	SELECT *, row_number() OVER (
		PARTITION BY run, joint, vector ORDER BY delta_max DESC, episode) AS place
	FROM episode_joints
	WHERE delta_max IS NOT NULL AND (:run IS NULL OR run = :run))
SELECT w.run, w.joint, w.vector, w.episode, w.delta_seq AS seq, w.delta_max AS jump,
	p.delta_q99 / w.factor AS training_q99, p.delta_max / w.factor AS training_max,
	round(w.delta_max * w.factor / p.delta_max, 3) AS times, w.unit
FROM worst w
JOIN runs r ON r.run = w.run
LEFT JOIN profile_joints p
	ON p.profile = r.profile AND p.feature = w.feature AND p.joint = w.profile_joint
WHERE w.place = 1
ORDER BY w.run DESC, times DESC, jump DESC, w.joint, w.vector;
