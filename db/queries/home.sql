-- SPDX-License-Identifier: Apache-2.0
-- where each episode began, beside the start poses of training
-- One run: .parameter set :run 3 (sqlite3), --run 3 (policytop). The encoders' pose where it is
-- known, else the one the policy was given; sigma: off by how many of training's deviations.
WITH start AS (
	SELECT *, row_number() OVER (
		PARTITION BY run, episode, joint ORDER BY vector = 'got' DESC) AS place
	FROM episode_joints
	WHERE vector IN ('seen', 'got') AND (:run IS NULL OR run = :run))
SELECT s.run, s.episode, s.joint, s.vector, s.first AS start, p.start_mean / s.factor AS training,
	s.first - p.start_mean / s.factor AS off,
	round(abs(s.first * s.factor - p.start_mean) / p.start_std, 2) AS sigma,
	s.first * s.factor < p.start_min OR s.first * s.factor > p.start_max AS outside, s.unit
FROM start s
JOIN runs r ON r.run = s.run
LEFT JOIN profile_joints p
	ON p.profile = r.profile AND p.feature = s.feature AND p.joint = s.profile_joint
WHERE s.place = 1
ORDER BY s.run DESC, s.episode, sigma DESC, s.joint;
