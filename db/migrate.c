/* SPDX-License-Identifier: Apache-2.0 */
#include "db/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "db/sql.h"

static int sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* A whole copy beside the file, in place only once it is complete and on the disk. */
static int backup(struct db *db, int version, struct err *e)
{
	struct buf name = {0}, part = {0};
	sqlite3_stmt *st;
	int rc;

	buf_printf(&name, "%s.v%d.bak", db->path, version);
	buf_printf(&part, "%s.part", name.p);
	unlink(part.p);
	rc = sql_prepare(db, "VACUUM INTO ?1", &st, e);
	if (!rc) {
		sql_bind_text(st, 1, part.p);
		rc = sql_run(db, st, e, "copying it before the migration");
		sqlite3_finalize(st);
	}
	if (!rc && (sync_file(part.p) || rename(part.p, name.p)))
		rc = err_set(e, errno, "%s: cannot keep a copy before the migration: %m", name.p);
	if (rc)
		unlink(part.p);
	buf_fini(&name);
	buf_fini(&part);
	return rc;
}

static int one_step(struct db *db, int from, const char *sql, struct err *e)
{
	sqlite3_int64 version;
	char pragma[64];
	int rc = sql_exec(db, "BEGIN IMMEDIATE", e);

	if (rc)
		return rc;
	/* Another process may have been faster. */
	rc = sql_i64(db, "PRAGMA user_version", 0, &version, e);
	if (!rc && version == from) {
		snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", from + 1);
		rc = sql_exec(db, sql, e);
		if (!rc)
			rc = sql_exec(db, pragma, e);
		snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", DB_APPLICATION_ID);
		if (!rc)
			rc = sql_exec(db, pragma, e);
	}
	if (!rc)
		rc = sql_exec(db, "COMMIT", e);
	if (rc)
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int migrate(struct db *db, const char *const versions[], struct err *e)
{
	sqlite3_int64 version = 0;
	int last = 0, rc;

	while (versions[last])
		last++;
	rc = sql_i64(db, "PRAGMA user_version", 0, &version, e);
	if (!rc && version > 0 && version < last)
		rc = backup(db, (int)version, e);
	for (int at = (int)version; !rc && at < last; at++)
		rc = one_step(db, at, versions[at], e);
	return rc;
}
