/* SPDX-License-Identifier: Apache-2.0 */
#include "db/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/writer_internal.h"

static const char *const statements[ST_N] = {
	[ST_BEGIN] = "BEGIN IMMEDIATE",
	[ST_COMMIT] = "COMMIT",
	/* Other engines write runs of their own here: asked anew in every transaction. */
	[ST_NEXT_TICK] = "SELECT coalesce(max(tick), 0) + 1 FROM step",
	[ST_RUN_NEW] =
		"INSERT INTO run (started_utc, started_wall_ns, started_ns) VALUES (?1,?2,?3)",
	[ST_RUN_SET] = "UPDATE run SET rig = ?2, robot = ?3, profile = ?4, task = ?5, policy = ?6, "
		       "fps = ?7, no_tick = ?8, ended_ns = NULL WHERE run = ?1",
	[ST_RUN_END] = "UPDATE run SET ended_ns = ?2 WHERE run = ?1",
	[ST_RUN_OPEN] = "SELECT run FROM run WHERE run = (SELECT max(run) FROM run WHERE rig = ?1) "
			"AND ended_ns IS NULL",
	[ST_DROPPED] = "UPDATE run SET dropped = ?2 WHERE run = ?1",
	[ST_OFFSET] = "INSERT OR REPLACE INTO run_offset VALUES (?1,?2)",
	[ST_SEGMENT] = "INSERT INTO segment VALUES (?1,?2,?3,?4,?5,?6)",
	[ST_SOURCE] = "INSERT OR REPLACE INTO run_source VALUES (?1,?2,?3)",
	[ST_JOINT] = "INSERT OR REPLACE INTO run_joint VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
	[ST_EPISODE_START] =
		"INSERT INTO episode (run, episode, start_ns, task, boundary) VALUES (?1,?2,?3,?4,?5) "
		"ON CONFLICT (run, episode) DO UPDATE SET end_ns = NULL, end_boundary = NULL, "
		"task = coalesce(task, excluded.task), "
		"boundary = coalesce(boundary, excluded.boundary) "
		"RETURNING id, steps",
	[ST_EPISODE_END] = "UPDATE episode SET end_ns = ?2, end_boundary = ?3, outcome = ?4, "
			   "note = ?5, task = coalesce(?6, task) WHERE id = ?1",
	[ST_EPISODE_STEPS] = "UPDATE episode SET steps = ?2 WHERE id = ?1",
	[ST_EPISODE_ID] = "SELECT id, episode, steps, end_ns IS NULL FROM episode WHERE run = ?1 "
			  "ORDER BY episode DESC LIMIT 1",
	[ST_LAST_PERIOD] = "SELECT coalesce(max(period), -1) FROM step WHERE run = ?1 AND "
			   "episode = ?2",
	/* Its engine was lost: it ended with its last step. */
	[ST_EPISODE_CLOSE] =
		"UPDATE episode SET end_ns = coalesce((SELECT t_ns FROM step s WHERE s.run = "
		"episode.run AND s.episode = episode.episode ORDER BY seq DESC LIMIT 1), start_ns) "
		"WHERE id = ?1",
	[ST_STEP] = "INSERT INTO step VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
	[ST_VALUE] = "INSERT INTO joint_value VALUES (?1,?2,?3,?4,?5,?6)",
	[ST_NEXT_SAMPLE] =
		"SELECT coalesce(max(id), ?1 - 1) FROM sample WHERE id >= ?1 AND id < ?2",
	[ST_SAMPLE] = "INSERT INTO sample VALUES (?1,?2,?3,?4,?5,?6,?7)",
	[ST_SUMMARY] = "INSERT OR REPLACE INTO joint_summary VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
	/* Never refused: a number that comes twice must not stop the recording. */
	[ST_CHUNK] = "INSERT OR REPLACE INTO chunk (run, number, episode, source, seq, t_ns, "
		     "request_ns, reply_ns, latency_s, execute, horizon, dims, prompt) "
		     "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
	[ST_CHUNK_PLAN] = "INSERT OR REPLACE INTO chunk_plan VALUES (?1,?2,?3)",
	[ST_EXECUTED] = "UPDATE chunk SET executed = ?3 WHERE run = ?1 AND number = ?2",
	[ST_FRAME] = "INSERT INTO frame (run, episode, t_ns, source, camera, width, height, "
		     "channels, mean_r, mean_g, mean_b, std_r, std_g, std_b, dark, bright, "
		     "thumb_width, thumb_height, thumb, sharpness, repeats, repeat_s) "
		     "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,"
		     "?20,?21,?22)",
	[ST_CAMERA] =
		"INSERT INTO camera (run, episode, t_ns, source, camera, mode, state, device, "
		"serial, owner, trouble, format, width, height, sequence, lost, errors, "
		"fps_set, fps, jitter_ms, age_ms, frozen_s, megabytes_s, dark, sharpness, "
		"is_camera, method, margin) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
		"?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28)",
	[ST_MOTOR] =
		"INSERT INTO motor (run, episode, t_ns, source, joint, motor, model, temp_degc, "
		"rotor_degc, voltage_v, load, current_ma, torque, faults, missed, calibrated) VALUES "
		"(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
	[ST_BUS] =
		"INSERT INTO bus (run, episode, t_ns, source, bus, state, transactions, retries, "
		"timeouts, corrupt, late, behind, stray, overruns, openers, tx_errors, rx_errors, "
		"reply_ms, worst_ms, latency_timer_ms) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
		"?11,?12,?13,?14,?15,?16,?17,?18,?19,?20)",
	/* The newest look before this run, when it was the rig's and not long ago. */
	[ST_CLAIM] = "UPDATE preflight SET run = ?1 WHERE preflight = (SELECT preflight FROM "
		     "preflight WHERE rig = ?2 AND wall_ns <= ?3 AND wall_ns >= ?3 - 600000000000 "
		     "ORDER BY wall_ns DESC, preflight DESC LIMIT 1) AND run IS NULL",
	[ST_VERDICT] = "INSERT INTO verdict (run, episode, seq, t_ns, code, level, subject, value, "
		       "threshold, unit, message) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
	[ST_GAP] =
		"INSERT INTO gap (run, t_ns, source, lost, unit, reason) VALUES (?1,?2,?3,?4,?5,?6)",
	[ST_NOTE] = "INSERT INTO note (run, episode, t_ns, level, text) VALUES (?1,?2,?3,?4,?5)",
	[ST_CLOCK] = "INSERT INTO clock (run, segment, t_ns, wall_ns) VALUES (?1,?2,?3,?4)",
};

