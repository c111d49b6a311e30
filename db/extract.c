/* SPDX-License-Identifier: Apache-2.0 */
#include "db/extract.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "db/extract_parts.h"
#include "db/sql.h"

/* How long one statement reads: the recorder waits for no reader of a second. */
enum { PIECE_MS = 250, LOOK_ROWS = 256 };

struct job {
	struct db *from, to;
	const struct db_extract *x;
	struct db_extracted *did;
	sqlite3_int64 cut_ns; /* rows before it are left out; INT64_MIN none */
	sqlite3_int64 low[EXTRACT_PARTS_MAX], high[EXTRACT_PARTS_MAX];
};

static int open_new(struct job *j, const char *path, struct err *e)
{
	int rc = sqlite3_open_v2(path, &j->to.h,
				 SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				 NULL);

	if (rc != SQLITE_OK)
		return sql_fail(&j->to, rc, e, "opening");
	/* The schema is a stranger's. */
	sqlite3_db_config(j->to.h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(j->to.h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Nobody needs half of it: it is complete, or it is removed. */
	return sql_exec(&j->to,
			"PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = OFF;"
			"PRAGMA synchronous = OFF; BEGIN",
			e);
}

/* Tables before the rows; indexes and views, which need them, after. */
static int copy_schema(struct job *j, const char *sql, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(j->from, sql, &st, e), step = SQLITE_DONE;

	while (!rc && (step = sqlite3_step(st)) == SQLITE_ROW)
		rc = sql_exec(&j->to, (const char *)sqlite3_column_text(st, 0), e);
	if (!rc && step != SQLITE_DONE)
		rc = sql_fail(j->from, step, e, "reading its schema");
	sqlite3_finalize(st);
	return rc;
}

static int copy_pragma(struct job *j, const char *name, struct err *e)
{
	sqlite3_int64 v = 0;
	char sql[64];
	int rc;

	snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	rc = sql_i64(j->from, sql, 0, &v, e);
	snprintf(sql, sizeof(sql), "PRAGMA %s = %lld", name, (long long)v);
	return rc ? rc : sql_exec(&j->to, sql, e);
}

static bool is_picture(const char *column)
{
	return strncmp(column, "thumb", 5) == 0;
}

static void bind_column(struct job *j, const char *table, sqlite3_stmt *get, sqlite3_stmt *put,
			int i)
{
	const char *column = sqlite3_column_name(get, i), *text;
	int type = sqlite3_column_type(get, i);
	size_t len;

	if (!j->x->pictures && (is_picture(column) || type == SQLITE_BLOB)) {
		sqlite3_bind_null(put, i + 1);
		return;
	}
	if (type != SQLITE_TEXT || !j->x->text) {
		sqlite3_bind_value(put, i + 1, sqlite3_column_value(get, i));
		return;
	}
	text = (const char *)sqlite3_column_text(get, i);
	len = (size_t)sqlite3_column_bytes(get, i);
	text = j->x->text(j->x->host, table, column, text ? text : "", &len);
	sqlite3_bind_text64(put, i + 1, text, len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int prepare_put(struct job *j, const char *table, int columns, sqlite3_stmt **put,
		       struct err *e)
{
	struct buf sql = {0};
	int rc;

	buf_printf(&sql, "INSERT INTO %s VALUES (", table);
	for (int i = 0; i < columns; i++)
		buf_str(&sql, i ? ",?" : "?");
	buf_str(&sql, ")");
	rc = sql_prepare(&j->to, sql.p, put, e);
	buf_fini(&sql);
	return rc;
}

static int put_row(struct job *j, const char *table, sqlite3_stmt *get, sqlite3_stmt *put,
		   struct err *e)
{
	int columns = sqlite3_column_count(get);

	for (int i = 0; i < columns; i++)
		bind_column(j, table, get, put, i);
	j->did->rows++;
	return sql_run(&j->to, put, e, "writing");
}

static bool stopped(const struct job *j)
{
	return j->x->stop && j->x->stop(j->x->host);
}

/* Rows of get until its end (1), or until the time of a piece is over (0); *last: the key so far. */
static int put_piece(struct job *j, const struct extract_part *p, sqlite3_stmt *get,
		     sqlite3_stmt *put, sqlite3_int64 *last, struct err *e)
{
	struct clock clock = clock_real();
	int64_t end_ns = clock_now_ns(&clock) + PIECE_MS * NS_PER_MS;
	int step;

	for (unsigned n = 1; (step = sqlite3_step(get)) == SQLITE_ROW; n++) {
		int rc = put_row(j, p->table, get, put, e);

		if (rc)
			return rc;
		*last = sqlite3_column_int64(get, 0);
		if (p->key && n % LOOK_ROWS == 0 && clock_now_ns(&clock) > end_ns)
			return 0;
	}
	return step == SQLITE_DONE ? 1 : sql_fail(j->from, step, e, "reading");
}

static int copy_part(struct job *j, unsigned i, struct err *e)
{
	const struct extract_part *p = &extract_parts[i];
	sqlite3_int64 last = j->low[i] - (p->key != NULL);
	sqlite3_stmt *get = NULL, *put = NULL;
	struct buf sql = {0};
	int rc, done = 0;

	buf_printf(&sql, "SELECT t.* FROM %s", p->rows);
	rc = sql_prepare(j->from, sql.p, &get, e);
	if (!rc)
		rc = prepare_put(j, p->table, sqlite3_column_count(get), &put, e);
	while (!rc && !done) {
		sqlite3_bind_int64(get, 1, j->x->run);
		sqlite3_bind_int64(get, 2, last);
		sqlite3_bind_int64(get, 3, j->high[i]);
		done = put_piece(j, p, get, put, &last, e);
		sqlite3_reset(get);
		rc = done < 0 ? done : 0;
		if (!rc && stopped(j))
			rc = err_set(e, EINTR, "stopped");
	}
	sqlite3_finalize(get);
	sqlite3_finalize(put);
	buf_fini(&sql);
	return rc;
}

/* A number that depends on up to three others; fallback where there is none. */
static int ask(struct job *j, const char *sql, const sqlite3_int64 v[3], sqlite3_int64 fallback,
	       sqlite3_int64 *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(j->from, sql, &st, e), step;

	if (rc)
		return rc;
	for (int i = 0; i < 3; i++)
		sqlite3_bind_int64(st, i + 1, v[i]);
	step = sqlite3_step(st);
	*out = step == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL
		       ? sqlite3_column_int64(st, 0)
		       : fallback;
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		rc = sql_fail(j->from, step, e, "reading");
	sqlite3_finalize(st);
	return rc;
}

/* The time of the first row of a part at or after a key; INT64_MAX: there is none. */
static int time_at(struct job *j, const struct extract_part *p, sqlite3_int64 key,
		   sqlite3_int64 high, sqlite3_int64 *t_ns, struct err *e)
{
	const sqlite3_int64 v[3] = {j->x->run, key, high};
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT t_ns FROM %s WHERE %s BETWEEN ?2 AND ?3 AND %s ORDER BY %s LIMIT 1",
		 p->timed, p->key, p->mine, p->key);
	return ask(j, sql, v, INT64_MAX, t_ns, e);
}

/* Keys only grow with time, and no index has the time: the first one to keep, by halves. */
static int skip_old(struct job *j, unsigned i, struct err *e)
{
	const struct extract_part *p = &extract_parts[i];
	sqlite3_int64 low = j->low[i], high = j->high[i], t_ns;
	int rc = 0;

	while (!rc && low < high) {
		sqlite3_int64 middle = low + (high - low) / 2;

		rc = time_at(j, p, middle, j->high[i], &t_ns, e);
		if (t_ns < j->cut_ns)
			low = middle + 1;
		else
			high = middle;
	}
	j->low[i] = low;
	return rc;
}

static int bound(struct job *j, unsigned i, struct err *e)
{
	const struct extract_part *p = &extract_parts[i];
	const sqlite3_int64 v[3] = {j->x->run, 0, 0};
	char sql[256];
	int rc;

	snprintf(sql, sizeof(sql), "SELECT min(%s) FROM %s WHERE %s", p->key, p->timed, p->range);
	rc = ask(j, sql, v, 1, &j->low[i], e);
	snprintf(sql, sizeof(sql), "SELECT max(%s) FROM %s WHERE %s", p->key, p->timed, p->range);
	if (j->low[i] < 1) /* a stranger's: ours begin at 1 */
		j->low[i] = 1;
	return rc ? rc : ask(j, sql, v, 0, &j->high[i], e);
}

/* From when on rows are kept: the first part is the steps, whose time is that of the run. */
static int decide_cut(struct job *j, unsigned steps, struct err *e)
{
	const struct extract_part *p = &extract_parts[steps];
	sqlite3_int64 first, last;
	int rc = bound(j, steps, e);

	if (!rc)
		rc = time_at(j, p, j->low[steps], j->high[steps], &first, e);
	if (!rc)
		rc = time_at(j, p, j->high[steps], j->high[steps], &last, e);
	j->cut_ns = INT64_MIN;
	if (rc || j->low[steps] > j->high[steps])
		return rc;
	j->did->run_s = j->did->kept_s = ((double)last - (double)first) / NS_PER_S;
	if (last > j->x->keep_ns && last - j->x->keep_ns > first) {
		j->cut_ns = last - j->x->keep_ns;
		j->did->kept_s = (double)j->x->keep_ns / NS_PER_S;
	}
	return 0;
}

/* Values are counted by the numbers of what they belong to. */
static void follow(struct job *j, unsigned i)
{
	const struct extract_part *p = &extract_parts[i];
	unsigned of = extract_part(p->of);

	uint64_t low = (uint64_t)j->low[of] << p->shift;
	uint64_t high = (uint64_t)j->high[of] << p->shift;

	j->low[i] = (sqlite3_int64)low;
	j->high[i] = (sqlite3_int64)(high | (((uint64_t)1 << p->shift) - 1));
}

static int has_table(struct job *j, const char *table, bool *has, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(
		j->from, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", &st, e);

	if (rc)
		return rc;
	sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	*has = sqlite3_step(st) == SQLITE_ROW;
	sqlite3_finalize(st);
	return 0;
}

/* Small tables at once, and how far the long ones go: all at one moment of the recording. */
static int at_once(struct job *j, bool has[], struct err *e)
{
	int rc = sql_exec(j->from, "BEGIN", e);

	if (rc)
		return rc;
	for (unsigned i = 0; !rc && extract_parts[i].table; i++)
		rc = has_table(j, extract_parts[i].table, &has[i], e);
	if (!rc)
		rc = decide_cut(j, extract_part("step"), e);
	for (unsigned i = 0; !rc && extract_parts[i].table; i++) {
		const struct extract_part *p = &extract_parts[i];

		if (!has[i])
			continue;
		if (!p->key) {
			rc = copy_part(j, i, e);
		} else if (p->of) {
			follow(j, i);
		} else {
			rc = bound(j, i, e);
			if (!rc && p->cut && j->cut_ns != INT64_MIN)
				rc = skip_old(j, i, e);
		}
	}
	sqlite3_exec(j->from->h, "COMMIT", NULL, NULL, NULL);
	return rc;
}

static int copy_all(struct job *j, struct err *e)
{
	bool has[EXTRACT_PARTS_MAX] = {false};
	int rc = copy_schema(j,
			     "SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE "
			     "'CREATE TABLE %' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
			     e);

	if (!rc)
		rc = at_once(j, has, e);
	for (unsigned i = 0; !rc && extract_parts[i].table; i++) {
		if (has[i] && extract_parts[i].key)
			rc = copy_part(j, i, e);
	}
	if (!rc)
		rc = copy_schema(j,
				 "SELECT sql FROM sqlite_schema WHERE (type = 'index' AND sql "
				 "LIKE 'CREATE %') OR (type = 'view' AND sql LIKE 'CREATE VIEW %') "
				 "ORDER BY type = 'view'",
				 e);
	return rc;
}

static bool failed(const struct db *db)
{
	int rc = sqlite3_errcode(db->h);

	return rc != SQLITE_OK && rc != SQLITE_ROW && rc != SQLITE_DONE;
}

int db_extract(struct db *from, const char *path, const struct db_extract *x,
	       struct db_extracted *did, struct err *e)
{
	struct job j = {.from = from, .x = x, .did = did};
	int rc;

	*did = (struct db_extracted){0};
	j.to.path = xstrdup(path);
	rc = open_new(&j, path, e);
	if (!rc)
		rc = copy_all(&j, e);
	if (!rc)
		rc = copy_pragma(&j, "user_version", e);
	if (!rc)
		rc = copy_pragma(&j, "application_id", e);
	if (!rc)
		rc = sql_exec(&j.to, "COMMIT", e);
	did->of_path = rc && failed(&j.to);
	sqlite3_close(j.to.h);
	free(j.to.path);
	return rc;
}
