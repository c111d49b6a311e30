/* SPDX-License-Identifier: Apache-2.0 */
/* What a query may do (read) and may not: write, attach, change settings, take for ever. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/reader.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

struct seen {
	int heads, rows, stop_at;
	struct value last;
	char text[64];
};

static int head(void *ctx, int n, const char *const *names, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	s->heads += n;
	snprintf(s->text, sizeof(s->text), "%s", names[0]);
	return 0;
}

static int row(void *ctx, int n, const struct value *v, struct err *e)
{
	struct seen *s = ctx;

	(void)n;
	s->last = v[0];
	if (v[0].type == VALUE_TEXT)
		snprintf(s->text, sizeof(s->text), "%s", v[0].text);
	if (++s->rows == s->stop_at)
		return err_set(e, EPIPE, "enough");
	return 0;
}

static int ask(struct db *db, const char *sql, double limit_s, struct seen *s, struct err *e)
{
	struct param params[] = {{.name = ":run", .value = {.type = VALUE_INT, .i = 7}},
				 {.name = ":name", .value = {.type = VALUE_TEXT, .text = "a'b"}},
				 {0}};
	struct query q = {.sql = sql, .params = params, .limit_s = limit_s};
	struct rows rows = {.ctx = s, .head = head, .row = row};

	*e = (struct err){0};
	return db_query(db, &q, &rows, e);
}

static void refused(struct tap *t, struct db *db)
{
	static const char *const writes[] = {
		"DELETE FROM run",
		"INSERT INTO note (run, t_ns, level, text) VALUES (1, 2, 3, 'x')",
		"UPDATE run SET rig = 'x'",
		"DROP TABLE run",
		"CREATE TABLE t (x)",
		"CREATE TEMP TABLE t (x)",
		"ATTACH '/tmp/other.db' AS o",
		"DETACH main",
		"VACUUM",
		"VACUUM INTO '/tmp/policytop-copy.db'",
		"PRAGMA user_version = 7",
		"PRAGMA journal_mode = DELETE",
		"PRAGMA writable_schema = ON",
		"PRAGMA wal_checkpoint(TRUNCATE)",
		"PRAGMA query_only = OFF",
		"BEGIN IMMEDIATE",
		"COMMIT",
		"REINDEX",
		"ANALYZE",
		"SELECT load_extension('/tmp/x.so')",
		"WITH x AS (SELECT 1) INSERT INTO clock SELECT 1, 1, 1, 1, 1 FROM x",
	};
	struct err e;

	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		struct seen s = {0};
		int rc = ask(db, writes[i], 0, &s, &e);

		ok(t, rc == -EPERM || rc == -EINVAL, "%s: %s", writes[i], e.msg);
	}
	ok(t, access("/tmp/policytop-copy.db", F_OK) != 0, "and no copy was made");
}

static void broken(struct tap *t, struct db *db)
{
	struct seen s = {0};
	struct err e;

	ok(t, ask(db, "SELECT nope FROM runs", 0, &s, &e) == -EINVAL && strstr(e.msg, "nope"),
	   "a wrong column is named: %s", e.msg);
	ok(t, ask(db, "", 0, &s, &e) == -EINVAL, "no SQL: %s", e.msg);
	ok(t, ask(db, "-- nothing", 0, &s, &e) == -EINVAL, "only a comment");
	ok(t, ask(db, "SELECT 1; SELECT 2", 0, &s, &e) == -EINVAL && !s.heads, "two statements: %s",
	   e.msg);
	ok(t, ask(db, "SELECT 1 AS one; -- done", 0, &s, &e) == 0 && s.rows == 1,
	   "a comment behind it is none");
}

static void reads(struct tap *t, struct db *db)
{
	struct seen s = {0};
	struct err e;

	ok(t, ask(db, "SELECT :run", 0, &s, &e) == 0 && s.last.i == 7, "a parameter");
	ok(t, ask(db, "SELECT :name", 0, &s, &e) == 0 && !strcmp(s.text, "a'b"), "a text");
	ok(t, ask(db, "SELECT :other", 0, &s, &e) == 0 && s.last.type == VALUE_NULL,
	   "one that is not given is NULL");
	ok(t, ask(db, "SELECT -0.0", 0, &s, &e) == 0 && s.last.type == VALUE_REAL, "a real");
	ok(t,
	   ask(db, "SELECT x'00ff'", 0, &s, &e) == 0 && s.last.type == VALUE_BLOB &&
		   s.last.len == 2,
	   "a blob");
	ok(t, ask(db, "PRAGMA table_info(run)", 0, &s, &e) == 0, "a pragma that only tells");
	ok(t, ask(db, "PRAGMA user_version", 0, &s, &e) == 0 && s.last.i == DB_VERSION, "another");
	s = (struct seen){0};
	ok(t,
	   ask(db, "SELECT 1 AS one WHERE 0", 0, &s, &e) == 0 && s.heads == 1 && !s.rows &&
		   !strcmp(s.text, "one"),
	   "no row still has its columns");
	s = (struct seen){.stop_at = 3};
	ok(t,
	   ask(db,
	       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i "
	       "FROM n",
	       0, &s, &e) == -EPIPE &&
		   s.rows == 3,
	   "who asks may stop");
}

static void endless(struct tap *t, struct db *db)
{
	static const char sql[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
				  "SELECT count(*) FROM n";
	struct clock c = clock_real();
	int64_t from = clock_now_ns(&c);
	struct seen s = {0};
	struct err e;

	ok(t, ask(db, sql, 0.2, &s, &e) == -ETIMEDOUT, "%s", e.msg);
	ok(t, clock_now_ns(&c) - from < 5 * NS_PER_S, "stopped at its limit");
	ok(t, ask(db, "SELECT 1", 0, &s, &e) == 0, "and the next query is none the worse");
}

static void canned(struct tap *t, struct db *db)
{
	struct err e;

	for (const struct canned *c = canned_queries; c->name; c++) {
		struct seen s = {0};
		int rc = ask(db, c->sql, 0, &s, &e);

		ok(t, rc == 0 && c->summary[0], "%s: %s", c->name, rc ? e.msg : c->summary);
	}
	ok(t, canned_find("jumps") && !canned_find("jump"), "found by name");
}

/* Reading brings nothing up to date: it says what does. */
static void older(struct tap *t, const struct scratch *s)
{
	char file[128], *path, *sql = test_fixture("schema-2.sql", &path);
	struct seen seen = {0};
	struct err e = {0};
	struct db *db;

	snprintf(file, sizeof(file), "%s/older.db", s->dir);
	sql_do(file, sql);
	free(sql);
	db = db_open(file, DB_READ, &e);
	ok(t, ask(db, canned_find("jumps")->sql, 0, &seen, &e) == 0, "an older file is read");
	ok(t,
	   ask(db, "SELECT executed FROM chunks", 0, &seen, &e) == -EINVAL &&
		   strstr(e.msg, "executed") && strstr(e.msg, "version 2"),
	   "what it does not have yet: %s", e.msg);
	db_close(db);
}

int main(void)
{
	struct tap t = {0};
	struct scratch s;
	struct err e = {0};
	struct db *db;

	scratch_make(&s);
	db_writer_close(db_writer_open(s.file, NULL, NULL));
	db = db_open(s.file, DB_READ, &e);
	refused(&t, db);
	broken(&t, db);
	reads(&t, db);
	endless(&t, db);
	canned(&t, db);
	db_close(db);
	older(&t, &s);
	scratch_remove(&s);
	return tap_done(&t);
}
