/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop record`: keeps an engine alive until its sources end, without a screen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/result.h"
#include "engine/supervise.h"

static double number(const cJSON *o, const char *key)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsNumber(n) ? n->valuedouble : 0;
}

static const char *text_of(const cJSON *o, const char *key)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));

	return s ? s : "";
}

static void tell_ready(const cJSON *o, bool profile)
{
	const cJSON *s;

	fprintf(stderr, "policytop: recording as '%s'%s\n", text_of(o, "rig"),
		profile ? "" : "; no --profile: nothing is compared with training");
	cJSON_ArrayForEach(s, cJSON_GetObjectItemCaseSensitive(o, "sources"))
	{
		if (text_of(s, "address")[0])
			fprintf(stderr, "policytop: %s listens on %s\n", text_of(s, "source"),
				text_of(s, "address"));
	}
}

static void tell_result(const cJSON *o)
{
	struct buf b = {0};

	result_line(&b, o);
	printf("%s\n", buf_text(&b));
	buf_fini(&b);
	if (number(o, "unmatched") > 0)
		fprintf(stderr,
			"policytop: %.0f of %.0f joints have no match in the profile and were not "
			"compared with it (see: policytop profile list)\n",
			number(o, "unmatched"), number(o, "joints"));
	if (number(o, "bad_lines") > 0)
		fprintf(stderr, "policytop: %.0f bad lines; the first: %s\n",
			number(o, "bad_lines"), text_of(o, "bad_line"));
	if (text_of(o, "source_error")[0])
		fprintf(stderr, "policytop: %s\n", text_of(o, "source_error"));
	if (text_of(o, "unsaved")[0])
		fprintf(stderr, "policytop: not everything was recorded: %s\n",
			text_of(o, "unsaved"));
}

struct listener {
	bool json, profile;
};

static void on_line(void *host, const char *text)
{
	const struct listener *l = host;
	cJSON *o = l->json ? NULL : cJSON_Parse(text);

	if (l->json)
		puts(text);
	else if (cJSON_HasObjectItem(o, "ready"))
		tell_ready(o, l->profile);
	else if (cJSON_HasObjectItem(o, "run"))
		tell_result(o);
	fflush(stdout);
	cJSON_Delete(o);
}

static int fill(struct launch *l, struct app *app, char rig[RIG_BYTES], struct err *e)
{
	const struct opts *o = &app->opts;
	int rc = opts_double(o, "seconds", 0, 1e9, 0, &l->seconds, e);

	if (!rc)
		rc = opts_i64(o, "steps", 0, INT64_MAX, 0, &l->steps, e);
	if (!rc && !app->argc)
		rc = err_set(e, EINVAL, "record what? (see: policytop list sources)");
	rig_default(rig);
	l->rig = opts_has(o, "rig") ? opts_text(o, "rig") : rig;
	l->db = app->db;
	l->profile = opts_text(o, "profile");
	l->capture = opts_text(o, "capture");
	l->full_rate = opts_has(o, "full-rate");
	l->source = (const char *const *)app->argv;
	l->sources = (unsigned)app->argc;
	return rc;
}

static int run(struct app *app)
{
	struct listener host = {.json = opts_has(&app->opts, "json"),
				.profile = opts_has(&app->opts, "profile")};
	char rig[RIG_BYTES];
	struct launch l = {0};
	struct err e = {0};
	int rc = fill(&l, app, rig, &e);

	if (!rc)
		rc = supervise(&l, on_line, &host, &e);
	return rc < 0 ? cmd_fail(&e) : rc;
}

static const struct opt options[] = {
	{"profile", "NAME", "training profile to judge by (see learn)"},
	{"seconds", "N", "end after so long"},
	{"steps", "N", "end after so many steps"},
	{"capture", "FILE", "also write what the sources read, for raw:FILE"},
	{"full-rate", NULL, "keep each value of each source at its own time, too (samples)"},
	{"rig", "NAME", "name of the run, for watch and stop (run-PID)"},
	{"json", NULL, "print JSON lines: ready, then the result"},
	{0},
};

const struct command command_record = {
	.name = "record",
	.operands = "SOURCE…",
	.summary = "record and judge without a screen",
	.options = options,
	.run = run,
};
