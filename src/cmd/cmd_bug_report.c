/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop bug-report`: what somebody needs to see a fault elsewhere, as one file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/report_impl.h"
#include "db/run_find.h"

static int take_names(void *host, int n, const struct value *v, struct err *e)
{
	struct report_run *run = host;

	(void)n;
	(void)e;
	free(run->rig);
	free(run->profile);
	run->rig = xstrdup(v[0].type == VALUE_TEXT ? v[0].text : "");
	run->profile = xstrdup(v[1].type == VALUE_TEXT ? v[1].text : "");
	return 0;
}

/* Without a run, or even a database that opens, there is still something to report. */
static int find_run(struct report_run *run, struct app *app, struct err *e)
{
	const char *word = app->argc ? app->argv[0] : NULL;
	bool any = !word || strcmp(word, "last") == 0;
	struct param params[] = {{.name = ":run", .value = {.type = VALUE_INT}}, {0}};
	const struct query q = {.sql = "SELECT rig, profile FROM runs WHERE run = :run",
				.params = params};
	const struct rows rows = {.ctx = run, .row = take_names};
	int64_t number = 0;
	int rc = 0;

	*run = (struct report_run){
		.path = cmd_db_dup(app), .rig = xstrdup(""), .profile = xstrdup("")};
	run->db = db_open(run->path, DB_READ, e);
	rc = run->db ? run_find(run->db, "bug-report", word, &number, e) : -e->code;
	if (!rc) {
		params[0].value.i = number;
		rc = db_query(run->db, &q, &rows, e);
	}
	if (!rc)
		run->run = number;
	if (rc && any && rc != -EINVAL) {
		text_copy(run->why, sizeof(run->why), e->msg);
		*e = (struct err){0};
		rc = 0;
	}
	return rc;
}

static void run_fini(struct report_run *run)
{
	db_close(run->db);
	free(run->path);
	free(run->rig);
	free(run->profile);
}

static int fill(struct report *r, const struct report_run *run, const char *capture, struct err *e)
{
	int rc;

	report_know(r, run);
	if (!run->run)
		report_left(r, "run", "%s", run->why);
	rc = report_texts(r, run, e);
	if (!rc && run->run)
		rc = report_add_run(r, run, e);
	if (!rc && capture)
		rc = report_capture(r, capture, e);
	if (!rc && !capture)
		report_left(r, "capture", "none was named; --capture FILE adds the end of one");
	if (!rc)
		rc = report_about(r, run, e);
	return rc ? rc : report_pack(r, e);
}

static void print_json(const struct report *r, const struct report_run *run)
{
	struct buf b = {0};

	buf_str(&b, "{\"schema\":1,\"file\":");
	buf_json_str(&b, r->out);
	buf_printf(&b, ",\"bytes\":%lld,\"run\":", (long long)r->bytes);
	if (run->run)
		buf_printf(&b, "%lld", (long long)run->run);
	else
		buf_str(&b, "null");
	report_contents_json(&b, r);
	buf_str(&b, ",\n\"sent\":false}");
	puts(b.p);
	buf_fini(&b);
}

static void print_text(const struct report *r)
{
	printf("%s, %.1f kB\n", r->out, (double)r->bytes / 1e3);
	for (unsigned i = 0; i < r->parts; i++)
		printf("  %-24s %8.1f kB  %s\n", r->part[i].name, (double)r->part[i].bytes / 1e3,
		       r->part[i].note);
	if (r->lefts)
		puts("left out");
	for (unsigned i = 0; i < r->lefts; i++)
		printf("  %-24s %s\n", r->left[i].name, r->left[i].note);
	puts("replaced");
	for (unsigned k = 0; k < REDACT_KINDS; k++) {
		if (k == REDACT_SECRET || r->redacts)
			printf("  %-24s %8llu\n", redact_word(k),
			       (unsigned long long)redact_count(r->redact, k));
	}
	if (!r->redacts)
		puts("  tasks, names, serial numbers and addresses stay; --redact replaces them, "
		     "too");
	puts("Nothing was sent anywhere. Look into it (tar -xzf), then attach it to an issue.");
}

/* The name as a person reads it: clean, of the working folder. */
static char *out_dup(struct app *app, const char *name)
{
	const char *out = opts_text(&app->opts, "out");
	struct buf b = {0};

	if (out)
		return xstrdup(out);
	buf_printf(&b, "%s.tar.gz", name);
	return b.p;
}

static int write_report(struct app *app, const struct report_run *run, struct err *e)
{
	struct report *r = xcalloc(1, sizeof(*r));
	char name[64] = "policytop-report";
	int rc;

	if (run->run)
		snprintf(name, sizeof(name), "policytop-report-%lld", (long long)run->run);
	r->redacts = opts_has(&app->opts, "redact");
	r->pictures = opts_has(&app->opts, "pictures");
	r->redact = redact_new(r->redacts);
	r->out = out_dup(app, name);
	rc = report_open(r, name, e);
	if (!rc)
		rc = fill(r, run, opts_text(&app->opts, "capture"), e);
	report_close(r);
	if (!rc && opts_has(&app->opts, "json"))
		print_json(r, run);
	else if (!rc)
		print_text(r);
	redact_free(r->redact);
	free(r->out);
	free(r);
	return rc;
}

static int run(struct app *app)
{
	struct report_run about = {0};
	struct err e = {0};
	int rc;

	if (app->argc > 1)
		rc = err_set(&e, EINVAL, "bug-report: one run at a time, please");
	else
		rc = find_run(&about, app, &e);
	if (!rc)
		rc = write_report(app, &about, &e);
	run_fini(&about);
	if (rc == -EEXIST)
		return cmd_fail_status(&e, EXIT_USAGE);
	return rc ? cmd_fail(&e) : EXIT_OK;
}

static const struct opt options[] = {
	{"out", "FILE", "name of the report; a file that is there is never replaced"},
	{"capture", "FILE", "add the end of this capture, at most 16 MB, which raw: replays"},
	{"pictures", NULL, "add the thumbnails of cameras and of training: private data"},
	{"redact", NULL, "replace tasks, names, serial numbers and addresses, drop large payloads"},
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_bug_report = {
	.name = "bug-report",
	.operands = "[RUN|last]",
	.summary = "what others need to see a fault, as one file; sends nothing",
	.options = options,
	.run = run,
};
