/* SPDX-License-Identifier: Apache-2.0 */
/* The words of this machine and of a run that nobody else should read, as far as they are known. */
#include "cmd/report_impl.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "db/profiles.h"
#include "db/reader.h"
#include "rig/rig_file.h"

enum { HOST_BYTES = 256 };

static void know(struct report *r, enum redact_kind kind, const char *text)
{
	if (text && *text)
		redact_know(r->redact, kind, text, strlen(text));
}

static void know_home(struct report *r, const char *home)
{
	size_t len = home ? strlen(home) : 0;

	while (len && home[len - 1] == '/')
		len--;
	if (len)
		redact_know(r->redact, REDACT_HOME, home, len);
}

static void know_host(struct report *r, const char *host, size_t len)
{
	const char *dot = memchr(host, '.', len);

	if (!len || (len == 9 && memcmp(host, "localhost", len) == 0))
		return;
	redact_know(r->redact, REDACT_HOST, host, len);
	if (dot && dot > host)
		redact_know(r->redact, REDACT_HOST, host, (size_t)(dot - host));
}

static void know_machine(struct report *r)
{
	const struct passwd *pw = getpwuid(getuid());
	char host[HOST_BYTES] = "";

	know_home(r, getenv("HOME"));
	know(r, REDACT_USER, getenv("USER"));
	know(r, REDACT_USER, getenv("LOGNAME"));
	know(r, REDACT_USER, getenv("SUDO_USER"));
	if (pw) {
		know_home(r, pw->pw_dir);
		know(r, REDACT_USER, pw->pw_name);
	}
	if (gethostname(host, sizeof(host) - 1) == 0)
		know_host(r, host, strlen(host));
}

static bool in_host(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.' || c == '_';
}

/* "tcp:robot7:9000": a name before a port, which no form of an address would tell. */
void report_know_source(struct report *r, const char *word)
{
	const char *colon = word;

	redact_learn(r->redact, word, strlen(word));
	while ((colon = strchr(colon, ':'))) {
		const char *from = colon, *p;
		bool letters = false;

		while (from > word && in_host(from[-1]))
			from--;
		for (p = from; p < colon; p++)
			letters |= isalpha((unsigned char)*p) != 0;
		/* Before the first colon is the kind. */
		if (letters && from > word && isdigit((unsigned char)colon[1]) &&
		    (from[-1] == ':' || from[-1] == '=' || from[-1] == '/' || from[-1] == '@'))
			know_host(r, from, (size_t)(colon - from));
		colon++;
	}
}

static void know_rig(void *host, const char *name)
{
	struct report *r = host;
	struct rig *rig = xcalloc(1, sizeof(*rig));
	struct rig_errors errors;
	struct err e = {0};

	/* What could be read is enough: the text goes through the forms anyway. */
	rig_file_load(rig, &errors, name, &e);
	know(r, REDACT_TASK, rig->task);
	for (unsigned i = 0; i < rig->cameras; i++)
		know(r, REDACT_SERIAL, rig->camera[i].serial);
	for (unsigned i = 0; i < rig->sources.n; i++)
		report_know_source(r, rig->sources.word[i]);
	report_know_source(r, rig->server);
	free(rig);
}

static void know_profile(struct report *r, const struct report_run *run)
{
	struct err e = {0};
	struct profile *p = run->profile[0] ? profiles_get(run->db, run->profile, &e) : NULL;

	for (size_t i = 0; p && i < p->ntasks; i++)
		know(r, REDACT_TASK, p->tasks[i].task);
	if (p)
		profile_free(p);
}

static int take_text(void *host, int n, const struct value *v, struct err *e)
{
	struct report *r = host;
	const char *kind = n == 2 && v[0].type == VALUE_TEXT ? v[0].text : "";

	(void)e;
	if (n != 2 || v[1].type != VALUE_TEXT)
		return 0;
	if (kind[0] == 't')
		redact_know(r->redact, REDACT_TASK, v[1].text, v[1].len);
	else if (kind[0] == 's')
		redact_know(r->redact, REDACT_SERIAL, v[1].text, v[1].len);
	else if (kind[0] == 'w')
		report_know_source(r, v[1].text);
	else
		redact_learn(r->redact, v[1].text, v[1].len);
	return 0;
}

/* A file of an older version lacks a table or a column of the later ones: then that says nothing. */
static void know_run(struct report *r, const struct report_run *run)
{
	static const char *const sql[] = {
		"SELECT 't', task FROM runs WHERE run = :run",
		"SELECT DISTINCT 't', task FROM episodes WHERE run = :run",
		"SELECT DISTINCT 't', prompt FROM chunks WHERE run = :run",
		"SELECT DISTINCT 's', serial FROM frames WHERE run = :run AND serial IS NOT NULL",
		"SELECT 'w', word FROM run_source WHERE run = :run",
		"SELECT '-', policy FROM runs WHERE run = :run",
		"SELECT '-', text FROM notes WHERE run = :run",
		"SELECT '-', note FROM episodes WHERE run = :run AND note IS NOT NULL",
		"SELECT '-', message FROM verdicts WHERE run = :run",
	};
	const struct param params[] = {
		{.name = ":run", .value = {.type = VALUE_INT, .i = run->run}}, {0}};
	const struct rows rows = {.ctx = r, .row = take_text};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		const struct query q = {.sql = sql[i], .params = params, .limit_s = 1};

		db_query(run->db, &q, &rows, NULL);
	}
}

void report_know(struct report *r, const struct report_run *run)
{
	know_machine(r);
	if (run->run && run->rig[0])
		know_rig(r, run->rig);
	else
		rig_file_each(know_rig, r, NULL);
	if (run->run) {
		know_profile(r, run);
		know_run(r, run);
	}
}
