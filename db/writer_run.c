/* SPDX-License-Identifier: Apache-2.0 */
/* Runs, their segments, sources and joints, and the resuming of a run. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/profiles.h"
#include "db/writer.h"
#include "db/writer_internal.h"

static int put_segment(struct writer *w, const struct run_info *info, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_SEGMENT];

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, w->now.segment);
	sqlite3_bind_int64(st, 3, info->started_wall_ns);
	sqlite3_bind_int64(st, 4, info->started_ns);
	sql_bind_text(st, 5, info->boot_id);
	sqlite3_bind_int64(st, 6, w->next_tick);
	return writer_run_st(w, ST_SEGMENT, e);
}

/* So that a failure can be traced to a warning that was ignored before it. */
static int claim_preflight(struct writer *w, const struct run_info *info, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_CLAIM];

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_text(st, 2, info->rig, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, info->started_wall_ns);
	return writer_run_st(w, ST_CLAIM, e);
}

static int new_run(struct writer *w, const struct run_info *info, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_RUN_NEW];
	char utc[32];
	int rc;

	clock_utc_text(utc, info->started_wall_ns);
	sqlite3_bind_text(st, 1, utc, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, info->started_wall_ns);
	sqlite3_bind_int64(st, 3, info->started_ns);
	rc = writer_run_st(w, ST_RUN_NEW, e);
	w->now.run = sqlite3_last_insert_rowid(w->db->h);
	return rc ? rc : claim_preflight(w, info, e);
}

static void load_joint(struct stored_joint *sj, sqlite3_stmt *st)
{
	sql_column_text(st, 1, sj->joint.name, NAME_BYTES);
	sj->joint.unit = unit_from_word((const char *)sqlite3_column_text(st, 2));
	sj->closed_at = sqlite3_column_type(st, 3) == SQLITE_NULL ? NAN
								  : sqlite3_column_double(st, 3);
	sj->closed_sign = sqlite3_column_int(st, 4);
	sql_column_text(st, 5, sj->gripper, NAME_BYTES);
}

static int load_joints(struct writer *w, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(
		w->db,
		"SELECT joint, name, unit, closed_at, closed_sign, gripper FROM run_joint "
		"WHERE run = ?1 ORDER BY joint",
		&st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, w->now.run);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && w->now.joints < MAX_JOINTS)
		load_joint(&w->now.joint[w->now.joints++], st);
	rc = rc == SQLITE_DONE ? 0 : sql_fail(w->db, rc, e, "resuming");
	sqlite3_finalize(st);
	return rc;
}

/* The newest run of the rig, when it has no end. 0 also when there is none. */
static int find_unfinished(struct writer *w, struct err *e)
{
	sqlite3_stmt *st = w->st[ST_RUN_OPEN];
	int rc;

	sqlite3_bind_text(st, 1, w->resume_rig, -1, SQLITE_STATIC);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		w->now.run = sqlite3_column_int64(st, 0);
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : sql_fail(w->db, rc, e, "resuming");
	sqlite3_reset(st);
	return rc;
}

static int resume_run(struct writer *w, struct err *e)
{
	sqlite3_stmt *st;
	int rc = find_unfinished(w, e);

	if (rc || !w->now.run)
		return rc;
	rc = sql_prepare(w->db, "SELECT count(*) FROM segment WHERE run = ?1", &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, w->now.run);
	if (sqlite3_step(st) == SQLITE_ROW)
		w->now.segment = (uint32_t)sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	rc = load_joints(w, e);
	return rc ? rc : load_episode(w, e);
}

/* What a joint of the run is compared with; name NULL: nothing. */
struct match {
	const char *name;
	double factor; /* value * factor is in the profile's unit */
};

static struct match match_joint(const struct feature_profile *f, const struct joint *j)
{
	struct match m = {.factor = NAN};
	int at = profile_find(f, j->name);

	if (at >= 0 && unit_factor(j->unit, f->joint[at].joint.unit, &m.factor))
		m.name = f->joint[at].joint.name;
	return m;
}

/* Is it a gripper of the profile, and where does it part open from closed? */
static void match_gripper(struct stored_joint *sj, const struct profile *p)
{
	struct match m = match_joint(p->action.joints ? &p->action : &p->state, &sj->joint);

	for (size_t i = 0; m.name && i < p->behaviour.ngrippers; i++) {
		const struct gripper_habit *g = &p->behaviour.gripper[i];

		if (strcmp(g->joint, m.name) != 0)
			continue;
		memcpy(sj->gripper, g->joint, NAME_BYTES);
		sj->closed_at = g->split / m.factor;
		sj->closed_sign = g->closed_low ? -1 : 1;
	}
}

