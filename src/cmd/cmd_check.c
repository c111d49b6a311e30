/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `policytop check [RIG]`: GO, NO-GO or NOT SEEN before an episode. Looks, says, keeps what it
 * found; moves nothing, and has closed what it opened before it ends.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/check_print.h"
#include "cmd/check_screen.h"
#include "cmd/cmd.h"
#include "preflight/inspect.h"
#include "rig/rig_file.h"

struct check_job {
	struct app *app;
	struct rig *rig;
	struct inspect look;
	char *db;
};

static int read_waivers(struct inspect *l, const char *text, struct err *e)
{
	char *all = text ? xstrdup(text) : NULL, *save = NULL;
	int rc = 0;

	for (char *w = all ? strtok_r(all, ";", &save) : NULL; w && !rc;
	     w = strtok_r(NULL, ";", &save))
		rc = inspect_waive(l, w + strspn(w, " "), e);
	free(all);
	return rc;
}

/* A server that keeps what it was asked sees one request more: nobody may send it by accident. */
static int read_ask(struct inspect *l, const struct opts *o, struct err *e)
{
	bool from = opts_has(o, "ask-from") || opts_has(o, "ask-deadline");

	l->ask.wanted = opts_has(o, "ask");
	l->ask.from = opts_text(o, "ask-from");
	if (l->ask.wanted != opts_has(o, "go"))
		return err_set(
			e, EINVAL,
			l->ask.wanted ? "--ask sends a request to the policy server: say --ask --go"
				      : "--go is for --ask");
	if (from && !l->ask.wanted)
		return err_set(e, EINVAL, "--ask-from and --ask-deadline are for --ask --go");
	if (l->ask.wanted && !l->rig)
		return err_set(e, EINVAL, "--ask needs a rig, which names the server");
	return opts_double(o, "ask-deadline", 0.1, 600, 30, &l->ask.deadline_s, e);
}

static int load_rig(struct check_job *j, const char *name, struct err *e)
{
	struct rig_errors *errors = xcalloc(1, sizeof(*errors));
	int rc;

	j->rig = xcalloc(1, sizeof(*j->rig));
	rc = rig_file_load(j->rig, errors, name, e);
	free(errors);
	if (rc)
		return rc;
	j->look.rig = j->rig;
	j->look.rig_name = name;
	return 0;
}

static int prepare(struct check_job *j, struct err *e)
{
	const struct opts *o = &j->app->opts;
	const char *rig = j->app->argc ? j->app->argv[0] : NULL;
	int rc = 0;

	j->look.rig_name = "";
	j->look.dataset = opts_text(o, "dataset");
	j->look.record_to = opts_text(o, "record-to");
	if (j->app->argc > 1)
		return err_set(e, EINVAL, "one rig at a time");
	if (!rig && !j->look.dataset && !opts_text(o, "policy"))
		return err_set(e, EINVAL, "name a rig, or --policy DIR, or --dataset DIR");
	if (rig)
		rc = load_rig(j, rig, e);
	if (!rc)
		rc = read_ask(&j->look, o, e);
	if (!rc)
		rc = opts_double(o, "hours", 0, 10000, NAN, &j->look.hours, e);
	if (!rc)
		rc = read_waivers(&j->look, opts_text(o, "waive"), e);
	if (rc)
		return rc;
	j->db = cmd_db_dup(j->app);
	j->look.db = j->db;
	j->look.audits = !rig;
	inspect_training(&j->look, opts_text(o, "policy"));
	return 0;
}

static bool is_over(void *host, int *status)
{
	struct check_job *j = host;

	inspect_now(&j->look);
	return preflight_judge(j->look.item, j->look.n, status) == PREFLIGHT_GO;
}

static void print(struct check_job *j)
{
	struct buf b = {0};

	if (opts_has(&j->app->opts, "json"))
		check_json(&b, &j->look);
	else
		check_text(&b, &j->look);
	fwrite(b.p, 1, b.len, stdout);
	buf_fini(&b);
}

static int run(struct app *app)
{
	struct check_job j = {.app = app};
	struct err e = {0};
	int status = EXIT_OK, rc = prepare(&j, &e);

	if (rc) {
		status = e.code == EINVAL ? cmd_fail_status(&e, EXIT_USAGE) : cmd_fail(&e);
	} else if (check_screen_wanted(app) && j.rig) {
		rc = check_screen(&j.look, is_over, &j, opts_has(&app->opts, "wait"), &status, &e);
	} else {
		while (!is_over(&j, &status) && opts_has(&app->opts, "wait"))
			;
		print(&j);
	}
	if (!rc && inspect_keep(&j.look, false, &e))
		cmd_fail(&e);
	inspect_fini(&j.look);
	free(j.rig);
	free(j.db);
	return status;
}

static const struct opt options[] = {
	{"once", NULL, "look once, print, and exit"},
	{"wait", NULL, "go on looking until it is GO"},
	{"json", NULL, "print one JSON object"},
	{"policy", "DIR", "judge this checkpoint; of a rig: in the place of its own"},
	{"dataset", "DIR", "judge this training set, and the checkpoint by it"},
	{"waive", "CODE[:SUBJECT]=REASON", "accept this for the next run; more after ';'"},
	{"ask", NULL, "ask the policy server for actions, once; needs --go"},
	{"go", NULL, "with --ask: yes, send it"},
	{"ask-from", "CAPTURE", "ask what a tap recorded last, instead of the live rig"},
	{"ask-deadline", "SECONDS", "for the server's answer (default 30)"},
	{"record-to", "DIR", "where the run's recording will be written"},
	{"hours", "N", "how long it will record"},
	{0},
};

const struct command command_check = {
	.name = "check",
	.operands = "[RIG]",
	.summary = "GO, NO-GO or NOT SEEN before an episode",
	.options = options,
	.run = run,
};
