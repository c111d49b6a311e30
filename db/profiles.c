/* SPDX-License-Identifier: Apache-2.0 */
#include "db/profiles.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "db/sql.h"

static int put_joint(struct db *db, sqlite3_stmt *st, const struct profile *p, const char *feature,
		     unsigned place, const struct joint_profile *j, struct err *e)
{
	const double v[] = {j->value.min, j->value.max, j->value.mean, j->value.std, j->value.q01,
			    j->value.q10, j->value.q50, j->value.q90,  j->value.q99, j->delta.q50,
			    j->delta.q95, j->delta.q99, j->delta.q999, j->delta.max, j->start.mean,
			    j->start.std, j->start.min, j->start.max};

	sqlite3_bind_text(st, 1, p->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, feature, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, place);
	sqlite3_bind_text(st, 4, j->joint.name, -1, SQLITE_STATIC);
	sql_bind_text(st, 5, unit_word(j->joint.unit));
	for (unsigned i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		sql_bind_num(st, 6 + (int)i, v[i]);
	return sql_run(db, st, e, "storing a profile");
}

static int put_joints(struct db *db, const struct profile *p, struct err *e)
{
	const struct feature_profile *feature[] = {&p->action, &p->state};
	static const char *const name[] = {"action", "observation.state"};
	sqlite3_stmt *st;
	int rc = sql_prepare(db,
			     "INSERT INTO profile_joint VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,"
			     "?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23)",
			     &st, e);

	if (rc)
		return rc;
	for (unsigned f = 0; f < 2; f++) {
		for (unsigned j = 0; !rc && j < feature[f]->joints; j++)
			rc = put_joint(db, st, p, name[f], j, &feature[f]->joint[j], e);
	}
	sqlite3_finalize(st);
	return rc;
}

static int put_closed(struct db *db, const struct profile *p, const struct gripper_habit *g,
		      struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(db, "INSERT INTO profile_closed VALUES (?1,?2,?3,?4,?5,?6,?7)", &st,
			     e);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < g->bins; i++) {
		sqlite3_bind_text(st, 1, p->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 2, g->joint, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 3, (sqlite3_int64)i);
		sqlite3_bind_double(st, 4, (double)(i + 1) * GRIPPER_BIN_S);
		sql_bind_num(st, 5, g->closed_min_s[i]);
		sql_bind_num(st, 6, g->closed_mean_s[i]);
		sql_bind_num(st, 7, g->closed_max_s[i]);
		rc = sql_run(db, st, e, "storing a profile");
	}
	sqlite3_finalize(st);
	return rc;
}

static int put_grippers(struct db *db, const struct profile *p, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(
		db, "INSERT INTO profile_gripper VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)", &st, e);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < p->behaviour.ngrippers; i++) {
		const struct gripper_habit *g = &p->behaviour.gripper[i];
		const double v[] = {g->closed,
				    g->open,
				    g->split,
				    g->closes_min,
				    g->closes_mean,
				    g->closes_max,
				    g->first_close_min_s,
				    g->first_close_max_s};

		sqlite3_bind_text(st, 1, p->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 2, g->joint, -1, SQLITE_STATIC);
		for (unsigned k = 0; k < sizeof(v) / sizeof(v[0]); k++)
			sql_bind_num(st, 3 + (int)k, v[k]);
		rc = sql_run(db, st, e, "storing a profile");
		if (!rc)
			rc = put_closed(db, p, g, e);
	}
	sqlite3_finalize(st);
	return rc;
}

static int put_profile(struct db *db, const struct profile *p, struct err *e)
{
	char *json = profile_to_json_dup(p);
	sqlite3_stmt *st;
	int rc = sql_prepare(db, "INSERT INTO profile VALUES (?1,?2,?3,?4,?5,?6,?7)", &st, e);

	if (!rc) {
		sqlite3_bind_text(st, 1, p->name, -1, SQLITE_STATIC);
		sql_bind_text(st, 2, p->robot);
		sql_bind_num(st, 3, p->fps > 0 ? p->fps : NAN);
		sqlite3_bind_int64(st, 4, p->episodes);
		sqlite3_bind_int64(st, 5, (sqlite3_int64)p->frames);
		sql_bind_text(st, 6, p->learned_utc);
		sqlite3_bind_text(st, 7, json, -1, SQLITE_STATIC);
		rc = sql_run(db, st, e, "storing a profile");
		sqlite3_finalize(st);
	}
	free(json);
	return rc;
}