/*
 * Where the run's joint is stored: by name and unit, so that a changed list keeps old rows true.
 * Two joints of one list never share a place, even under one name. Its split is settled when it
 * is first seen: the counts of an episode must mean one thing.
 */
static int place_of(struct writer_state *s, const struct joint *j, const struct profile *p,
		    bool taken[MAX_JOINTS])
{
	struct stored_joint *sj;

	for (unsigned i = 0; i < s->joints; i++) {
		sj = &s->joint[i];
		if (taken[i] || sj->joint.unit != j->unit || strcmp(sj->joint.name, j->name) != 0)
			continue;
		taken[i] = true;
		return (int)i;
	}
	if (s->joints == MAX_JOINTS)
		return -1;
	taken[s->joints] = true;
	sj = &s->joint[s->joints];
	*sj = (struct stored_joint){.joint = *j, .closed_at = NAN};
	if (p)
		match_gripper(sj, p);
	return (int)s->joints++;
}

static void bind_match(sqlite3_stmt *st, int at, struct match m)
{
	sql_bind_text(st, at, m.name);
	sql_bind_num(st, at + 1, m.name ? m.factor : NAN);
}

static int put_joint(struct writer *w, unsigned place, const struct profile *p, struct err *e)
{
	struct stored_joint *sj = &w->now.joint[place];
	struct match none = {0};
	sqlite3_stmt *st = w->st[ST_JOINT];

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, place);
	sqlite3_bind_text(st, 3, sj->joint.name, -1, SQLITE_STATIC);
	sql_bind_text(st, 4, unit_word(sj->joint.unit));
	bind_match(st, 5, p ? match_joint(&p->action, &sj->joint) : none);
	bind_match(st, 7, p ? match_joint(&p->state, &sj->joint) : none);
	sql_bind_text(st, 9, sj->gripper);
	sql_bind_num(st, 10, sj->closed_at);
	if (isnan(sj->closed_at))
		sqlite3_bind_null(st, 11);
	else
		sqlite3_bind_int(st, 11, sj->closed_sign);
	return writer_run_st(w, ST_JOINT, e);
}

static int put_joints(struct writer *w, const struct run_info *info, struct err *e)
{
	struct profile *p = info->profile[0] ? profiles_get(w->db, info->profile, NULL) : NULL;
	bool taken[MAX_JOINTS] = {false};
	int rc = 0;

	w->now.training_fps = p ? p->fps : 0;
	w->now.places = info->joints < MAX_JOINTS ? info->joints : MAX_JOINTS;
	for (unsigned i = 0; !rc && i < w->now.places; i++) {
		int place = place_of(&w->now, &info->joint[i], p, taken);

		w->now.place[i] = (int16_t)place;
		if (place >= 0)
			rc = put_joint(w, (unsigned)place, p, e);
	}
	profile_free(p);
	return rc;
}

static int put_sources(struct writer *w, const struct run_info *info, struct err *e)
{
	int rc = 0;

	for (unsigned i = 0; !rc && i < info->sources; i++) {
		sqlite3_bind_int64(w->st[ST_SOURCE], 1, w->now.run);
		sqlite3_bind_int64(w->st[ST_SOURCE], 2, i);
		sqlite3_bind_text(w->st[ST_SOURCE], 3, info->source[i], -1, SQLITE_STATIC);
		rc = writer_run_st(w, ST_SOURCE, e);
	}
	return rc;
}

int put_run(struct writer *w, const struct record *r, struct err *e)
{
	const struct run_info *info = r->run;
	sqlite3_stmt *st = w->st[ST_RUN_SET];
	int rc = 0;

	if (!w->now.run) {
		if (w->resume_rig)
			rc = resume_run(w, e);
		if (!rc && !w->now.run)
			rc = new_run(w, info, e);
		if (!rc)
			rc = put_segment(w, info, e);
	}
	if (rc)
		return rc;
	w->now.fps = info->fps;
	sqlite3_bind_int64(st, 1, w->now.run);
	sql_bind_text(st, 2, info->rig);
	sql_bind_text(st, 3, info->robot);
	sql_bind_text(st, 4, info->profile);
	sql_bind_text(st, 5, info->task);
	sql_bind_text(st, 6, info->policy);
	sql_bind_num(st, 7, info->fps > 0 ? info->fps : NAN);
	sqlite3_bind_int(st, 8, info->no_tick);
	w->now.no_tick = info->no_tick;
	rc = writer_run_st(w, ST_RUN_SET, e);
	if (!rc)
		rc = put_sources(w, info, e);
	if (!rc)
		rc = put_joints(w, info, e);
	summary_rates(&w->now.summary, w->now.fps, w->now.training_fps);
	return rc;
}

