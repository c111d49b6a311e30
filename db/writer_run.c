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
	return rc;
}

static int load_joints(struct writer *w, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(w->db, "SELECT joint, name, unit FROM run_joint WHERE run = ?1", &st,
			     e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, w->now.run);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		unsigned at = (unsigned)sqlite3_column_int(st, 0);

		if (at != w->now.joints || at >= MAX_JOINTS)
			break;
		sql_column_text(st, 1, w->now.joint[at].joint.name, NAME_BYTES);
		w->now.joint[at].joint.unit =
			unit_from_word((const char *)sqlite3_column_text(st, 2));
		w->now.joints = at + 1;
	}
	rc = rc == SQLITE_DONE ? 0 : sql_fail(w->db, SQLITE_CORRUPT, e, "resuming");
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

/* Where the run's joint is stored: by name and unit, so that a changed list keeps old rows true. */
static int place_of(struct writer_state *s, const struct joint *j)
{
	for (unsigned i = 0; i < s->joints; i++) {
		if (s->joint[i].joint.unit == j->unit && !strcmp(s->joint[i].joint.name, j->name))
			return (int)i;
	}
	if (s->joints == MAX_JOINTS)
		return -1;
	s->joint[s->joints] = (struct stored_joint){.joint = *j, .closed_at = NAN};
	return (int)s->joints++;
}

/* The joint of the profile that j is compared with; false: none, or not comparable. */
static bool matched(const struct feature_profile *f, const struct joint *j, const char **name,
		    double *factor)
{
	int at = profile_find(f, j->name);

	if (at < 0 || !unit_factor(j->unit, f->joint[at].joint.unit, factor))
		return false;
	*name = f->joint[at].joint.name;
	return true;
}

static void bind_match(sqlite3_stmt *st, int at, const struct feature_profile *f,
		       const struct joint *j)
{
	const char *name = NULL;
	double factor = NAN;

	if (f && !matched(f, j, &name, &factor))
		name = NULL;
	sql_bind_text(st, at, name);
	sql_bind_num(st, at + 1, name ? factor : NAN);
}

static int put_joint(struct writer *w, unsigned place, const struct profile *p, struct err *e)
{
	struct stored_joint *sj = &w->now.joint[place];
	sqlite3_stmt *st = w->st[ST_JOINT];

	sqlite3_bind_int64(st, 1, w->now.run);
	sqlite3_bind_int64(st, 2, place);
	sqlite3_bind_text(st, 3, sj->joint.name, -1, SQLITE_STATIC);
	sql_bind_text(st, 4, unit_word(sj->joint.unit));
	bind_match(st, 5, p ? &p->action : NULL, &sj->joint);
	bind_match(st, 7, p ? &p->state : NULL, &sj->joint);
	sql_bind_num(st, 9, sj->closed_at);
	if (isnan(sj->closed_at))
		sqlite3_bind_null(st, 10);
	else
		sqlite3_bind_int(st, 10, sj->closed_sign);
	return writer_run_st(w, ST_JOINT, e);
}

static int put_joints(struct writer *w, const struct run_info *info, struct err *e)
{
	struct profile *p = info->profile[0] ? profiles_get(w->db, info->profile, NULL) : NULL;
	int rc = 0;

	w->now.training_fps = p ? p->fps : 0;
	w->now.places = info->joints < MAX_JOINTS ? info->joints : MAX_JOINTS;
	for (unsigned i = 0; !rc && i < w->now.places; i++) {
		int place = place_of(&w->now, &info->joint[i]);

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

static const char resume_sql[] =
	"SELECT r.run, (SELECT count(*) FROM segment s WHERE s.run = r.run), e.episode, "
	"e.end_ns IS NULL, max(s.seq), max(s.t_ns) "
	"FROM run r LEFT JOIN episode e ON e.run = r.run AND e.episode = (SELECT max(episode) FROM "
	"episode m WHERE m.run = r.run) LEFT JOIN step s ON s.run = r.run "
	"WHERE r.run = (SELECT max(run) FROM run WHERE rig = ?1) AND r.ended_ns IS NULL "
	"GROUP BY r.run";

static int read_point(struct db *db, const char *rig, struct resume_point *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(db, resume_sql, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_text(st, 1, rig, -1, SQLITE_STATIC);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		out->run = sqlite3_column_int64(st, 0);
		out->segments = (uint32_t)sqlite3_column_int(st, 1);
		out->episode = (uint32_t)sqlite3_column_int(st, 2);
		out->episode_open = sqlite3_column_type(st, 2) != SQLITE_NULL &&
				    sqlite3_column_int(st, 3);
		if (sqlite3_column_type(st, 4) != SQLITE_NULL) {
			out->last_seq = sqlite3_column_int64(st, 4);
			out->last_t_ns = sqlite3_column_int64(st, 5);
		}
	}
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : sql_fail(db, rc, e, "resuming");
	sqlite3_finalize(st);
	return rc;
}

int db_resume_point(const char *path, const char *rig, struct resume_point *out, struct err *e)
{
	struct err why = {0};
	struct db *db;
	int rc;

	*out = (struct resume_point){.last_seq = SEQ_UNKNOWN, .last_t_ns = TIME_UNKNOWN};
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