/* Within a transaction. Returns how many profiles went (0 or 1), or -errno. */
static int delete_rows(struct db *db, const char *name, struct err *e)
{
	/* The profile itself last: its count is the answer. */
	static const char *const sql[] = {"DELETE FROM profile_joint WHERE profile = ?1",
					  "DELETE FROM profile_gripper WHERE profile = ?1",
					  "DELETE FROM profile_closed WHERE profile = ?1",
					  "DELETE FROM profile WHERE profile = ?1"};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(sql) / sizeof(sql[0]); i++) {
		sqlite3_stmt *st;

		rc = sql_prepare(db, sql[i], &st, e);
		if (rc)
			break;
		sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
		rc = sql_run(db, st, e, "removing a profile");
		sqlite3_finalize(st);
	}
	return rc ? rc : sqlite3_changes(db->h);
}

static int end_transaction(struct db *db, int rc, struct err *e)
{
	if (rc >= 0) {
		int end = sql_exec(db, "COMMIT", e);

		if (!end)
			return rc;
		rc = end;
	}
	sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int profiles_put(struct db *db, const struct profile *p, struct err *e)
{
	int rc;

	if (!p->name[0])
		return err_set(e, EINVAL, "a profile needs a name");
	rc = sql_exec(db, "BEGIN IMMEDIATE", e);
	if (rc)
		return rc;
	rc = delete_rows(db, p->name, e);
	if (rc >= 0)
		rc = put_profile(db, p, e);
	if (!rc)
		rc = put_joints(db, p, e);
	if (!rc)
		rc = put_grippers(db, p, e);
	return end_transaction(db, rc, e);
}

/* What there is instead, for the message. */
static int no_such(struct db *db, const char *name, struct err *e)
{
	struct buf have = {0};
	sqlite3_stmt *st;
	int rc = sql_prepare(db, "SELECT profile FROM profile ORDER BY profile LIMIT 8", &st, e);

	if (rc)
		return rc;
	while (sqlite3_step(st) == SQLITE_ROW)
		buf_printf(&have, "%s%s", have.len ? ", " : "", sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	rc = err_set(e, ENOENT, "no profile called '%s'; there %s%s", name,
		     have.len ? "are: " : "is none yet (policytop learn DATASET)", buf_text(&have));
	buf_fini(&have);
	return rc;
}

struct profile *profiles_load(const char *path, const char *name, struct err *e)
{
	struct profile *p;
	struct db *d;

	if (!name)
		return NULL;
	d = db_open(path, DB_READ, e);
	if (!d)
		return NULL;
	p = profiles_get(d, name, e);
	db_close(d);
	return p;
}

char *profiles_json_dup(struct db *db, const char *name, struct err *e)
{
	char *json = NULL;
	sqlite3_stmt *st;
	int rc;

	if (sql_prepare(db, "SELECT json FROM profile WHERE profile = ?1", &st, e))
		return NULL;
	sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		json = xstrdup(text ? text : "");
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		sql_fail(db, rc, e, "reading a profile");
	sqlite3_finalize(st);
	if (rc == SQLITE_DONE)
		no_such(db, name, e);
	return json;
}

struct profile *profiles_get(struct db *db, const char *name, struct err *e)
{
	char *json = profiles_json_dup(db, name, e);
	struct profile *p = NULL;

	if (json) {
		p = profile_from_json(json, strlen(json), e);
		if (!p)
			err_prefix(e, "profile %s", name);
	}
	free(json);
	return p;
}

int profiles_remove(struct db *db, const char *name, struct err *e)
{
	int rc = sql_exec(db, "BEGIN IMMEDIATE", e);

	if (rc)
		return rc;
	rc = delete_rows(db, name, e);
	if (!rc)
		rc = no_such(db, name, e);
	rc = end_transaction(db, rc, e);
	return rc < 0 ? rc : 0;
}
