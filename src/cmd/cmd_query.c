/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop query`: the user's SQL or a canned query, read-only and bounded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/rows.h"

static void list_queries(bool json)
{
	struct buf b = {0};

	for (const struct canned *c = canned_queries; c->name; c++) {
		if (!json) {
			buf_printf(&b, "%-10s %s\n", c->name, c->summary);
			continue;
		}
		buf_str(&b, b.len ? ",{\"name\":" : "{\"schema\":1,\"queries\":[{\"name\":");
		buf_json_str(&b, c->name);
		buf_str(&b, ",\"summary\":");
		buf_json_str(&b, c->summary);
		buf_str(&b, "}");
	}
	fputs(buf_text(&b), stdout);
	fputs(json ? "]}\n" : "", stdout);
	buf_fini(&b);
}

/* A plain word names a canned query; everything else is SQL. */
static const char *find_sql(const char *operand, struct err *e)
{
	const struct canned *c = canned_find(operand), *best = NULL;
	unsigned least = 4;

	if (c)
		return c->sql;
	if (operand[strspn(operand, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return operand;
	for (c = canned_queries; c->name; c++) {
		if (text_distance(c->name, operand) < least) {
			least = text_distance(c->name, operand);
			best = c;
		}
	}
	err_set(e, EINVAL,
		best ? "query: no canned query '%s' (did you mean %s?)"
		     : "query: no canned query '%s' (see policytop query --list)",
		operand, best ? best->name : "");
	return NULL;
}

static int fail(const struct err *e)
{
	if (e->code == EPERM)
		return cmd_fail_status(e, EXIT_USAGE);
	if (e->code == ETIMEDOUT)
		return cmd_fail_status(e, EXIT_UNAVAILABLE);
	return cmd_fail(e);
}

static int write_result(FILE *spool, struct db *db, const struct query *q, const struct app *app,
			struct err *e)
{
	bool json = opts_has(&app->opts, "json");
	enum rows_format format = json				? ROWS_JSON
				  : opts_has(&app->opts, "csv") ? ROWS_CSV
								: ROWS_TABLE;
	int64_t rows;

	if (json)
		fputs("{\"schema\":1,\"rows\":", spool);
	rows = rows_write(spool, db, q, format, e);
	if (json)
		fputs("}\n", spool);
	return rows < 0 ? (int)rows : 0;
}

static int run_query(const struct app *app, const struct query *q)
{
	struct err e = {0};
	char *path = cmd_db_dup(app);
	struct db *db = db_open(path, DB_READ, &e);
	FILE *spool = db ? rows_spool(&e) : NULL;
	int rc = spool ? write_result(spool, db, q, app, &e) : -1;

	db_close(db);
	free(path);
	if (rc) {
		if (spool)
			fclose(spool);
		return fail(&e);
	}
	return rows_deliver(spool, &e) ? fail(&e) : EXIT_OK;
}

static int run(struct app *app)
{
	struct param params[2] = {{.name = ":run", .value = {.type = VALUE_INT}}};
	struct query q = {0};
	struct err e = {0};
	bool bad;

	if (opts_has(&app->opts, "list") && !app->argc) {
		list_queries(opts_has(&app->opts, "json"));
		return EXIT_OK;
	}
	bad = opts_i64(&app->opts, "run", 1, INT64_MAX, 0, &params[0].value.i, &e) ||
	      opts_double(&app->opts, "limit", 0.001, QUERY_LIMIT_S, QUERY_LIMIT_S, &q.limit_s, &e);
	if (!bad && app->argc != 1)
		bad = err_set(&e, EINVAL,
			      "query: give one SQL statement in quotes, or a name of "
			      "policytop query --list");
	if (!bad && !(q.sql = find_sql(app->argv[0], &e)))
		bad = true;
	if (bad)
		return cmd_fail(&e);
	if (opts_has(&app->opts, "run"))
		q.params = params;
	return run_query(app, &q);
}

static const struct opt options[] = {
	{"csv", NULL, "print CSV, doubles exact"},
	{"json", NULL, "print one JSON object, doubles exact"},
	{"limit", "SECONDS", "stop after this time, at most 30 s"},
	{"list", NULL, "print the canned queries"},
	{"run", "N", "canned queries: only this run (:run in SQL)"},
	{0},
};

const struct command command_query = {
	.name = "query",
	.operands = "SQL|NAME",
	.summary = "ask the recordings in SQL, or a canned question",
	.options = options,
	.run = run,
};