int writer_run_st(struct writer *w, enum statement s, struct err *e)
{
	return sql_run(w->db, w->st[s], e, "recording");
}

static int put_verdict(struct writer *w, const struct record *r, struct err *e)
{
	const struct verdict *v = r->verdict;
	sqlite3_stmt *st = w->st[ST_VERDICT];

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, v->episode);
	if (v->seq == SEQ_UNKNOWN)
		sqlite3_bind_null(st, 3);
	else
		sqlite3_bind_int64(st, 3, v->seq);
	sqlite3_bind_int64(st, 4, v->t_ns);
	sqlite3_bind_text(st, 5, v->code, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 6, (int)v->level);
	sqlite3_bind_text(st, 7, v->subject, -1, SQLITE_STATIC);
	sql_bind_num(st, 8, v->value);
	sql_bind_num(st, 9, v->threshold);
	sql_bind_text(st, 10, v->unit);
	sql_bind_text(st, 11, v->message);
	return writer_run_st(w, ST_VERDICT, e);
}

static int put_gap(struct writer *w, const struct record *r, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_GAP];

	summary_break(&w->now.summary);
	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, r->t_ns);
	sqlite3_bind_int64(st, 3, r->source);
	if (r->lost < 0)
		sqlite3_bind_null(st, 4);
	else
		sqlite3_bind_int64(st, 4, r->lost);
	sql_bind_text(st, 5, r->unit);
	sql_bind_text(st, 6, r->text);
	return writer_run_st(w, ST_GAP, e);
}

static int put_note(struct writer *w, const struct record *r, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_NOTE];

	sqlite3_bind_int64(st, 1, w->now.run);
	if (w->now.episode_id)
		sqlite3_bind_int64(st, 2, w->now.episode);
	else
		sqlite3_bind_null(st, 2);
	sqlite3_bind_int64(st, 3, r->t_ns);
	sqlite3_bind_int(st, 4, r->level);
	sqlite3_bind_text(st, 5, r->text ? r->text : "", -1, SQLITE_STATIC);
	return writer_run_st(w, ST_NOTE, e);
}

static int put_clock(struct writer *w, const struct record *r, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_CLOCK];

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, w->now.segment);
	sqlite3_bind_int64(st, 3, r->t_ns);
	sqlite3_bind_int64(st, 4, r->wall_ns);
	return writer_run_st(w, ST_CLOCK, e);
}

static int put_dropped(struct writer *w, const struct record *r, struct err *e)
{
	summary_break(&w->now.summary);
	sqlite3_bind_int64(w->st[ST_DROPPED], 1, w->now.run);
	sqlite3_bind_int64(w->st[ST_DROPPED], 2, r->lost);
	return writer_run_st(w, ST_DROPPED, e);
}

static int put_offset(struct writer *w, const struct record *r, struct err *e)
{
	sqlite3_bind_int64(w->st[ST_OFFSET], 1, w->now.run);
	sqlite3_bind_int64(w->st[ST_OFFSET], 2, r->lost);
	return writer_run_st(w, ST_OFFSET, e);
}

