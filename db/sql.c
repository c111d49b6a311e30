/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sql.h"

#include <errno.h>
#include <math.h>

#include "base/text.h"

static const struct {
	int rc, code;
	const char *why;
} codes[] = {
	{SQLITE_BUSY, EBUSY, "another program holds its lock; try again"},
	{SQLITE_LOCKED, EBUSY, "locked by another statement; try again"},
	{SQLITE_FULL, ENOSPC, "no space left on its disk"},
	{SQLITE_IOERR, EIO, "its disk reports an error"},
	{SQLITE_READONLY, EROFS, "it cannot be written"},
	{SQLITE_CORRUPT, EBADMSG, "it is damaged; save it with: sqlite3 FILE .recover"},
	{SQLITE_NOTADB, EBADMSG, "it is no SQLite database"},
	{SQLITE_NOMEM, ENOMEM, "out of memory"},
	{SQLITE_INTERRUPT, ETIMEDOUT, "stopped at the time limit"},
	{SQLITE_AUTH, EPERM, "not allowed here: queries only read"},
	{SQLITE_PERM, EACCES, "permission denied"},
	{SQLITE_TOOBIG, EMSGSIZE, "a text is too long"},
};

int sql_fail(struct db *db, int rc, struct err *e, const char *doing)
{
	int os = sqlite3_system_errno(db->h);

	if ((rc & 0xff) == SQLITE_CANTOPEN)
		return err_set(e, os ? os : EACCES, "%s: %s: cannot be opened", db->path, doing);
	/* A quota is no "disk full" to SQLite, but it is to the person. */
	if ((rc & 0xff) == SQLITE_IOERR && (os == ENOSPC || os == EDQUOT))
		rc = SQLITE_FULL;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].rc == (rc & 0xff))
			return err_set(e, codes[i].code, "%s: %s: %s", db->path, doing,
				       codes[i].why);
	}
	return err_set(e, EINVAL, "%s: %s", doing, sqlite3_errmsg(db->h));
}

int sql_exec(struct db *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : sql_fail(db, rc, e, "database");
}

int sql_prepare(struct db *db, const char *sql, sqlite3_stmt **st, struct err *e)
{
	int rc = sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, st, NULL);

	return rc == SQLITE_OK ? 0 : sql_fail(db, rc, e, "reading");
}

int sql_run(struct db *db, sqlite3_stmt *st, struct err *e, const char *doing)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_DONE || rc == SQLITE_ROW) {
		sqlite3_reset(st);
		return 0;
	}
	rc = sql_fail(db, rc, e, doing);
	sqlite3_reset(st);
	return rc;
}

int sql_i64(struct db *db, const char *sql, sqlite3_int64 fallback, sqlite3_int64 *out,
	    struct err *e)
{
	sqlite3_stmt *st;
	int rc = sql_prepare(db, sql, &st, e);

	if (rc)
		return rc;
	*out = fallback;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(st, 0);
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : sql_fail(db, rc, e, "reading");
	sqlite3_finalize(st);
	return rc;
}

void sql_bind_text(sqlite3_stmt *st, int at, const char *s)
{
	if (s && *s)
		sqlite3_bind_text(st, at, s, -1, SQLITE_TRANSIENT);
	else
		sqlite3_bind_null(st, at);
}

void sql_bind_num(sqlite3_stmt *st, int at, double v)
{
	if (isnan(v))
		sqlite3_bind_null(st, at);
	else
		sqlite3_bind_double(st, at, v);
}

void sql_bind_known(sqlite3_stmt *st, int at, bool known, sqlite3_int64 v)
{
	if (known)
		sqlite3_bind_int64(st, at, v);
	else
		sqlite3_bind_null(st, at);
}

bool sql_column_text(sqlite3_stmt *st, int at, char *dst, unsigned size)
{
	const char *s = (const char *)sqlite3_column_text(st, at);

	text_copy(dst, size, s ? s : "");
	return s != NULL;
}
