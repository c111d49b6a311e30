/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `policytop run -- COMMAND`: starts a robot's program with everything attached that its command
 * line names, and takes its place: terminal, input, signals and exit status are the command's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/rig_plan.h"
#include "cmd/run.h"
#include "cmd/run_child.h"
#include "cmd/run_job.h"
#include "preflight/inspect.h"
#include "preflight/preflight.h"
#include "rig/rig_file.h"
#include "source/source.h"

/* A kind that this program does not know is named in the plan, and not used. */
static bool available(const char *word)
{
	struct uri u;
	bool known;

	if (uri_parse(&u, word, NULL))
		return false;
	known = source_find(u.kind) != NULL;
	uri_fini(&u);
	return known;
}

static enum run_place place_of(const struct app *app, struct tmux_pane *pane)
{
	if (opts_has(&app->opts, "here") || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    !isatty(STDERR_FILENO) || !tmux_there())
		return RUN_HERE;
	if (tmux_pane_find(pane))
		return RUN_PANE;
	return getenv("TMUX") ? RUN_HERE : RUN_SERVER;
}

/* --profile, else the rig's, else the one that was learned from the set of the policy's training. */
static char *profile_dup(const struct run_job *j)
{
	const char *told = opts_text(&j->app->opts, "profile");

	if (told)
		return xstrdup(told);
	return j->setup->profile[0] ? xstrdup(j->setup->profile) : NULL;
}

/* A rig of this name that has a file says what the command does not; else it is only a name. */
static int load_rig(struct run_job *j, bool named, struct err *e)
{
	struct rig_errors errors;
	char profile[NAME_BYTES];
	struct err none = {0};
	int rc = named ? rig_file_load(j->setup, &errors, j->rig, &none) : -ENOENT;

	j->rig_file = rc == 0;
	if (rc == -ENOENT)
		rig_init(j->setup);
	else if (rc)
		return err_set(e, none.code, "%s", none.msg);
	text_copy(profile, sizeof(profile), j->setup->profile);
	for (unsigned i = 0; i < j->setup->sources.n; i++)
		plan_source(&j->plan, j->rig, "%s", j->setup->sources.word[i]);
	rig_from_plan(j->setup, &j->plan, "/dev", j->db);
	if (profile[0])
		text_copy(j->setup->profile, sizeof(j->setup->profile), profile);
	return 0;
}

static int prepare(struct run_job *j, struct app *app, struct err *e)
{
	const struct plan_world world = run_env_world();
	const char *rig = opts_text(&app->opts, "rig");
	int rc;

	j->app = app;
	j->db = cmd_db_dup(app);
	j->setup = xcalloc(1, sizeof(*j->setup));
	j->end_file = run_job_inside_dup();
	rig_default(j->rig);
	if (rig && !rig_name_valid(rig))
		return err_set(e, EINVAL, "--rig: '%s' is no name of a rig", rig);
	if (rig)
		text_copy(j->rig, sizeof(j->rig), rig);
	rc = plan_command(&j->plan, app->argc, app->argv, &world, e);
	if (!rc)
		rc = load_rig(j, rig != NULL, e);
	if (rc)
		return rc;
	j->profile = profile_dup(j);
	j->place = place_of(app, &j->pane);
	j->env.python = run_env_python_dup();
	j->env.socket = run_env_socket_dup(j->rig, e);
	if (!j->env.socket)
		return -e->code;
	if (!j->env.python)
		plan_warn(&j->plan, "the Python hook is not found: $POLICYTOP_PYTHONDIR may name "
				    "its folder");
	run_env_init(&j->env, &j->plan);
	run_env_check_root(&j->env, &j->plan);
	run_job_sources(j);
	for (unsigned i = 0; i < j->plan.sources; i++)
		j->available[i] = available(j->plan.source[i].word);
	return 0;
}

static void fail_as_json(void *host, const char *name, const char *text)
{
	struct buf *b = host;

	buf_str(b, b->p[b->len - 1] == '[' ? "{\"check\":" : ",{\"check\":");
	buf_json_str(b, name);
	buf_str(b, ",\"fail\":");
	buf_json_str(b, text);
	buf_str(b, "}");
}

static void print_json(const struct run_job *j)
{
	static const char *const places[] = {
		[RUN_HERE] = "here", [RUN_PANE] = "tmux-pane", [RUN_SERVER] = "tmux-server"};
	struct buf b = {0};

	buf_str(&b, "{");
	plan_json(&b, &j->plan);
	buf_str(&b, ",\"sources\":[");
	for (unsigned i = 0; i < j->plan.sources; i++) {
		buf_str(&b, i ? ",{\"source\":" : "{\"source\":");
		buf_json_str(&b, j->plan.source[i].word);
		buf_str(&b, ",\"from\":");
		buf_json_str(&b, j->plan.source[i].from);
		buf_printf(&b, ",\"available\":%s}", j->available[i] ? "true" : "false");
	}
	buf_str(&b, "],\"preflight\":[");
	preflight(&j->plan, j->rig, j->setup, j->db, fail_as_json, &b);
	buf_printf(&b, "],\"place\":\"%s\",\"rig\":", places[j->place]);
	buf_json_str(&b, j->rig);
	buf_str(&b, ",\"profile\":");
	if (j->profile)
		buf_json_str(&b, j->profile);
	else
		buf_str(&b, "null");
	buf_str(&b, ",\"schema\":1}");
	puts(b.p);
	buf_fini(&b);
}