static int (*const puts_by_kind[])(struct writer *, const struct record *, struct err *) = {
	[RECORD_RUN] = put_run,
	[RECORD_CLOCK] = put_clock,
	[RECORD_EPISODE_START] = put_episode_start,
	[RECORD_STEP] = put_step,
	[RECORD_SAMPLE] = put_sample,
	[RECORD_CHUNK] = put_chunk,
	[RECORD_EXECUTED] = put_executed,
	[RECORD_FRAME] = put_frame,
	[RECORD_CAMERA] = put_camera,
	[RECORD_MOTOR] = put_motor,
	[RECORD_BUS] = put_bus,
	[RECORD_VERDICT] = put_verdict,
	[RECORD_GAP] = put_gap,
	[RECORD_NOTE] = put_note,
	[RECORD_EPISODE_END] = put_episode_end,
	[RECORD_DROPPED] = put_dropped,
	[RECORD_OFFSET] = put_offset,
	[RECORD_RUN_END] = put_run_end,
};

static void roll_back(struct writer *w)
{
	/* SQLite may have rolled back by itself (a full disk): then this one just fails. */
	sqlite3_exec(w->db->h, "ROLLBACK", NULL, NULL, NULL);
	w->in_transaction = w->steps_changed = false;
	w->now = w->kept;
}

static int begin(struct writer *w, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_NEXT_TICK];
	int rc = writer_run_st(w, ST_BEGIN, e);

	if (rc)
		return rc;
	w->in_transaction = true;
	rc = sqlite3_step(st) == SQLITE_ROW ? 0 : -EIO;
	if (!rc)
		w->next_tick = sqlite3_column_int64(st, 0);
	else
		sql_fail(w->db, sqlite3_errcode(w->db->h), e, "recording");
	sqlite3_reset(st);
	return rc;
}

/*
 * A commit under synchronous=NORMAL is whole but may still be in the page cache. Syncing the log
 * afterwards is all that synchronous=FULL would have done, and unlike that pragma it can be
 * decided after the transaction has begun.
 */
static int sync_log(struct writer *w, struct err *e)
{
	sqlite3_file *log = NULL;
	int rc = sqlite3_file_control(w->db->h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);

	if (rc != SQLITE_OK || !log || !log->pMethods)
		return 0; /* no log at all: everything was checkpointed and synced */
	rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
	w->sync_due = rc != SQLITE_OK;
	return rc == SQLITE_OK ? 0 : sql_fail(w->db, rc, e, "flushing to the disk");
}

static int sink_put(void *sink, const struct record *r, struct err *e)
{
	struct writer *w = sink;
	int rc = 0;

	if (r->kind > RECORD_RUN_END || (!w->now.run && r->kind != RECORD_RUN))
		return err_set(e, EINVAL, "recording: a record of kind %d before its run", r->kind);
	if (w->sync_due)
		rc = sync_log(w, e);
	if (!rc && !w->in_transaction)
		rc = begin(w, e);
	if (!rc)
		rc = puts_by_kind[r->kind](w, r, e);
	if (rc)
		roll_back(w);
	return rc;
}

/* Never waits: with a reader in the way it copies what it can, and the next commit tries again. */
static void empty_log(struct writer *w)
{
	sqlite3_busy_timeout(w->db->h, 0);
	if (sqlite3_wal_checkpoint_v2(w->db->h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
	    SQLITE_OK)
		w->checkpoint_due = false;
	sqlite3_busy_timeout(w->db->h, DB_BUSY_MS);
}

static int sink_commit(void *sink, bool full, struct err *e)
{
	struct writer *w = sink;
	bool committed = w->in_transaction;
	int rc = 0;

	if (committed) {
		rc = w->steps_changed ? flush_episode(w, e) : 0;
		if (!rc)
			rc = writer_run_st(w, ST_COMMIT, e);
		if (rc) {
			roll_back(w);
			return rc;
		}
		w->in_transaction = w->steps_changed = false;
		w->kept = w->now;
	}
	/* The records are stored: a disk that cannot flush is an error of the next call. */
	if (full || w->sync_due)
		rc = sync_log(w, committed ? NULL : e);
	if (w->checkpoint_due)
		empty_log(w);
	return committed ? 0 : rc;
}

static int64_t sink_run(const void *sink)
{
	return ((const struct writer *)sink)->now.run;
}

const struct sink_ops db_sink = {
	.name = "db",
	.put = sink_put,
	.commit = sink_commit,
	.run = sink_run,
};

void *db_writer_open(const char *path, const char *resume_rig, struct err *e)
{
	struct db *db = db_open(path, DB_WRITE, e);
	struct writer *w;

	if (!db)
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->db = db;
	w->resume_rig = resume_rig ? xstrdup(resume_rig) : NULL;
	for (unsigned s = 0; s < ST_N; s++) {
		if (sql_prepare(db, statements[s], &w->st[s], e)) {
			db_writer_close(w);
			return NULL;
		}
	}
	return w;
}

void db_writer_close(void *sink)
{
	struct writer *w = sink;

	if (!w)
		return;
	roll_back(w);
	for (unsigned s = 0; s < ST_N; s++)
		sqlite3_finalize(w->st[s]);
	db_close(w->db);
	buf_fini(&w->text);
	free(w->resume_rig);
	free(w);
}
