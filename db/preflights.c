/* SPDX-License-Identifier: Apache-2.0 */
#include "db/preflights.h"

#include "base/clock.h"
#include "db/sql.h"

static int put_head(struct db *db, const char *rig, int64_t wall_ns, bool before_run,
		    const char *verdict, struct err *e)
{
	sqlite3_stmt *st;
	char utc[32];
	int rc =
		sql_prepare(db,
			    "INSERT INTO preflight (rig, utc, wall_ns, verdict, before_run) VALUES "
			    "(?1,?2,?3,?4,?5)",
			    &st, e);

	if (rc)
		return rc;
	clock_utc_text(utc, wall_ns);
	sqlite3_bind_text(st, 1, rig, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, utc, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, wall_ns);
	sqlite3_bind_text(st, 4, verdict, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 5, before_run);
	rc = sql_run(db, st, e, "keeping the preflight");
	sqlite3_finalize(st);
	return rc;
}

static void bind_item(sqlite3_stmt *st, int64_t id, size_t k, const struct preflight_item *i)
{
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)k);
	sqlite3_bind_text(st, 3, i->group, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 4, i->code, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 5, i->subject, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 6, level_word(i->level), -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 7, i->required);
	sql_bind_num(st, 8, i->value);
	sql_bind_num(st, 9, i->threshold);
	sql_bind_text(st, 10, i->unit);
	sql_bind_num(st, 11, i->age_s);
	sql_bind_text(st, 12, i->source);
	sql_bind_text(st, 13, i->advice);
	sqlite3_bind_int(st, 14, i->waived);
	sql_bind_text(st, 15, i->reason);
	sql_bind_text(st, 16, i->message);
}

static int put_items(struct db *db, int64_t id, const struct preflight_item *item, size_t n,
		     struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(db,
			     "INSERT INTO preflight_item VALUES "
			     "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
			     &st, e);

	for (size_t k = 0; !rc && k < n; k++) {
		bind_item(st, id, k, &item[k]);
		rc = sql_run(db, st, e, "keeping the preflight");
	}
	sqlite3_finalize(st);
	return rc;
}

int db_preflight_put(struct db *db, const char *rig, int64_t wall_ns, bool before_run,
		     const struct preflight_item *item, size_t n, struct err *e)
{
	int rc = sql_exec(db, "BEGIN IMMEDIATE", e);

	if (rc)
		return rc;
	rc = put_head(db, rig, wall_ns, before_run, preflight_word(preflight_judge(item, n, NULL)),
		      e);
	if (!rc)
		rc = put_items(db, sqlite3_last_insert_rowid(db->h), item, n, e);
	if (!rc)
		rc = sql_exec(db, "COMMIT", e);
	if (rc)
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int db_preflight_waived(struct db *db, const char *rig, int64_t wall_ns,
			void (*tell)(void *host, const char *code, const char *subject,
				     const char *reason),
			void *host, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(
		db,
		"SELECT i.code, i.subject, coalesce(i.reason, '') FROM preflight_item i "
		"JOIN preflight p ON p.preflight = i.preflight WHERE i.waived AND p.run IS "
		"NULL AND NOT p.before_run AND p.preflight = (SELECT preflight FROM preflight WHERE rig = ?1 "
		"AND wall_ns <= ?2 AND wall_ns >= ?2 - 600000000000 ORDER BY wall_ns DESC, "
		"preflight DESC LIMIT 1)",
		&st, e);

	if (rc)
		return rc;
	sqlite3_bind_text(st, 1, rig, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, wall_ns);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		tell(host, (const char *)sqlite3_column_text(st, 0),
		     (const char *)sqlite3_column_text(st, 1),
		     (const char *)sqlite3_column_text(st, 2));
	rc = rc == SQLITE_DONE ? 0 : sql_fail(db, rc, e, "reading the preflight");
	sqlite3_finalize(st);
	return rc;
}