static void fail_as_text(void *host, const char *name, const char *text)
{
	fprintf(host, "policytop: preflight %s: %s\n", name, text);
}

static void print_text(const struct run_job *j)
{
	const struct plan *p = &j->plan;

	printf("%s\n", p->family ? p->family->summary : "no program that is known here");
	for (unsigned i = 0; i < p->facts; i++)
		printf("  %-20s %s   (%s)\n", p->fact[i].key, p->fact[i].value, p->fact[i].from);
	for (unsigned i = 0; i < p->cameras; i++)
		printf("  camera %-13s %s %s %ldx%ld at %g Hz\n", p->camera[i].role,
		       p->camera[i].type, p->camera[i].path, p->camera[i].width,
		       p->camera[i].height, p->camera[i].fps);
	for (unsigned i = 0; i < p->sources; i++)
		printf("  %-20s %s   (%s)\n", j->available[i] ? "source" : "source, not known",
		       p->source[i].word, p->source[i].from);
	if (j->profile)
		printf("  %-20s %s\n", "training profile", j->profile);
	for (unsigned i = 0; i < p->warnings; i++)
		printf("  warning: %s\n", p->warning[i]);
	for (unsigned i = 0; i < p->notes; i++)
		printf("  note: %s\n", p->note[i]);
	preflight(p, j->rig, j->setup, j->db, fail_as_text, stdout);
}

/* True: go on. A person may overrule what was found, a script may not. */
/*
 * 0: start it; else the exit status. Without a rig only a fail stands in the way; with one, what it
 * requires must have been seen, too.
 */
static int pass_preflight(const struct run_job *j)
{
	int status = EXIT_OK;
	char answer[16] = "";

	if (opts_has(&j->app->opts, "no-check"))
		return EXIT_OK;
	if (preflight(&j->plan, j->rig, j->setup, j->db, fail_as_text, stderr))
		status = EXIT_FAIL;
	if (j->rig_file) {
		enum preflight_verdict v = inspect_before(j->rig, j->setup, j->db, stderr);

		if (v == PREFLIGHT_NO_GO || (v == PREFLIGHT_NOT_SEEN && !status))
			status = v == PREFLIGHT_NO_GO ? EXIT_FAIL : EXIT_UNSEEN;
	}
	if (status == EXIT_OK)
		return EXIT_OK;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		fputs("policytop: not started; --no-check starts it all the same\n", stderr);
		return status;
	}
	fputs("policytop: start all the same? [y/N] ", stderr);
	if (read(STDIN_FILENO, answer, sizeof(answer) - 1) > 0 &&
	    (answer[0] == 'y' || answer[0] == 'Y'))
		return EXIT_OK;
	return status;
}

static int run(struct app *app)
{
	struct run_job *j = xcalloc(1, sizeof(*j));
	struct err e = {0};
	int status;

	if (prepare(j, app, &e)) {
		status = cmd_fail(&e);
	} else if (opts_has(&app->opts, "plan")) {
		if (opts_has(&app->opts, "json"))
			print_json(j);
		else
			print_text(j);
		status = EXIT_OK;
	} else if (opts_has(&app->opts, "json")) {
		err_set(&e, EINVAL, "run: --json is for --plan");
		status = cmd_fail(&e);
	} else if ((status = child_look(app->argv[0], &e))) {
		cmd_fail(&e);
	} else if (j->end_file) {
		status = run_job_start(j);
	} else if ((status = pass_preflight(j)) == EXIT_OK) {
		status = j->place == RUN_SERVER ? run_job_in_server(j) : run_job_start(j);
	}
	run_env_fini(&j->env);
	free(j->end_file);
	free(j->profile);
	free(j->setup);
	free(j->db);
	free(j);
	return status;
}

static const struct opt options[] = {
	{"rig", "NAME", "name of the run, and of its rig if there is one (run-PID)"},
	{"profile", "NAME", "training profile to judge by"},
	{"capture", "FILE", "also write what the sources read, for raw:FILE"},
	{"full-rate", NULL, "keep each value of each source at its own time, too (samples)"},
	{"here", NULL, "no tmux: the command keeps this terminal alone"},
	{"no-check", NULL, "start without the preflight; the run says so"},
	{"plan", NULL, "print what would be attached, and start nothing"},
	{"json", NULL, "with --plan: print one JSON object"},
	{0},
};

const struct command command_run = {
	.name = "run",
	.operands = "-- COMMAND…",
	.summary = "start a robot's program with everything attached",
	.options = options,
	.run = run,
};
