-- SPDX-License-Identifier: Apache-2.0
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
