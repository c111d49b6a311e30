/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop demo`: a simulated deployment, healthy or with a fault, in a database of its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"
#include "cmd/cmd.h"
#include "cmd/demo.h"
#include "cmd/demo_training.h"
#include "db/profiles.h"

static void list_faults_text(void)
{
	for (const struct sim_fault *f = sim_fault_table; f->name; f++)
		printf("%-13s %s: %g %s (silent at %g), shows as %s\n", f->name, f->summary,
		       f->strength, f->unit, f->silent, f->codes);
}

static void list_faults_json(void)
{
	struct buf b = {0};

	buf_str(&b, "{\"schema\":1,\"faults\":[");
	for (const struct sim_fault *f = sim_fault_table; f->name; f++) {
		buf_str(&b, f == sim_fault_table ? "{\"name\":" : ",{\"name\":");
		buf_json_str(&b, f->name);
		buf_str(&b, ",\"summary\":");
		buf_json_str(&b, f->summary);
		buf_str(&b, ",\"codes\":");
		buf_json_str(&b, f->codes);
		buf_printf(&b, ",\"strength\":%g,\"silent\":%g,\"min\":%g,\"max\":%g,\"unit\":",
			   f->strength, f->silent, f->min, f->max);
		buf_json_str(&b, f->unit);
		buf_printf(&b, ",\"served\":%s}", sim_fault_served(f) ? "true" : "false");
	}
	buf_str(&b, "]}");
	puts(buf_text(&b));
	buf_fini(&b);
}

static int take_options(struct demo *d, const struct opts *o, struct err *e)
{
	bool headless = opts_has(o, "headless");
	int rc = opts_i64(o, "seed", 0, INT64_MAX, 1, &d->seed, e);

	d->json = opts_has(o, "json");
	d->fault = opts_text(o, "fault");
	if (rc == 0)
		rc = opts_double(o, "seconds", 1, 1e6, 60, &d->seconds, e);
	if (rc == 0 && !headless && (opts_has(o, "seconds") || d->json))
		rc = err_set(e, EINVAL, "demo: --seconds and --json need --headless");
	if (rc == 0 && d->fault)
		rc = sim_fault_parse(&d->world, d->fault, e);
	d->world.seed = (uint64_t)d->seed;
	/* A policy that talks to a server sends its pictures there. */
	d->world.cameras = !sim_fault_served(d->world.fault);
	return rc;
}

/* The profile is stored on every start: it is quick to make, and fits this program's version. */
static int store_profile(const struct demo *d, struct err *e)
{
	struct db *db = db_open(d->db, DB_WRITE, e);
	int rc;

	if (!db)
		return -e->code;
	rc = profiles_put(db, d->profile, e);
	db_close(db);
	return rc;
}

static int show(struct demo *d, bool headless)
{
	struct profile *profile = demo_profile_new();
	struct err e = {0};
	int status;

	d->profile = profile;
	if (store_profile(d, &e) < 0)
		status = cmd_fail(&e);
	else
		status = headless ? demo_headless(d) : demo_interactive(d);
	profile_free(profile);
	return status;
}

static int run(struct app *app)
{
	bool headless = opts_has(&app->opts, "headless");
	struct demo d = {0};
	struct err e = {0};
	char *path;
	int status;

	if (app->argc > 0) {
		err_set(&e, EINVAL, "demo takes no operand, but '%s' was given", app->argv[0]);
		return cmd_fail(&e);
	}
	if (opts_has(&app->opts, "list-faults")) {
		if (opts_has(&app->opts, "json"))
			list_faults_json();
		else
			list_faults_text();
		return EXIT_OK;
	}
	if (take_options(&d, &app->opts, &e) < 0)
		return cmd_fail(&e);
	if (!headless && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))) {
		err_set(&e, ENOTTY, "demo: there is no terminal to draw on; try: demo --headless");
		return cmd_fail_status(&e, EXIT_UNAVAILABLE);
	}
	path = app->db ? path_absolute_dup(app->db) : path_cache_dup("demo.db");
	d.db = path;
	status = show(&d, headless);
	free(path);
	return status;
}

static const struct opt options[] = {
	{"fault", "NAME[@SECOND][:STRENGTH]", "break the simulated world, see --list-faults"},
	{"seed", "N", "the same seed gives the same world (default 1)"},
	{"list-faults", NULL, "print what can be broken"},
	{"headless", NULL, "no screen: simulated time, as fast as it can"},
	{"seconds", "N", "headless: simulated seconds (default 60)"},
	{"json", NULL, "headless, list-faults: print one JSON object"},
	{0},
};

const struct command command_demo = {
	.name = "demo",
	.operands = "",
	.summary = "a simulated deployment, healthy or with a fault",
	.options = options,
	.run = run,
};
