/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop profile`: the training profiles of the database: list, show, export, import, rm. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/rows.h"
#include "db/profiles.h"

enum { PROFILE_FILE_MAX = 256 << 20 };

static const char list_sql[] =
	"SELECT profile, robot, fps, episodes, frames, learned_utc FROM profiles ORDER BY profile";

static const char show_sql[] =
	"SELECT profile, robot, fps, episodes, frames, learned_utc FROM profiles "
	"WHERE profile = :profile";

static const char joints_sql[] =
	"SELECT feature, joint, unit, min, q01, q50, q99, max, mean, std, delta_q99, delta_max, "
	"start_mean, start_std FROM profile_joints WHERE profile = :profile "
	"ORDER BY feature, place";

/* Prints rows of one or two statements; the first must have one when a name is given. */
static int print_rows(struct db *db, const char *const *sql, const char *name, const char *json,
		      struct err *e)
{
	const struct param params[] = {
		{.name = ":profile", .value = {.type = VALUE_TEXT, .text = name}}, {0}};
	FILE *spool = rows_spool(e);
	int64_t rows = spool ? 0 : -e->code;

	if (!spool)
		return (int)rows;
	fputs(json ? json : "", spool);
	for (size_t i = 0; rows >= 0 && sql[i]; i++) {
		struct query q = {.sql = sql[i], .params = name ? params : NULL};

		fputs(i ? "\n" : "", spool);
		rows = rows_write(spool, db, &q, json ? ROWS_JSON : ROWS_TABLE, e);
	}
	fputs(json ? "}\n" : "", spool);
	if (rows >= 0)
		return rows_deliver(spool, e);
	fclose(spool);
	return (int)rows;
}

static int list(struct db *db, struct app *app, struct err *e)
{
	static const char *const sql[] = {list_sql, NULL};

	return print_rows(db, sql, NULL,
			  opts_has(&app->opts, "json") ? "{\"schema\":1,\"profiles\":" : NULL, e);
}

static int show(struct db *db, struct app *app, struct err *e)
{
	static const char *const sql[] = {show_sql, joints_sql, NULL};
	struct profile *p = profiles_get(db, app->argv[1], e);
	int rc = 0;

	if (!p)
		return -e->code;
	if (opts_has(&app->opts, "json")) {
		char *json = profile_to_brief_json_dup(p);

		puts(json);
		free(json);
	} else {
		rc = print_rows(db, sql, app->argv[1], NULL, e);
	}
	profile_free(p);
	return rc;
}

static int write_failed(const char *path, struct err *e)
{
	int why = errno;

	/* EFBIG is of files that are read; here it means no room. */
	return err_set(e, why == EFBIG ? ENOSPC : why, "%s: %s", path, strerror(why));
}

/*
 * Whole or not at all: written beside FILE, then renamed. A device or a pipe is written to itself:
 * a file must not take its place.
 */
static int write_file(const char *path, const char *text, struct err *e)
{
	struct buf part = {0};
	struct stat st;
	bool beside = stat(path, &st) != 0 || S_ISREG(st.st_mode);
	FILE *f;
	int rc = 0;

	buf_printf(&part, beside ? "%s.part" : "%s", path);
	f = fopen(part.p, "we");
	if (!f || fprintf(f, "%s\n", text) < 0 || fflush(f) || (beside && fsync(fileno(f))))
		rc = write_failed(path, e);
	if (f && fclose(f) && !rc)
		rc = write_failed(path, e);
	if (!rc && beside && rename(part.p, path))
		rc = write_failed(path, e);
	if (rc && f && beside)
		unlink(part.p);
	buf_fini(&part);
	return rc;
}

static int export_one(struct db *db, struct app *app, struct err *e)
{
	char *json = profiles_json_dup(db, app->argv[1], e);
	int rc = 0;

	if (!json)
		return -e->code;
	if (strcmp(app->argv[2], "-") == 0)
		puts(json);
	else
		rc = write_file(app->argv[2], json, e);
	free(json);
	return rc;
}

static char *read_file(const char *path, size_t *len, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	struct buf b = {0};
	char block[65536];
	size_t n;

	if (!f) {
		err_set(e, errno, "%s: %m", path);
		return NULL;
	}
	while (b.len <= PROFILE_FILE_MAX && (n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&b, block, n);
	if (ferror(f))
		err_set(e, errno == EISDIR ? EISDIR : EIO, "%s: cannot be read", path);
	else if (b.len > PROFILE_FILE_MAX)
		err_set(e, EBADMSG, "%s: too large for a profile", path);
	else if (!b.len)
		err_set(e, EBADMSG, "%s: is empty", path);
	if (f != stdin)
		fclose(f);
	*len = b.len;
	if (e->code)
		buf_fini(&b);
	return b.p;
}

static int import_one(struct db *db, struct app *app, struct err *e)
{
	const char *name = opts_text(&app->opts, "name");
	struct profile *p = NULL;
	size_t len = 0;
	char *text = read_file(app->argv[1], &len, e);
	int rc;

	if (text) {
		p = profile_from_json(text, len, e);
		if (!p)
			err_prefix(e, "%s", app->argv[1]);
		free(text);
	}
	if (!p)
		return -e->code;
	if (name)
		text_clean(p->name, sizeof(p->name), name, strlen(name));
	rc = profiles_put(db, p, e);
	if (!rc)
		fprintf(stderr, "policytop: profile %s imported\n", p->name);
	profile_free(p);
	return rc;
}

static int remove_one(struct db *db, struct app *app, struct err *e)
{
	return profiles_remove(db, app->argv[1], e);
}

static const struct action {
	const char *word;
	int operands; /* the word included */
	enum db_mode mode;
	int (*run)(struct db *db, struct app *app, struct err *e);
} actions[] = {
	{"list", 1, DB_READ, list},	    {"show", 2, DB_READ, show},
	{"export", 3, DB_READ, export_one}, {"import", 2, DB_WRITE, import_one},
	{"rm", 2, DB_WRITE, remove_one},
};

static const struct action *find_action(const struct app *app)
{
	for (size_t i = 0; app->argc && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].word, app->argv[0]) == 0 && actions[i].operands == app->argc)
			return &actions[i];
	}
	return NULL;
}

static int run(struct app *app)
{
	const struct action *a = find_action(app);
	struct err e = {0};
	struct db *db;
	char *path;
	int rc;

	if (!a) {
		err_set(&e, EINVAL,
			"profile: list, show NAME, export NAME FILE, import FILE, or rm "
			"NAME");
		return cmd_fail(&e);
	}
	path = cmd_db_dup(app);
	db = db_open(path, a->mode, &e);
	rc = db ? a->run(db, app, &e) : -e.code;
	db_close(db);
	free(path);
	return rc ? cmd_fail(&e) : EXIT_OK;
}

static const struct opt options[] = {
	{"json", NULL, "list, show: print one JSON object"},
	{"name", "NAME", "import: store it under this name"},
	{0},
};

const struct command command_profile = {
	.name = "profile",
	.operands = "list|show NAME|export NAME FILE|import FILE|rm NAME",
	.summary = "the training profiles that runs are judged by",
	.options = options,
	.run = run,
};
