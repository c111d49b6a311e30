/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop runs`: what was recorded, newest first. */
#include <errno.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/rows.h"

static const char table_sql[] =
	"SELECT run, replace(substr(started_utc, 1, 19), 'T', ' ') AS started_utc, rig, robot, "
	"profile, fps, episodes, steps, dropped, (SELECT count(*) FROM verdicts v WHERE v.run = "
	"r.run AND v.level = 'fail') AS fails, (SELECT count(*) FROM verdicts v WHERE v.run = r.run "
	"AND v.level = 'warn') AS warns, ended_ns IS NULL AS open, task FROM runs r ORDER BY run DESC";

static const char json_sql[] =
	"SELECT run, started_utc, rig, robot, profile, task, policy, fps, steps, dropped, episodes, "
	"segments, (SELECT count(*) FROM verdicts v WHERE v.run = r.run AND v.level = 'fail') AS "
	"fails, (SELECT count(*) FROM verdicts v WHERE v.run = r.run AND v.level = 'warn') AS warns, "
	"ended_ns IS NOT NULL AS ended FROM runs r ORDER BY run DESC";

static int64_t write_runs(FILE *spool, struct db *db, bool json, struct err *e)
{
	struct query q = {.sql = json ? json_sql : table_sql};
	int64_t rows;

	if (json)
		fputs("{\"schema\":1,\"runs\":", spool);
	rows = rows_write(spool, db, &q, json ? ROWS_JSON : ROWS_TABLE, e);
	if (json)
		fputs("}\n", spool);
	return rows;
}

static int run(struct app *app)
{
	struct err e = {0};
	char *path = cmd_db_dup(app);
	struct db *db = NULL;
	FILE *spool = NULL;
	bool good;

	if (app->argc)
		err_set(&e, EINVAL, "runs takes no operand; policytop show RUN tells more of one");
	else
		db = db_open(path, DB_READ, &e);
	if (db)
		spool = rows_spool(&e);
	good = spool && write_runs(spool, db, opts_has(&app->opts, "json"), &e) >= 0;
	db_close(db);
	free(path);
	if (good)
		return rows_deliver(spool, &e) ? cmd_fail(&e) : EXIT_OK;
	if (spool)
		fclose(spool);
	return cmd_fail(&e);
}

static const struct opt options[] = {
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_runs = {
	.name = "runs",
	.operands = "",
	.summary = "list the recorded runs, newest first",
	.options = options,
	.run = run,
};
