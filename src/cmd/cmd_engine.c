/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop engine`: the engine itself, in the foreground. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/run.h"
#include "db/profiles.h"
#include "db/writer.h"
#include "engine/outset.h"
#include "engine/supervise.h"
#include "preflight/explain_own.h"
#include "preflight/explain_read.h"

struct job {
	struct engine_cfg cfg;
	char rig[RIG_BYTES];
	char *db;
	struct profile *profile;
	struct explain_others others;
	struct explain_own own;
	struct outset_stats stats;
	bool json;
};

static void on_ready(void *host, const struct engine_source *s, unsigned n)
{
	const struct job *j = host;
	struct buf b = {0};

	buf_str(&b, "{\"ready\":true,\"rig\":");
	buf_json_str(&b, j->rig);
	buf_str(&b, ",\"sources\":[");
	for (unsigned i = 0; i < n; i++) {
		buf_str(&b, i ? ",{\"source\":" : "{\"source\":");
		buf_json_str(&b, s[i].word);
		buf_str(&b, ",\"address\":");
		buf_json_str(&b, s[i].address);
		buf_str(&b, "}");
		if (!j->json && s[i].address[0])
			fprintf(stderr, "policytop: %s listens on %s\n", s[i].word, s[i].address);
	}
	buf_str(&b, "]}");
	if (j->json)
		puts(b.p);
	else
		fprintf(stderr, "policytop: engine '%s' is ready\n", j->rig);
	fflush(stdout);
	/* Whoever started it in the background reads no more than this line. */
	if (j->cfg.log && !freopen("/dev/null", "w", stdout))
		fputs("policytop: cannot open /dev/null\n", stderr);
	buf_fini(&b);
}

static void on_verdict(void *host, const struct verdict *v)
{
	const struct job *j = host;

	if (!j->json)
		fprintf(stderr, "%s %s: %s\n", level_word(v->level), v->code, v->message);
}

/*
 * What first actions may be made with: the rig's policy, and by mistake any other set. Where these
 * cannot be read, the rest is told all the same.
 */
static void read_stats(struct job *j)
{
	char *policy = j->profile ? explain_rig_policy_dup(j->rig) : NULL;
	struct err e = {0};
	struct db *db = j->profile ? db_open(j->db, DB_READ, &e) : NULL;

	if (db)
		explain_others_read(&j->others, db, j->profile);
	db_close(db);
	if (!j->profile)
		return;
	explain_own_open(&j->own, j->profile, policy, &e);
	free(policy);
	j->stats = (struct outset_stats){.own = &j->own.stats,
					 .delta = j->own.delta,
					 .others = j->others.stats,
					 .nothers = j->others.n};
	j->cfg.stats = &j->stats;
}

/* 0, or the error of what is needed before the engine can begin. */
static int prepare(struct job *j, struct app *app, struct err *e)
{
	const struct opts *o = &app->opts;
	const char *profile = opts_text(o, "profile"), *rig = opts_text(o, "rig");
	bool resume = opts_has(o, "resume");
	int rc;

	j->json = opts_has(o, "json");
	rig_default(j->rig);
	if (rig)
		snprintf(j->rig, sizeof(j->rig), "%s", rig);
	rc = opts_double(o, "seconds", 0, 1e9, 0, &j->cfg.seconds, e);
	if (!rc)
		rc = opts_i64(o, "steps", 0, INT64_MAX, 0, &j->cfg.steps, e);
	if (rc)
		return rc;
	if (!app->argc || (rig && (strlen(rig) >= RIG_BYTES || !rig_name_valid(rig))))
		return err_set(e, EINVAL,
			       app->argc ? "--rig: letters, digits, '.', '_' and '-' only"
					 : "which source? (see: policytop list sources)");
	j->db = run_db_dup(app, e);
	if (!j->db)
		return -e->code;
	j->profile = profiles_load(j->db, profile, e);
	if (profile && !j->profile)
		return -e->code;
	/* First, as it brings an older file to this version. */
	j->cfg.sink_state = db_writer_open(j->db, resume ? j->rig : NULL, e);
	if (!j->cfg.sink_state)
		return -e->code;
	return resume ? db_resume_point(j->db, j->rig, &j->cfg.resume, e) : 0;
}

/* With --json errors go to whoever started us, on the pipe it reads. */
static int fail(const struct job *j, const struct err *e)
{
	struct buf b = {0};

	if (!j->json)
		return cmd_fail(e);
	buf_str(&b, "{\"error\":");
	buf_json_str(&b, e->msg);
	buf_printf(&b, ",\"errno\":%d}", e->code);
	puts(b.p);
	fflush(stdout);
	buf_fini(&b);
	return cmd_status(e);
}

static int finish(const struct job *j, const struct engine_result *r)
{
	char *text = run_result_json_dup(r);

	if (r->bad_lines && !j->json)
		fprintf(stderr, "policytop: %llu bad lines; the first: %s\n",
			(unsigned long long)r->bad_lines, r->bad_line);
	if (r->failed.code && !j->json)
		fprintf(stderr, "policytop: %s\n", r->failed.msg);
	if (r->unsaved.code && !j->json)
		fprintf(stderr, "policytop: not everything was recorded: %s\n", r->unsaved.msg);
	puts(text);
	free(text);
	return run_exit_status(r);
}

static int run(struct app *app)
{
	struct job j = {0};
	struct engine_result result;
	struct err e = {0};
	int rc = prepare(&j, app, &e);

	j.cfg.rig = j.rig;
	j.cfg.source = (const char *const *)app->argv;
	j.cfg.sources = (unsigned)app->argc;
	read_stats(&j);
	j.cfg.profile = j.profile;
	j.cfg.sink = &db_sink;
	j.cfg.capture = opts_text(&app->opts, "capture");
	j.cfg.log = opts_text(&app->opts, "log");
	j.cfg.full_rate = opts_has(&app->opts, "full-rate");
	j.cfg.slow_disk = j.db && run_slow_disk(j.db);
	j.cfg.ready = on_ready;
	j.cfg.verdict = on_verdict;
	j.cfg.host = &j;
	if (!rc)
		rc = engine_run(&j.cfg, &result, &e);
	rc = rc ? fail(&j, &e) : finish(&j, &result);
	db_writer_close(j.cfg.sink_state);
	explain_others_fini(&j.others);
	explain_own_fini(&j.own);
	if (j.profile)
		profile_free(j.profile);
	free(j.db);
	return rc;
}

static const struct opt options[] = {
	{"rig", "NAME", "name of the run, for watch and stop (run-PID)"},
	{"profile", "NAME", "training profile to judge by (see learn)"},
	{"capture", "FILE", "also write what the sources read, for raw:FILE"},
	{"full-rate", NULL, "keep each value of each source at its own time, too (samples)"},
	{"seconds", "N", "end after so long"},
	{"steps", "N", "end after so many steps"},
	{"resume", NULL, "continue the last run of this rig if it did not end in order"},
	{"log", "FILE", "write what happens there instead of to the terminal"},
	{"json", NULL, "print JSON lines: ready, then the result"},
	{0},
};

const struct command command_engine = {
	.name = "engine",
	.operands = "SOURCE…",
	.summary = "run an engine in the foreground",
	.options = options,
	.run = run,
};
