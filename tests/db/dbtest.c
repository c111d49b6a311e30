/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/db/dbtest.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

void scratch_make(struct scratch *s)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(s->dir, sizeof(s->dir), "%.40s/ptdbXXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(s->dir)) {
		perror(s->dir);
		exit(99);
	}
	snprintf(s->file, sizeof(s->file), "%s/runs.db", s->dir);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void scratch_remove(struct scratch *s)
{
	nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void sql_text(const char *file, const char *sql, char *dst, size_t size)
{
	sqlite3 *h = NULL;
	sqlite3_stmt *st = NULL;

	text_copy(dst, size, "?");
	if (sqlite3_open_v2(file, &h, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_busy_timeout(h, 5000) == SQLITE_OK &&
	    sqlite3_prepare_v2(h, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		text_copy(dst, size, text ? text : "NULL");
	} else {
		printf("# %s: %s\n", sql, sqlite3_errmsg(h));
	}
	sqlite3_finalize(st);
	sqlite3_close(h);
}

int64_t sql_number(const char *file, const char *sql)
{
	char text[64];
	int64_t n;

	sql_text(file, sql, text, sizeof(text));
	return text_to_i64(text, &n) ? n : -1;
}

bool sql_do(const char *file, const char *sql)
{
	sqlite3 *h = NULL;
	bool good = sqlite3_open(file, &h) == SQLITE_OK &&
		    sqlite3_exec(h, sql, NULL, NULL, NULL) == SQLITE_OK;

	if (!good)
		printf("# %s: %s\n", sql, sqlite3_errmsg(h));
	sqlite3_close(h);
	return good;
}

char *test_fixture(const char *name, char **path)
{
	static const size_t size = 1 << 16;
	const char *top = getenv("TOP_SRCDIR");
	static char where[512];
	char *text = calloc(1, size);
	FILE *f;

	snprintf(where, sizeof(where), "%s/tests/db/%s", top ? top : ".", name);
	f = fopen(where, "r");
	*path = where;
	if (!f || !fread(text, 1, size - 1, f)) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}
