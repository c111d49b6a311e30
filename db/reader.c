/* SPDX-License-Identifier: Apache-2.0 */
#include "db/reader.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db/sql.h"

#include <stdlib.h>

enum { PROGRESS_OPS = 2000 };

/* PRAGMAs that only tell. */
static const char *const telling[] = {
	"application_id", "auto_vacuum", "collation_list", "compile_options", "freelist_count",
	"function_list",  "index_info",	 "index_list",	   "index_xinfo",     "integrity_check",
	"journal_mode",	  "page_count",	 "page_size",	   "pragma_list",     "quick_check",
	"table_info",	  "table_list",	 "table_xinfo",	   "user_version",
};

/* Settings are changed by giving a value; table_info(NAME) and the like take a name instead. */
static bool pragma_tells(const char *name, const char *arg)
{
	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		if (sqlite3_stricmp(telling[i], name) == 0)
			return !arg || strstr(name, "_info") || strstr(name, "_xinfo") ||
			       strstr(name, "_list") || strstr(name, "_check");
	}
	return false;
}

static int only_reading(void *ctx, int action, const char *a, const char *b, const char *c,
			const char *d)
{
	(void)ctx;
	(void)c;
	(void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && sqlite3_stricmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA:
		return a && pragma_tells(a, b) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int over_limit(void *ctx)
{
	struct clock clock = clock_real();

	return clock_now_ns(&clock) > *(const int64_t *)ctx;
}

static bool only_space(const char *s)
{
	for (; *s; s++) {
		if (s[0] == '-' && s[1] == '-') {
			s += strcspn(s, "\n");
			if (!*s)
				break;
		} else if (!isspace((unsigned char)*s) && *s != ';') {
			return false;
		}
	}
	return true;
}

/* Views have grown since an older file was written, and reading changes nothing in it. */
static int cannot(struct db *db, int rc, struct err *e)
{
	sqlite3_int64 version = DB_VERSION;
	struct err why = {0};

	rc = sql_fail(db, rc, &why, "query");
	if (rc == -EINVAL && !sql_i64(db, "PRAGMA user_version", DB_VERSION, &version, NULL) &&
	    version < DB_VERSION)
		return err_set(e, EINVAL,
			       "%s (%s is of version %lld; the next recording brings it to %d)",
			       why.msg, db->path, (long long)version, DB_VERSION);
	if (e)
		*e = why;
	return rc;
}

static int prepare(struct db *db, const char *sql, sqlite3_stmt **st, struct err *e)
{
	const char *rest = "";
	int rc = sqlite3_prepare_v2(db->h, sql, -1, st, &rest);

	if (rc != SQLITE_OK)
		return cannot(db, rc, e);
	if (!*st)
		return err_set(e, EINVAL, "query: no SQL in it");
	if (!only_space(rest))
		return err_set(e, EINVAL, "query: one statement at a time, please");
	if (!sqlite3_stmt_readonly(*st))
		return err_set(e, EPERM, "query: this statement would write; queries only read");
	return 0;
}

static void bind(sqlite3_stmt *st, const struct param *p)
{
	int at = sqlite3_bind_parameter_index(st, p->name);

	if (!at)
		return;
	if (p->value.type == VALUE_INT)
		sqlite3_bind_int64(st, at, p->value.i);
	else if (p->value.type == VALUE_REAL)
		sqlite3_bind_double(st, at, p->value.r);
	else if (p->value.type == VALUE_TEXT)
		sqlite3_bind_text(st, at, p->value.text, -1, SQLITE_TRANSIENT);
}

static struct value column(sqlite3_stmt *st, int at)
{
	struct value v = {.type = VALUE_NULL};

	switch (sqlite3_column_type(st, at)) {
	case SQLITE_INTEGER:
		v.type = VALUE_INT;
		v.i = sqlite3_column_int64(st, at);
		break;
	case SQLITE_FLOAT:
		v.type = VALUE_REAL;
		v.r = sqlite3_column_double(st, at);
		break;
	case SQLITE_TEXT:
		v.type = VALUE_TEXT;
		v.text = (const char *)sqlite3_column_text(st, at);
		break;
	case SQLITE_BLOB:
		v.type = VALUE_BLOB;
		v.text = sqlite3_column_blob(st, at);
		break;
	default:
		break;
	}
	if (v.type == VALUE_TEXT || v.type == VALUE_BLOB)
		v.len = (size_t)sqlite3_column_bytes(st, at);
	return v;
}

static int hand_over(struct db *db, sqlite3_stmt *st, const struct rows *rows, struct err *e)
{
	int n = sqlite3_column_count(st), rc, status;
	const char **names = xcalloc((size_t)n + 1, sizeof(*names));
	struct value *v = xcalloc((size_t)n + 1, sizeof(*v));

	for (int i = 0; i < n; i++)
		names[i] = sqlite3_column_name(st, i);
	status = rows->head ? rows->head(rows->ctx, n, names, e) : 0;
	while (!status && (rc = sqlite3_step(st)) != SQLITE_DONE) {
		if (rc != SQLITE_ROW) {
			status = sql_fail(db, rc, e, "query");
			break;
		}
		for (int i = 0; i < n; i++)
			v[i] = column(st, i);
		status = rows->row(rows->ctx, n, v, e);
	}
	free(names);
	free(v);
	return status;
}

int db_query(struct db *db, const struct query *q, const struct rows *rows, struct err *e)
{
	double limit_s = q->limit_s > 0 ? q->limit_s : QUERY_LIMIT_S;
	struct clock clock = clock_real();
	int64_t deadline_ns = clock_now_ns(&clock) + (int64_t)(limit_s * 1e9);
	sqlite3_stmt *st = NULL;
	int rc;

	sqlite3_set_authorizer(db->h, only_reading, NULL);
	sqlite3_progress_handler(db->h, PROGRESS_OPS, over_limit, &deadline_ns);
	rc = prepare(db, q->sql, &st, e);
	for (const struct param *p = q->params; !rc && p && p->name; p++)
		bind(st, p);
	if (!rc)
		rc = hand_over(db, st, rows, e);
	sqlite3_finalize(st);
	sqlite3_progress_handler(db->h, 0, NULL, NULL);
	sqlite3_set_authorizer(db->h, NULL, NULL);
	if (rc == -ETIMEDOUT)
		err_set(e, ETIMEDOUT,
			"query: stopped after %g s, so that a recording is not held up; narrow it "
			"(WHERE run = …) or work on a copy",
			limit_s);
	return rc;
}

const struct canned *canned_find(const char *name)
{
	for (const struct canned *c = canned_queries; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}
