/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop show RUN`: one run at a glance: what it was, episodes, verdicts, what is missing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/rows.h"
#include "cmd/run_show.h"
#include "db/run_find.h"

static int show(struct app *app, FILE **spool, struct err *e)
{
	char *path = cmd_db_dup(app);
	struct db *db = db_open(path, DB_READ, e);
	int64_t run = 0;
	int rc = db ? run_find(db, "show", app->argc ? app->argv[0] : NULL, &run, e) : -e->code;

	if (!rc && !(*spool = rows_spool(e)))
		rc = -e->code;
	if (!rc)
		rc = run_show(*spool, db, run, opts_has(&app->opts, "json"), e);
	db_close(db);
	free(path);
	return rc;
}

static int run(struct app *app)
{
	FILE *spool = NULL;
	struct err e = {0};
	int rc;

	if (app->argc > 1)
		rc = err_set(&e, EINVAL, "show: one run at a time, please");
	else
		rc = show(app, &spool, &e);
	if (!rc)
		rc = rows_deliver(spool, &e);
	else if (spool)
		fclose(spool);
	return rc ? cmd_fail(&e) : EXIT_OK;
}

static const struct opt options[] = {
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_show = {
	.name = "show",
	.operands = "[RUN|last]",
	.summary = "one run at a glance: episodes, verdicts, gaps",
	.options = options,
	.run = run,
};
