/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "db/fs.h"
#include "db/migrate.h"
#include "db/sql.h"

/* Before SQLite sees it: what a person can be told plainly. */
static int check_path(const char *path, enum db_mode mode, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return err_set(e, EISDIR, "%s: is a folder, not a database", path);
		if (!S_ISREG(st.st_mode))
			return err_set(e, EBADMSG, "%s: is no ordinary file", path);
		if (access(path, R_OK))
			return err_set(e, errno, "%s: %m", path);
	} else if (errno != ENOENT) {
		return err_set(e, errno, "%s: %m", path);
	} else if (mode == DB_READ) {
		return err_set(e, ENOENT, "%s: no such database; nothing was recorded there yet",
			       path);
	}
	return fs_check(path, e);
}

/* SQLite percent-decodes a URI, so that any file name can be said in one. */
static void file_uri(struct buf *b, const char *path, const char *query)
{
	buf_str(b, "file:");
	for (const char *p = path; *p; p++) {
		if (strchr("%?#", *p))
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)*p);
		else
			buf_add(b, p, 1);
	}
	buf_str(b, query);
}

static int open_handle(struct db *db, enum db_mode mode, bool immutable, struct err *e)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
		    (mode == DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
				      : SQLITE_OPEN_READONLY);
	struct buf uri = {0};
	int rc;

	file_uri(&uri, db->path, immutable ? "?immutable=1" : "");
	rc = sqlite3_open_v2(uri.p, &db->h, flags, NULL);
	buf_fini(&uri);
	if (rc != SQLITE_OK)
		return sql_fail(db, rc, e, "opening");
	sqlite3_extended_result_codes(db->h, 1);
	sqlite3_busy_timeout(db->h, DB_BUSY_MS);
	/* Names in schemas of strange files must not run functions with side effects. */
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Double quotes hold names: a mistyped text must not become a value. */
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	return 0;
}

/* Is it ours? An empty file is nobody's and may become ours. */
static int check_identity(struct db *db, enum db_mode mode, bool *empty, sqlite3_int64 *version,
			  struct err *e)
{
	sqlite3_int64 id = 0, tables = 0;
	int rc = sql_i64(db, "SELECT count(*) FROM sqlite_schema", 0, &tables, e);

	if (!rc)
		rc = sql_i64(db, "PRAGMA application_id", 0, &id, e);
	if (!rc)
		rc = sql_i64(db, "PRAGMA user_version", 0, version, e);
	if (rc)
		return rc;
	if (id != DB_APPLICATION_ID && (id || tables))
		return err_set(e, EBADMSG, "%s: is a database of another program", db->path);
	*empty = !id && !tables;
	if (!id && mode == DB_READ)
		return err_set(e, ENOENT, "%s: is empty; nothing was recorded there yet", db->path);
	return 0;
}

/* The pragma is no error where a log is impossible: it answers with the mode that stays. */
static int check_log(struct db *db, struct err *e)
{
	char mode[16];
	sqlite3_stmt *st;
	int rc = sql_prepare(db, "PRAGMA journal_mode", &st, e);

	if (rc)
		return rc;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		sql_column_text(st, 0, mode, sizeof(mode));
	rc = rc == SQLITE_ROW ? 0 : sql_fail(db, rc, e, "opening");
	sqlite3_finalize(st);
	if (!rc && strcmp(mode, "wal") != 0)
		rc = err_set(e, ENOTSUP,
			     "%s: its filesystem cannot share the memory that SQLite's log needs; "
			     "give a file on another one with --db",
			     db->path);
	return rc;
}

static int set_up_writing(struct db *db, bool empty, sqlite3_int64 version, struct err *e)
{
	int rc;

	if (version > DB_VERSION)
		return err_set(
			e, EROFS,
			"%s: was made by a newer policytop (version %lld, this one writes %d): "
			"it can be read, not written",
			db->path, (long long)version, DB_VERSION);
	/*
	 * In an empty file there is nothing to roll back to: its first page is written without two
	 * journal files on disk. Another process may have been faster; then this is refused.
	 */
	if (empty)
		sqlite3_exec(db->h, "PRAGMA journal_mode = MEMORY", NULL, NULL, NULL);
	/* Only an empty file takes auto_vacuum, and WAL writes its first page: in this order. */
	rc = sql_exec(db,
		      "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
		      "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF",
		      e);
	if (!rc)
		rc = check_log(db, e);
	if (!rc)
		rc = migrate(db, schema_versions, e);
	return rc;
}

/* Without its -shm file a WAL database in a read-only folder opens only when taken as immutable. */
static bool can_be_immutable(const char *path)
{
	struct buf wal = {0};
	struct stat st;
	bool empty;

	buf_printf(&wal, "%s-wal", path);
	empty = stat(wal.p, &st) || st.st_size == 0;
	buf_fini(&wal);
	return empty;
}

static int open_checked(struct db *db, enum db_mode mode, bool immutable, struct err *e)
{
	sqlite3_int64 version = 0;
	bool empty = false;
	int rc = open_handle(db, mode, immutable, e);

	if (!rc)
		rc = check_identity(db, mode, &empty, &version, e);
	if (!rc && mode == DB_WRITE)
		rc = set_up_writing(db, empty, version, e);
	if (rc) {
		sqlite3_close(db->h);
		db->h = NULL;
	}
	return rc;
}

static int open_either(struct db *db, enum db_mode mode, struct err *e)
{
	int rc = open_checked(db, mode, false, e);

	if (rc && rc != -EBADMSG && mode == DB_READ && access(db->path, R_OK) == 0 &&
	    can_be_immutable(db->path))
		rc = open_checked(db, mode, true, e);
	return rc;
}

struct db *db_open(const char *path, enum db_mode mode, struct err *e)
{
	struct err why = {0};
	struct db *db;
	int rc;

	if (!*path) {
		err_set(e, EINVAL, "the database needs a file name (--db FILE)");
		return NULL;
	}
	db = xcalloc(1, sizeof(*db));
	db->path = path_absolute_dup(path);
	rc = check_path(db->path, mode, &why);
	if (!rc && mode == DB_WRITE)
		rc = path_make_parents(db->path, &why);
	if (!rc)
		rc = open_either(db, mode, &why);
	if (!rc)
		return db;
	if (e)
		*e = why;
	db_close(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	sqlite3_close(db->h);
	free(db->path);
	free(db);
}

const char *db_library(void)
{
	return sqlite3_libversion();
}
