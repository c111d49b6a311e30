-- SPDX-License-Identifier: Apache-2.0
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
