/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations: each in one transaction, a copy first, the file untouched when one fails; and the
 * schemas of earlier versions (schema-N.sql here) still lead to today's.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/migrate.h"
#include "db/sql.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

static int migrate_file(const char *file, const char *const versions[], struct err *e)
{
	struct db *db = db_open(file, DB_READ, e);
	int rc;

	if (!db)
		return -e->code;
	sqlite3_close(db->h);
	sqlite3_open(file, &db->h);
	rc = migrate(db, versions, e);
	db_close(db);
	return rc;
}

/* Today's versions, and up to two more. */
static void versions(const char *list[DB_VERSION + 3], const char *next, const char *after)
{
	memcpy(list, schema_versions, DB_VERSION * sizeof(*list));
	list[DB_VERSION] = next;
	list[DB_VERSION + 1] = after;
	list[DB_VERSION + 2] = NULL;
}

static void next_version(struct tap *t, const struct scratch *s)
{
	const char *list[DB_VERSION + 3];
	char copy[128];
	struct err e = {0};

	db_close(db_open(s->file, DB_WRITE, NULL));
	sql_do(s->file,
	       "INSERT INTO run (started_utc, started_wall_ns, started_ns) VALUES ('x', 1, 2)");
	snprintf(copy, sizeof(copy), "%s.v%d.bak", s->file, DB_VERSION);
	versions(list, "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)", NULL);
	ok(t, migrate_file(s->file, list, &e) < 0, "a migration that fails: %s", e.msg);
	ok(t,
	   sql_number(s->file, "PRAGMA user_version") == DB_VERSION &&
		   sql_number(s->file, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'") ==
			   0,
	   "leaves the file as it was");
	unlink(copy);
	versions(list, "ALTER TABLE run ADD COLUMN operator TEXT",
		 "CREATE TABLE more (x); INSERT INTO more VALUES (1)");
	ok(t, migrate_file(s->file, list, &e) == 0, "two migrations %s", e.msg);
	ok(t,
	   sql_number(s->file, "PRAGMA user_version") == DB_VERSION + 2 &&
		   sql_number(s->file, "SELECT count(operator IS NULL) FROM run") == 1 &&
		   sql_number(s->file, "SELECT x FROM more") == 1,
	   "bring it to the last version");
	ok(t,
	   sql_number(copy, "PRAGMA user_version") == DB_VERSION &&
		   sql_number(copy, "SELECT count(*) FROM runs") == 1 &&
		   sql_number(copy, "PRAGMA application_id") == DB_APPLICATION_ID,
	   "with a copy of what it was");
}

static void no_copy_no_change(struct tap *t, const struct scratch *s)
{
	const char *list[DB_VERSION + 3];
	char file[128], copy[160];
	struct err e = {0};

	snprintf(file, sizeof(file), "%s/second.db", s->dir);
	snprintf(copy, sizeof(copy), "mkdir -p %s.v%d.bak/x", file, DB_VERSION);
	db_close(db_open(file, DB_WRITE, NULL));
	versions(list, "CREATE TABLE more (x)", NULL);
	ok(t, system(copy) == 0 && migrate_file(file, list, &e) < 0, "no copy can be made: %s",
	   e.msg);
	ok(t, sql_number(file, "PRAGMA user_version") == DB_VERSION, "so nothing changes");
}

static void old_schemas(struct tap *t, const struct scratch *s)
{
	static const char all[] =
		"SELECT group_concat(sql, ';') FROM (SELECT replace(sql, char(10), "
		"' ') AS sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY type, name)";
	static char now[65536], then[65536];
	char name[64], file[128], *path;

	snprintf(file, sizeof(file), "%s/now.db", s->dir);
	db_close(db_open(file, DB_WRITE, NULL));
	sql_text(file, all, now, sizeof(now));
	for (int v = 1; v <= DB_VERSION; v++) {
		char *sql;

		snprintf(name, sizeof(name), "schema-%d.sql", v);
		sql = test_fixture(name, &path);
		snprintf(file, sizeof(file), "%s/from-%d.db", s->dir, v);
		ok(t, sql && sql_do(file, sql), "%s makes a file", path);
		free(sql);
		db_close(db_open(file, DB_WRITE, NULL));
		sql_text(file, all, then, sizeof(then));
		ok(t, !strcmp(now, then), "version %d becomes today's schema", v);
	}
}

/* Chunks of version 2: numbered within their run, every bit of their actions where it was. */
static void old_chunks(struct tap *t, const struct scratch *s)
{
	char file[128], text[256], *path, *sql = test_fixture("schema-2.sql", &path);

	snprintf(file, sizeof(file), "%s/chunks.db", s->dir);
	sql_do(file, sql);
	free(sql);
	sql_do(file,
	       "INSERT INTO run_joint (run, joint, name) VALUES (1, 0, 'a'), (1, 1, 'b'), (2, 0, 'c');"
	       "INSERT INTO chunk VALUES (1, 1, 0, 10, 5, 0.25, 1, 2, 2), (2, 2, 0, NULL, 6, NULL, "
	       "NULL, 1, 1), (3, 1, 3, 30, 7, NULL, NULL, 1, 1);"
	       "INSERT INTO chunk_action VALUES ((1 << 20), 0.1), ((1 << 20) + 1, 4e-320), "
	       "((1 << 20) + 128, NULL), ((1 << 20) + 129, 9e999), ((2 << 20), 1e-308 / 3), "
	       "((3 << 20), 8)");
	db_close(db_open(file, DB_WRITE, NULL));
	sql_text(
		file,
		"SELECT group_concat(run || '/' || chunk || ' e' || episode || ' ' || "
		"coalesce(seq, 'NULL') || ' ' || horizon || 'x' || dims, ', ') FROM (SELECT * FROM "
		"chunks WHERE executed IS NULL AND prompt IS NULL ORDER BY run, chunk)",
		text, sizeof(text));
	ok(t, !strcmp(text, "1/0 e0 10 2x2, 1/1 e3 30 1x1, 2/0 e0 NULL 1x1"), "old chunks: %s",
	   text);
	sql_text(
		file,
		"SELECT group_concat(run || '/' || chunk || ' ' || position || joint || "
		"coalesce(seq, 'NULL'), ', ') FROM (SELECT * FROM chunk_actions WHERE executed_seq "
		"IS NULL ORDER BY run, chunk, position, place)",
		text, sizeof(text));
	ok(t, !strcmp(text, "1/0 0a10, 1/0 0b10, 1/0 1a11, 1/0 1b11, 1/1 0a30, 2/0 0cNULL"),
	   "and their actions: %s", text);
	ok(t,
	   sql_number(file, "SELECT sum(value IS (SELECT value FROM chunk_action a WHERE a.id = "
			    "((CASE v.run WHEN 2 THEN 2 ELSE 1 + 2 * v.chunk END) << 20) + "
			    "v.position * 128 + v.place)) FROM chunk_actions v") == 6,
	   "with the values that they had");
}

int main(void)
{
	struct tap t = {0};
	struct scratch s;

	scratch_make(&s);
	next_version(&t, &s);
	no_copy_no_change(&t, &s);
	old_schemas(&t, &s);
	old_chunks(&t, &s);
	scratch_remove(&s);
	return tap_done(&t);
}
