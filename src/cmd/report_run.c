/* SPDX-License-Identifier: Apache-2.0 */
/* What the database has of a run: at a glance, the profile that it was judged by, and its rows. */
#include "cmd/report_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/run_show.h"
#include "db/extract.h"
#include "db/profiles.h"

static int add_show(struct report *r, const struct report_run *run, struct err *e)
{
	struct err why = {0};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc = f ? run_show(f, run->db, run->run, true, &why)
		   : err_set(&why, errno, "%s", strerror(errno));

	if (f)
		fclose(f);
	if (rc)
		report_left(r, "show.json", "%s", why.msg);
	rc = rc ? 0 : report_add(r, "show.json", text, len, "what show --json says", e);
	free(text);
	return rc;
}

/* The profile without pictures, or as it is. NULL: it cannot be read, see e. */
static char *profile_text_dup(const struct report_run *run, bool pictures, struct err *e)
{
	struct profile *p;
	char *text;

	if (pictures)
		return profiles_json_dup(run->db, run->profile, e);
	p = profiles_get(run->db, run->profile, e);
	if (!p)
		return NULL;
	text = profile_to_brief_json_dup(p);
	profile_free(p);
	return text;
}

static int add_profile(struct report *r, const struct report_run *run, struct err *e)
{
	struct err why = {0};
	char *text = run->profile[0] ? profile_text_dup(run, r->pictures, &why) : NULL;
	int rc = 0;

	if (!run->profile[0])
		report_left(r, "profile.json", "the run had no training profile");
	else if (!text)
		report_left(r, "profile.json", "%s", why.msg);
	else
		rc = report_add(r, "profile.json", text, strlen(text),
				r->pictures ? "the training profile, with pictures"
					    : "the training profile",
				e);
	free(text);
	return rc;
}

/* What the texts of the rows go through. */
struct filter {
	struct report *r;
	const struct report_run *run;
	struct buf text;
};

static const char *filter_text(void *host, const char *table, const char *column, const char *text,
			       size_t *len)
{
	struct filter *f = host;
	struct err why = {0};
	char *brief = NULL;

	buf_clear(&f->text);
	if (!f->r->pictures && !strcmp(table, "profile") && !strcmp(column, "json")) {
		brief = profile_text_dup(f->run, false, &why);
		text = brief ? brief : "";
		*len = strlen(text);
	}
	redact_text(f->r->redact, &f->text, text, *len);
	free(brief);
	*len = f->text.len;
	return buf_text(&f->text);
}

static bool filter_stop(void *host)
{
	const struct filter *f = host;

	return report_stopped(f->r);
}

static void tell_rows(struct report *r, const struct db_extracted *did)
{
	char note[REPORT_NOTE_BYTES];

	snprintf(note, sizeof(note), "its %lld rows, for sqlite3 and policytop --db",
		 (long long)did->rows);
	report_made(r, "run.db", note);
	if (did->kept_s < did->run_s)
		report_left(r, "steps",
			    "run.db has the last %.0f s of %.0f s, and all episodes "
			    "and verdicts",
			    did->kept_s, did->run_s);
	if (!r->pictures)
		report_left(r, "pictures",
			    "thumbnails of cameras and of training; --pictures adds "
			    "them");
}

/* A disk that is full ends the report; a database that is damaged is a reason to write one. */
static int add_rows(struct report *r, const struct report_run *run, struct err *e)
{
	struct filter f = {.r = r, .run = run};
	const struct db_extract x = {
		.run = run->run,
		.pictures = r->pictures,
		.keep_ns = REPORT_KEEP_S * NS_PER_S,
		.host = &f,
		.text = filter_text,
		.stop = filter_stop,
	};
	char *path = report_path_dup(r, "run.db");
	struct db_extracted did;
	struct err why = {0};
	int rc = db_extract(run->db, path, &x, &did, &why);

	buf_fini(&f.text);
	if (!rc) {
		tell_rows(r, &did);
	} else if (rc == -EINTR) {
		*e = why;
	} else if (did.of_path) {
		rc = err_set(e, why.code == ENOSPC ? ENOSPC : EIO, "%s: there is no room for it",
			     r->out);
	} else {
		unlink(path);
		report_left(r, "run.db", "%s", why.msg);
		rc = 0;
	}
	free(path);
	return rc;
}

int report_add_run(struct report *r, const struct report_run *run, struct err *e)
{
	int rc = add_show(r, run, e);

	if (!rc)
		rc = add_profile(r, run, e);
	return rc ? rc : add_rows(r, run, e);
}