int put_run_end(struct writer *w, const struct record *r, struct err *e)
{
	w->checkpoint_due = true;
	sqlite3_bind_int64(w->st[ST_RUN_END], 1, w->now.run);
	sqlite3_bind_int64(w->st[ST_RUN_END], 2, r->t_ns);
	return writer_run_st(w, ST_RUN_END, e);
}

/* Every part is a look-up in an index, so that a long run is resumed as fast as a short one. */
static const char resume_sql[] =
	"WITH r AS (SELECT * FROM run WHERE run = (SELECT max(run) FROM run WHERE rig = ?1) "
	"AND ended_ns IS NULL), "
	"s AS (SELECT seq, t_ns, source FROM step WHERE run = (SELECT run FROM r) "
	"ORDER BY episode DESC, seq DESC LIMIT 1) "
	"SELECT r.run, (SELECT count(*) FROM segment g WHERE g.run = r.run), "
	"(SELECT coalesce(sum(steps), 0) FROM episode m WHERE m.run = r.run), "
	"(SELECT coalesce(max(level), 0) FROM verdict v WHERE v.run = r.run), r.dropped, "
	"e.episode, e.end_ns IS NULL, (SELECT seq FROM s), (SELECT t_ns FROM s), "
	"(SELECT coalesce(max(seq_offset), 0) FROM run_offset o WHERE o.run = r.run), "
	"(SELECT coalesce(max(number) + 1, 0) FROM chunk c WHERE c.run = r.run), "
	"(SELECT t_ns FROM chunk c WHERE c.run = r.run ORDER BY number DESC LIMIT 1), "
	"(SELECT source FROM s) "
	"FROM r LEFT JOIN episode e ON e.run = r.run AND e.episode = (SELECT max(episode) FROM "
	"episode m WHERE m.run = r.run)";

static void take_point(sqlite3_stmt *st, struct resume_point *out)
{
	out->run = sqlite3_column_int64(st, 0);
	out->segments = (uint32_t)sqlite3_column_int(st, 1);
	out->steps = (uint64_t)sqlite3_column_int64(st, 2);
	out->worst = sqlite3_column_int(st, 3);
	out->dropped = (uint64_t)sqlite3_column_int64(st, 4);
	out->episode = (uint32_t)sqlite3_column_int(st, 5);
	out->episode_open = sqlite3_column_type(st, 5) != SQLITE_NULL && sqlite3_column_int(st, 6);
	out->seq_offset = sqlite3_column_int64(st, 9);
	out->chunks = sqlite3_column_int64(st, 10);
	if (sqlite3_column_type(st, 11) != SQLITE_NULL)
		out->last_chunk_ns = sqlite3_column_int64(st, 11);
	if (sqlite3_column_type(st, 7) == SQLITE_NULL)
		return;
	out->last_seq = sqlite3_column_int64(st, 7);
	out->last_t_ns = sqlite3_column_int64(st, 8);
	out->last_source = (uint16_t)sqlite3_column_int(st, 12);
}

static int read_point(struct db *db, const char *rig, struct resume_point *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(db, resume_sql, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_text(st, 1, rig, -1, SQLITE_STATIC);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		take_point(st, out);
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : sql_fail(db, rc, e, "resuming");
	sqlite3_finalize(st);
	return rc;
}

int db_resume_point(const char *path, const char *rig, struct resume_point *out, struct err *e)
{
	struct err why = {0};
	struct db *db;
	int rc;

	*out = (struct resume_point){
		.last_seq = SEQ_UNKNOWN, .last_t_ns = TIME_UNKNOWN, .last_chunk_ns = TIME_UNKNOWN};
	db = db_open(path, DB_READ, &why);
	if (!db && why.code == ENOENT)
		return 0;
	if (!db) {
		if (e)
			*e = why;
		return -why.code;
	}
	rc = read_point(db, rig, out, e);
	db_close(db);
	return rc;
}
