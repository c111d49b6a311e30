-- SPDX-License-Identifier: Apache-2.0
-- A file of version 6, as policytop made it. Never changed once a newer version is out.
PRAGMA auto_vacuum = INCREMENTAL;
-- The first schema. Tables are ours, views are the public contract: see policytop-db(5).
-- Columns that hold doubles have no declared type, so that -0.0 and every bit survive.
CREATE TABLE run (
	run INTEGER PRIMARY KEY AUTOINCREMENT,
	started_utc TEXT NOT NULL,
	started_wall_ns INTEGER NOT NULL,
	started_ns INTEGER NOT NULL,
	ended_ns INTEGER,
	rig TEXT, robot TEXT, profile TEXT, task TEXT, policy TEXT,
	fps,
	dropped INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX run_rig ON run (rig, run);

-- A restart of the engine continues its run in a new segment.
CREATE TABLE segment (
	run INTEGER NOT NULL,
	segment INTEGER NOT NULL,
	started_wall_ns INTEGER NOT NULL,
	started_ns INTEGER NOT NULL,
	boot_id TEXT,
	first_tick INTEGER NOT NULL,
	PRIMARY KEY (run, segment)
) WITHOUT ROWID;

CREATE TABLE run_source (
	run INTEGER NOT NULL,
	source INTEGER NOT NULL,
	word TEXT NOT NULL,
	PRIMARY KEY (run, source)
) WITHOUT ROWID;

-- action_joint and state_joint: the joints of the run's profile that this one is compared with
-- (NULL: none, or units that cannot be compared); value * factor is in the profile's unit.
-- gripper: the profile's gripper that it is; closed below (closed_sign -1) or above (+1) closed_at,
-- in the run's unit.
CREATE TABLE run_joint (
	run INTEGER NOT NULL,
	joint INTEGER NOT NULL,
	name TEXT NOT NULL,
	unit TEXT,
	action_joint TEXT, action_factor,
	state_joint TEXT, state_factor,
	gripper TEXT, closed_at, closed_sign INTEGER,
	PRIMARY KEY (run, joint)
) WITHOUT ROWID;

CREATE TABLE episode (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER NOT NULL,
	start_ns INTEGER, end_ns INTEGER,
	steps INTEGER NOT NULL DEFAULT 0,
	task TEXT, boundary TEXT, end_boundary TEXT, outcome TEXT, note TEXT
);
CREATE UNIQUE INDEX episode_run ON episode (run, episode);

-- tick counts the steps of the whole file. vectors: bit 0 seen, 1 asked, 2 sent, 3 got present.
-- period: the step's place on the training grid; NULL: not the policy's step. The last step of a
-- period stands for it, and Δ is taken between periods p and p+1 of one episode.
CREATE TABLE step (
	tick INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	source INTEGER NOT NULL,
	t_ns INTEGER NOT NULL,
	src_ns INTEGER,
	driver INTEGER NOT NULL,
	vectors INTEGER NOT NULL,
	period INTEGER
);
CREATE INDEX step_run ON step (run, episode, seq);

-- id = tick << 7 | joint. flags: bits 0..3 NaN in seen, asked, sent, got (the value is NULL then),
-- bits 4..7 infinite; NULL: all values are finite or missing.
CREATE TABLE joint_value (id INTEGER PRIMARY KEY, seen, asked, sent, got, flags);

-- Exact sums of what joint_value holds, per episode, vector and joint, over the policy's finite
-- values: id = episode.id << 9 | vector << 7 | joint.
CREATE TABLE joint_summary (
	id INTEGER PRIMARY KEY,
	n INTEGER NOT NULL,
	min, max, first,
	delta_n INTEGER NOT NULL,
	delta_max, delta_seq INTEGER,
	closed INTEGER
);

CREATE TABLE chunk (
	chunk INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER NOT NULL,
	seq INTEGER,
	t_ns INTEGER NOT NULL,
	latency_s,
	execute INTEGER,
	horizon INTEGER NOT NULL,
	dims INTEGER NOT NULL
);
CREATE INDEX chunk_run ON chunk (run, episode);

-- id = chunk << 20 | row << 7 | joint, at most 8192 rows.
CREATE TABLE chunk_action (id INTEGER PRIMARY KEY, value);

CREATE TABLE verdict (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER, seq INTEGER,
	t_ns INTEGER NOT NULL,
	code TEXT NOT NULL,
	level INTEGER NOT NULL,
	subject TEXT NOT NULL,
	value, threshold,
	unit TEXT, message TEXT
);
CREATE INDEX verdict_run ON verdict (run, episode);

CREATE TABLE gap (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	t_ns INTEGER NOT NULL,
	source INTEGER NOT NULL,
	lost INTEGER,
	unit TEXT, reason TEXT
);
CREATE INDEX gap_run ON gap (run);

CREATE TABLE note (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER,
	t_ns INTEGER NOT NULL,
	level INTEGER NOT NULL,
	text TEXT NOT NULL
);
CREATE INDEX note_run ON note (run);

CREATE TABLE clock (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	segment INTEGER NOT NULL,
	t_ns INTEGER NOT NULL,
	wall_ns INTEGER NOT NULL
);
CREATE INDEX clock_run ON clock (run);

CREATE TABLE profile (
	profile TEXT PRIMARY KEY,
	robot TEXT,
	fps,
	episodes INTEGER NOT NULL,
	frames INTEGER NOT NULL,
	learned_utc TEXT,
	json TEXT NOT NULL
);

CREATE TABLE profile_joint (
	profile TEXT NOT NULL,
	feature TEXT NOT NULL,
	place INTEGER NOT NULL,
	joint TEXT NOT NULL,
	unit TEXT,
	min, max, mean, std, q01, q10, q50, q90, q99,
	delta_q50, delta_q95, delta_q99, delta_q999, delta_max,
	start_mean, start_std, start_min, start_max,
	PRIMARY KEY (profile, feature, place)
) WITHOUT ROWID;

-- Grippers of the training set: two levels and where they part.
CREATE TABLE profile_gripper (
	profile TEXT NOT NULL,
	joint TEXT NOT NULL,
	closed, open, split,
	closes_min, closes_mean, closes_max,
	first_close_min_s, first_close_max_s,
	PRIMARY KEY (profile, joint)
) WITHOUT ROWID;

-- Seconds that training had it closed after elapsed_s of an episode.
CREATE TABLE profile_closed (
	profile TEXT NOT NULL,
	joint TEXT NOT NULL,
	bin INTEGER NOT NULL,
	elapsed_s, closed_min_s, closed_mean_s, closed_max_s,
	PRIMARY KEY (profile, joint, bin)
) WITHOUT ROWID;

-- Words of the numbers above.
CREATE TABLE level (level INTEGER PRIMARY KEY, word TEXT NOT NULL);
INSERT INTO level VALUES (1, 'ok'), (2, 'note'), (3, 'warn'), (4, 'fail');
CREATE TABLE driver (driver INTEGER PRIMARY KEY, word TEXT NOT NULL);
INSERT INTO driver VALUES (1, 'policy'), (2, 'human'), (3, 'script'), (4, 'idle');

CREATE VIEW runs AS
SELECT r.run, r.started_utc, r.rig, r.robot, r.profile, r.task, r.policy, r.fps,
	(SELECT coalesce(sum(e.steps), 0) FROM episode e WHERE e.run = r.run) AS steps,
	r.dropped, r.started_ns, r.started_wall_ns, r.ended_ns,
	(SELECT count(*) FROM episode e WHERE e.run = r.run) AS episodes,
	(SELECT count(*) FROM segment s WHERE s.run = r.run) AS segments
FROM run r;

CREATE VIEW segments AS
SELECT run, segment, started_ns, started_wall_ns, boot_id FROM segment;

CREATE VIEW joints AS
SELECT run, joint AS place, name AS joint, unit, action_joint, action_factor, state_joint,
	state_factor, gripper, closed_at, closed_sign
FROM run_joint;

CREATE VIEW episodes AS
SELECT run, episode, start_ns, end_ns, steps, boundary, outcome, note, task, end_boundary
FROM episode;

CREATE VIEW steps AS
SELECT s.run, s.episode, s.seq, s.t_ns, s.src_ns,
	(SELECT word FROM driver d WHERE d.driver = s.driver) AS driver,
	s.source, s.period, s.tick
FROM step s;

CREATE VIEW joint_values AS
SELECT s.run, s.episode, s.seq, j.name AS joint, v.seen, v.asked, v.sent, v.got, v.flags,
	s.period, s.tick, j.joint AS place
FROM step s
CROSS JOIN joint_value v ON v.id BETWEEN s.tick << 7 AND (s.tick << 7) | 127
CROSS JOIN run_joint j ON j.run = s.run AND j.joint = v.id & 127;

CREATE VIEW episode_joints AS
SELECT e.run, e.episode, j.name AS joint, j.unit,
	CASE (s.id >> 7) & 3 WHEN 0 THEN 'seen' WHEN 1 THEN 'asked' WHEN 2 THEN 'sent' ELSE 'got' END
		AS vector,
	s.n, s.min, s.max, s.first, s.delta_n, s.delta_max, s.delta_seq, s.closed,
	CASE WHEN (s.id >> 7) & 3 IN (1, 2) THEN 'action' ELSE 'observation.state' END AS feature,
	CASE WHEN (s.id >> 7) & 3 IN (1, 2) THEN j.action_joint ELSE j.state_joint END
		AS profile_joint,
	CASE WHEN (s.id >> 7) & 3 IN (1, 2) THEN j.action_factor ELSE j.state_factor END AS factor,
	j.gripper
FROM episode e
CROSS JOIN joint_summary s ON s.id BETWEEN e.id << 9 AND (e.id << 9) | 511
CROSS JOIN run_joint j ON j.run = e.run AND j.joint = s.id & 127;

CREATE VIEW chunks AS
SELECT run, episode, chunk, seq, t_ns, latency_s, execute, horizon, dims FROM chunk;

CREATE VIEW chunk_actions AS
SELECT c.run, c.episode, c.chunk, c.seq + ((a.id >> 7) & 8191) AS seq, (a.id >> 7) & 8191 AS row,
	j.name AS joint, a.value
FROM chunk c
CROSS JOIN chunk_action a ON a.id BETWEEN c.chunk << 20 AND (c.chunk << 20) | 1048575
LEFT JOIN run_joint j ON j.run = c.run AND j.joint = a.id & 127;

CREATE VIEW verdicts AS
SELECT v.run, v.episode, v.seq, v.t_ns, v.code,
	(SELECT word FROM level l WHERE l.level = v.level) AS level,
	v.subject, v.value, v.threshold, v.unit, v.message
FROM verdict v;

CREATE VIEW gaps AS
SELECT g.run, g.t_ns,
	(SELECT word FROM run_source s WHERE s.run = g.run AND s.source = g.source) AS source,
	g.lost, g.unit, g.reason
FROM gap g;

CREATE VIEW notes AS
SELECT n.run, n.episode, n.t_ns,
	(SELECT word FROM level l WHERE l.level = n.level) AS level, n.text
FROM note n;

CREATE VIEW clocks AS SELECT run, segment, t_ns, wall_ns FROM clock;

CREATE VIEW profiles AS
SELECT profile, robot, fps, episodes, frames, learned_utc FROM profile;

CREATE VIEW profile_joints AS
SELECT profile, feature, joint, unit, min, max, mean, std, q01, q10, q50, q90, q99, delta_q50,
	delta_q95, delta_q99, delta_q999, delta_max, start_mean, start_std, start_min, start_max,
	place
FROM profile_joint;

CREATE VIEW profile_grippers AS
SELECT profile, joint, closed, open, split, closes_min, closes_mean, closes_max, first_close_min_s,
	first_close_max_s
FROM profile_gripper;

CREATE VIEW profile_gripper_times AS
SELECT profile, joint, bin, elapsed_s, closed_min_s, closed_mean_s, closed_max_s
FROM profile_closed;

CREATE TABLE run_offset (run INTEGER PRIMARY KEY, seq_offset INTEGER NOT NULL);

-- Chunks: numbered in their run, what became of them, their actions as one text; which of them
-- a step is from; camera pictures as facts.
ALTER TABLE chunk ADD COLUMN number INTEGER;
ALTER TABLE chunk ADD COLUMN source INTEGER;
ALTER TABLE chunk ADD COLUMN request_ns INTEGER;
ALTER TABLE chunk ADD COLUMN reply_ns INTEGER;
ALTER TABLE chunk ADD COLUMN prompt TEXT;
ALTER TABLE chunk ADD COLUMN executed INTEGER;
UPDATE chunk SET number = n.number
FROM (SELECT chunk, row_number() OVER (PARTITION BY run ORDER BY chunk) - 1 AS number FROM chunk) n
WHERE n.chunk = chunk.chunk;
DROP INDEX chunk_run;
CREATE UNIQUE INDEX chunk_number ON chunk (run, number);

-- A JSON list of numbers, row by row, width in a row: 17 significant digits, which give back every
-- bit of a double; null for NaN and for joints the chunk is not about, 9e999 for infinity. Beside
-- the chunk, because its row is changed once more when it is over. In files of version 2 and older
-- the actions are rows of chunk_action, and stay there.
CREATE TABLE chunk_plan (
	chunk INTEGER PRIMARY KEY,
	width INTEGER NOT NULL,
	actions TEXT NOT NULL
);

-- The chunk and the position in it that asked is from.
ALTER TABLE step ADD COLUMN chunk INTEGER;
ALTER TABLE step ADD COLUMN position INTEGER;
CREATE INDEX step_chunk ON step (run, chunk, position) WHERE chunk IS NOT NULL;

-- thumb: RGB, thumb_height rows of thumb_width; NULL: none was kept.
CREATE TABLE frame (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER NOT NULL,
	t_ns INTEGER NOT NULL,
	source INTEGER NOT NULL,
	camera TEXT NOT NULL,
	width INTEGER NOT NULL, height INTEGER NOT NULL, channels INTEGER NOT NULL,
	mean_r, mean_g, mean_b, std_r, std_g, std_b, dark, bright,
	thumb_width INTEGER, thumb_height INTEGER, thumb BLOB
);
CREATE INDEX frame_run ON frame (run, episode, camera);

-- 1: its steps are replies of the policy, not ticks of a control loop.
ALTER TABLE run ADD COLUMN no_tick INTEGER;

DROP VIEW runs;
CREATE VIEW runs AS
SELECT r.run, r.started_utc, r.rig, r.robot, r.profile, r.task, r.policy, r.fps,
	(SELECT coalesce(sum(e.steps), 0) FROM episode e WHERE e.run = r.run) AS steps,
	r.dropped, r.started_ns, r.started_wall_ns, r.ended_ns,
	(SELECT count(*) FROM episode e WHERE e.run = r.run) AS episodes,
	(SELECT count(*) FROM segment s WHERE s.run = r.run) AS segments,
	(SELECT count(*) FROM chunk c WHERE c.run = r.run) AS chunks, r.no_tick
FROM run r;

DROP VIEW steps;
CREATE VIEW steps AS
SELECT s.run, s.episode, s.seq, s.t_ns, s.src_ns,
	(SELECT word FROM driver d WHERE d.driver = s.driver) AS driver,
	s.source, s.period, s.tick, s.chunk, s.position
FROM step s;

DROP VIEW joint_values;
CREATE VIEW joint_values AS
SELECT s.run, s.episode, s.seq, j.name AS joint, v.seen, v.asked, v.sent, v.got, v.flags,
	s.period, s.tick, j.joint AS place,
	(SELECT word FROM driver d WHERE d.driver = s.driver) AS driver,
	(SELECT e.boundary FROM episode e WHERE e.run = s.run AND e.episode = s.episode) AS boundary,
	s.chunk, s.position
FROM step s
CROSS JOIN joint_value v ON v.id BETWEEN s.tick << 7 AND (s.tick << 7) | 127
CROSS JOIN run_joint j ON j.run = s.run AND j.joint = v.id & 127;

-- The episode is the one whose steps it made: the first reply of an episode may come before it.
DROP VIEW chunks;
CREATE VIEW chunks AS
SELECT c.run,
	coalesce((SELECT s.episode FROM step s WHERE s.run = c.run AND s.chunk = c.number
		ORDER BY s.tick LIMIT 1), c.episode) AS episode,
	c.number AS chunk, c.seq, c.request_ns, c.reply_ns, c.horizon, c.dims, c.prompt, c.executed,
	c.t_ns, c.latency_s, c.execute,
	(SELECT word FROM run_source s WHERE s.run = c.run AND s.source = c.source) AS source
FROM chunk c;

DROP VIEW chunk_actions;
CREATE VIEW chunk_actions AS
SELECT c.run, c.number AS chunk, a.key / p.width AS position, j.name AS joint, a.value,
	(SELECT min(s.seq) FROM step s WHERE s.run = c.run AND s.chunk = c.number
		AND s.position = a.key / p.width) AS executed_seq,
	c.seq + a.key / p.width AS seq, j.joint AS place
FROM chunk c
CROSS JOIN chunk_plan p ON p.chunk = c.chunk
CROSS JOIN json_each(p.actions) a
CROSS JOIN run_joint j ON j.run = c.run AND j.joint = a.key % p.width
UNION ALL
SELECT c.run, c.number, (a.id >> 7) & 8191, j.name, a.value, NULL, c.seq + ((a.id >> 7) & 8191),
	j.joint
FROM chunk c
CROSS JOIN chunk_action a ON a.id BETWEEN c.chunk << 20 AND (c.chunk << 20) | 1048575
CROSS JOIN run_joint j ON j.run = c.run AND j.joint = a.id & 127;

CREATE VIEW frames AS
SELECT f.run, f.t_ns, f.camera,
	(SELECT word FROM run_source s WHERE s.run = f.run AND s.source = f.source) AS source,
	f.width, f.height, f.episode, f.channels, f.mean_r, f.mean_g, f.mean_b, f.std_r, f.std_g,
	f.std_b, f.dark, f.bright, f.thumb_width, f.thumb_height, f.thumb
FROM frame f;

-- The health of motors, buses and cameras as it came, and what was found before an episode.
CREATE TABLE motor (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER NOT NULL,
	t_ns INTEGER NOT NULL,
	source INTEGER NOT NULL,
	joint TEXT NOT NULL,
	motor INTEGER, model TEXT, temp_degc, rotor_degc, voltage_v, load, current_ma,
	torque INTEGER, faults INTEGER, missed INTEGER, calibrated INTEGER
);
CREATE INDEX motor_run ON motor (run, t_ns);

CREATE TABLE bus (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER NOT NULL,
	t_ns INTEGER NOT NULL,
	source INTEGER NOT NULL,
	bus TEXT NOT NULL,
	state TEXT, transactions INTEGER, retries INTEGER, timeouts INTEGER, corrupt INTEGER,
	late INTEGER, behind INTEGER, stray INTEGER, overruns INTEGER, openers INTEGER,
	tx_errors INTEGER, rx_errors INTEGER, reply_ms, worst_ms, latency_timer_ms
);
CREATE INDEX bus_run ON bus (run, t_ns);

CREATE TABLE camera (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL,
	episode INTEGER NOT NULL,
	t_ns INTEGER NOT NULL,
	source INTEGER NOT NULL,
	camera TEXT NOT NULL,
	mode TEXT NOT NULL, state TEXT, device TEXT, serial TEXT, owner TEXT, trouble TEXT,
	format TEXT, width INTEGER, height INTEGER, sequence INTEGER, lost INTEGER, errors INTEGER,
	fps_set, fps, jitter_ms, age_ms, frozen_s, megabytes_s, dark, sharpness,
	is_camera TEXT, method TEXT, margin
);
CREATE INDEX camera_run ON camera (run, t_ns);

ALTER TABLE frame ADD COLUMN sharpness;
ALTER TABLE frame ADD COLUMN repeats;
ALTER TABLE frame ADD COLUMN repeat_s;

-- One look before an episode: its items. run: of the rig's next run, where one came soon.
-- before_run: a run made it itself, as it began.
CREATE TABLE preflight (
	preflight INTEGER PRIMARY KEY,
	rig TEXT NOT NULL,
	utc TEXT NOT NULL,
	wall_ns INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	before_run INTEGER NOT NULL,
	run INTEGER
);
CREATE INDEX preflight_rig ON preflight (rig, wall_ns);
CREATE TABLE preflight_item (
	preflight INTEGER NOT NULL,
	item INTEGER NOT NULL,
	heading TEXT NOT NULL,
	code TEXT NOT NULL,
	subject TEXT NOT NULL,
	level TEXT NOT NULL,
	required INTEGER NOT NULL,
	value, threshold, unit TEXT, age_s, source TEXT, advice TEXT,
	waived INTEGER NOT NULL,
	reason TEXT,
	message TEXT,
	PRIMARY KEY (preflight, item)
) WITHOUT ROWID;

CREATE VIEW motors AS
SELECT m.run, m.t_ns, m.joint, m.temp_degc, m.voltage_v, m.load, m.current_ma,
	CASE WHEN m.faults IS NULL THEN NULL WHEN m.faults = 0 THEN 'ok' ELSE
	rtrim(iif(m.faults & 1, 'voltage, ', '') || iif(m.faults & 2, 'sensor, ', '') ||
		iif(m.faults & 4, 'hot, ', '') || iif(m.faults & 8, 'current, ', '') ||
		iif(m.faults & 16, 'overload, ', '') || iif(m.faults & 32, 'shock, ', '') ||
		iif(m.faults & 64, 'lost, ', '') || iif(m.faults & 128, 'other, ', ''), ', ')
	END AS status,
	m.episode, m.motor, m.model, m.rotor_degc, m.torque, m.missed, m.calibrated,
	(SELECT word FROM run_source s WHERE s.run = m.run AND s.source = m.source) AS source
FROM motor m;

CREATE VIEW buses AS
SELECT b.run, b.t_ns, b.bus, b.state, b.transactions, b.retries, b.timeouts, b.corrupt, b.late,
	b.behind, b.stray, b.overruns, b.openers, b.tx_errors, b.rx_errors, b.reply_ms, b.worst_ms,
	b.latency_timer_ms, b.episode,
	(SELECT word FROM run_source s WHERE s.run = b.run AND s.source = b.source) AS source
FROM bus b;

-- Cameras whose health is known, and pictures that were seen: both at most once a second.
DROP VIEW frames;
CREATE VIEW frames AS
SELECT c.run, c.t_ns, c.camera,
	(SELECT word FROM run_source s WHERE s.run = c.run AND s.source = c.source) AS source,
	c.mode, c.fps, c.jitter_ms, c.age_ms, c.lost, c.errors, c.frozen_s AS frozen, c.dark,
	c.sharpness, c.is_camera AS "is", c.margin, c.width, c.height, c.episode,
	NULL AS channels, NULL AS mean_r, NULL AS mean_g, NULL AS mean_b, NULL AS std_r,
	NULL AS std_g, NULL AS std_b, NULL AS bright, NULL AS thumb_width, NULL AS thumb_height,
	NULL AS thumb, c.state, c.device, c.serial, c.owner, c.trouble, c.format, c.fps_set,
	c.sequence, c.megabytes_s, c.method
FROM camera c
UNION ALL
SELECT f.run, f.t_ns, f.camera,
	(SELECT word FROM run_source s WHERE s.run = f.run AND s.source = f.source),
	'picture', NULL, NULL, NULL, NULL, NULL, f.repeat_s, f.dark, f.sharpness, NULL, NULL,
	f.width, f.height, f.episode, f.channels, f.mean_r, f.mean_g, f.mean_b, f.std_r, f.std_g,
	f.std_b, f.bright, f.thumb_width, f.thumb_height, f.thumb, NULL, NULL, NULL, NULL, NULL, NULL,
	NULL, NULL, NULL, NULL
FROM frame f;

CREATE VIEW preflights AS
SELECT i.preflight, p.run, p.utc, i.code, i.subject, i.level, i.required, i.value, i.threshold,
	i.unit, i.waived, i.reason, p.rig, p.verdict, i.item, i.heading, i.age_s, i.source, i.advice,
	i.message
FROM preflight_item i
JOIN preflight p ON p.preflight = i.preflight;

-- Each value of each source at its own time, beside the ticks: of runs with --full-rate.
-- id = run << 40 | number in the run, so that a run's samples are one range, and only appended.
-- vector: bit of step.vectors; unit: of the source's own joint, which need not be the run's. value
-- NULL is a NaN that was sent: what was not sent has no row.
CREATE TABLE sample (
	id INTEGER PRIMARY KEY,
	t_ns INTEGER NOT NULL,
	source INTEGER NOT NULL,
	joint INTEGER NOT NULL,
	vector INTEGER NOT NULL,
	unit INTEGER NOT NULL,
	value
);
CREATE TABLE unit (unit INTEGER PRIMARY KEY, word TEXT NOT NULL);
INSERT INTO unit VALUES (1, 'deg'), (2, 'rad'), (3, 'm100_100'), (4, '0_100'), (5, '0_1'),
	(6, 'ticks'), (7, 'm');

CREATE VIEW samples AS
SELECT r.run, v.t_ns, j.name AS joint,
	CASE v.vector WHEN 0 THEN 'seen' WHEN 1 THEN 'asked' WHEN 2 THEN 'sent' ELSE 'got' END
		AS vector,
	v.value, (SELECT word FROM unit u WHERE u.unit = v.unit) AS unit,
	(SELECT word FROM run_source s WHERE s.run = r.run AND s.source = v.source) AS source,
	v.id & 1099511627775 AS sample, j.joint AS place
FROM run r
CROSS JOIN sample v ON v.id BETWEEN r.run << 40 AND (r.run << 40) | 1099511627775
CROSS JOIN run_joint j ON j.run = r.run AND j.joint = v.joint;

-- What two servos of one id answer is garbled.
DROP VIEW motors;
CREATE VIEW motors AS
SELECT m.run, m.t_ns, m.joint, m.temp_degc, m.voltage_v, m.load, m.current_ma,
	CASE WHEN m.faults IS NULL THEN NULL WHEN m.faults = 0 THEN 'ok' ELSE
	rtrim(iif(m.faults & 1, 'voltage, ', '') || iif(m.faults & 2, 'sensor, ', '') ||
		iif(m.faults & 4, 'hot, ', '') || iif(m.faults & 8, 'current, ', '') ||
		iif(m.faults & 16, 'overload, ', '') || iif(m.faults & 32, 'shock, ', '') ||
		iif(m.faults & 64, 'lost, ', '') || iif(m.faults & 128, 'other, ', '') ||
		iif(m.faults & 256, 'garbled, ', ''), ', ')
	END AS status,
	m.episode, m.motor, m.model, m.rotor_degc, m.torque, m.missed, m.calibrated,
	(SELECT word FROM run_source s WHERE s.run = m.run AND s.source = m.source) AS source
FROM motor m;

-- A step by its number: what is joined with steps by run and seq searched the whole run each time.
-- And the time of a value stands beside it, so that most need not be joined at all.
CREATE INDEX step_seq ON step (run, seq);

DROP VIEW joint_values;
CREATE VIEW joint_values AS
SELECT s.run, s.episode, s.seq, j.name AS joint, v.seen, v.asked, v.sent, v.got, v.flags,
	s.period, s.tick, j.joint AS place,
	(SELECT word FROM driver d WHERE d.driver = s.driver) AS driver,
	(SELECT e.boundary FROM episode e WHERE e.run = s.run AND e.episode = s.episode) AS boundary,
	s.chunk, s.position, s.t_ns
FROM step s
CROSS JOIN joint_value v ON v.id BETWEEN s.tick << 7 AND (s.tick << 7) | 127
CROSS JOIN run_joint j ON j.run = s.run AND j.joint = v.id & 127;

PRAGMA user_version = 6;
PRAGMA application_id = 1886151545;
