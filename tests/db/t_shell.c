/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stock sqlite3 shell runs every canned query file unchanged and gives the rows that
 * `policytop query NAME` gives, field by field, with the run chosen and without; and so for every
 * public view.
 */
#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/reader.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

enum { OUTPUT_MAX = 4 << 20 };

/* Standard output of a shell command, parsed; NULL when it is no JSON or the command failed. */
static cJSON *json_of(const char *command)
{
	char *text = malloc(OUTPUT_MAX);
	FILE *f = popen(command, "r");
	size_t n = f ? fread(text, 1, OUTPUT_MAX - 1, f) : 0;
	cJSON *json;

	text[n] = '\0';
	if (f && pclose(f))
		printf("# %s failed\n", command);
	json = n ? cJSON_Parse(text) : cJSON_CreateArray();
	free(text);
	return json;
}

static void text_of(const char *command, char *dst, size_t size)
{
	FILE *f = popen(command, "r");

	dst[f ? fread(dst, 1, size - 1, f) : 0] = '\0';
	if (f)
		pclose(f);
}

/* The shell prints 20 digits and we the shortest that read back the same. */
static bool same_field(const cJSON *a, const cJSON *b)
{
	if ((a->type & 0xff) != (b->type & 0xff) || strcmp(a->string, b->string) != 0)
		return false;
	if (cJSON_IsString(a))
		return strcmp(a->valuestring, b->valuestring) == 0;
	if (!cJSON_IsNumber(a) || isinf(a->valuedouble))
		return !cJSON_IsNumber(a) || isinf(b->valuedouble);
	return fabs(a->valuedouble - b->valuedouble) <= 1e-15 * fabs(a->valuedouble);
}

/* How many rows both have; -1 where they differ. */
static int same_rows(const cJSON *ours, const cJSON *shell)
{
	const cJSON *a = cJSON_IsArray(ours) ? ours->child : NULL;
	const cJSON *b = cJSON_IsArray(shell) ? shell->child : NULL;
	int rows = 0;

	for (; a && b; a = a->next, b = b->next, rows++) {
		const cJSON *x = a->child, *y = b->child;

		for (; x && y && same_field(x, y); x = x->next)
			y = y->next;
		if (x || y)
			return -1;
	}
	return a || b ? -1 : rows;
}

static int compare(const char *file, const char *name, int run)
{
	const char *top = getenv("TOP_SRCDIR"), *program = getenv("POLICYTOP");
	char command[1024], only[64] = "", set[64] = "";
	cJSON *ours, *shell;
	int rows;

	if (run) {
		snprintf(only, sizeof(only), "--run %d", run);
		snprintf(set, sizeof(set), "-cmd '.parameter set :run %d'", run);
	}
	snprintf(command, sizeof(command), "'%s' --db '%s' query %s --json %s", program, file, name,
		 only);
	ours = json_of(command);
	snprintf(command, sizeof(command),
		 "sqlite3 -init /dev/null -json %s '%s' <'%s/db/queries/%s.sql'", set, file, top,
		 name);
	shell = json_of(command);
	rows = same_rows(cJSON_GetObjectItem(ours, "rows"), shell);
	cJSON_Delete(ours);
	cJSON_Delete(shell);
	return rows;
}

/* A view in both; the words keep the shell from taking a name apart. */
static int compare_view(const char *file, const char *view)
{
	const char *program = getenv("POLICYTOP");
	char command[1024];
	cJSON *ours, *shell;
	int rows;

	snprintf(command, sizeof(command), "'%s' --db '%s' query 'SELECT * FROM %s' --json",
		 program, file, view);
	ours = json_of(command);
	snprintf(command, sizeof(command), "sqlite3 -init /dev/null -json '%s' 'SELECT * FROM %s'",
		 file, view);
	shell = json_of(command);
	rows = same_rows(cJSON_GetObjectItem(ours, "rows"), shell);
	cJSON_Delete(ours);
	cJSON_Delete(shell);
	return rows;
}

static void views(struct tap *t, const char *file)
{
	static const char all[] = "SELECT group_concat(name, ' ') FROM sqlite_schema WHERE type = "
				  "'view'";
	char names[512], *save = NULL;
	unsigned n = 0;

	sql_text(file, all, names, sizeof(names));
	for (char *v = strtok_r(names, " ", &save); v; v = strtok_r(NULL, " ", &save), n++) {
		int rows = compare_view(file, v);

		ok(t, rows > 0, "view %s: %d rows, the same in a stock shell", v, rows);
	}
	ok(t, n >= 18, "%u views", n);
}

/* What people join with steps finds each by its number, and does not search the run for it. */
static void joins(struct tap *t, const char *file)
{
	static const char *const views[] = {"joint_values", "verdicts", "chunk_actions"};
	char sql[512], plan[8192];

	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		snprintf(sql, sizeof(sql),
			 "sqlite3 -init /dev/null '%s' 'EXPLAIN QUERY PLAN SELECT s.t_ns FROM %s v "
			 "LEFT JOIN steps s USING (run, seq) WHERE v.run = 1'",
			 file, views[i]);
		text_of(sql, plan, sizeof(plan));
		ok(t, strstr(plan, "step_seq (run=? AND seq=?)"), "%s joined with steps", views[i]);
	}
	sql_text(
		file,
		"SELECT count(*) FROM joint_values v JOIN steps s USING (run, seq) WHERE v.t_ns != "
		"s.t_ns",
		plan, sizeof(plan));
	ok(t, strcmp(plan, "0") == 0, "a value has the time of its step");
}

int main(void)
{
	const char *build = getenv("TOP_BUILDDIR");
	struct tap t = {0};
	char command[512];
	struct scratch s;

	if (system("sqlite3 -version >/dev/null 2>&1")) {
		tap_skip(&t, "the canned queries in a stock shell", "no sqlite3 program");
		return tap_done(&t);
	}
	scratch_make(&s);
	snprintf(command, sizeof(command), "'%s/tests/db/makedb' '%s'", build ? build : ".",
		 s.file);
	ok(&t, system(command) == 0, "a recording to ask");
	for (const struct canned *c = canned_queries; c->name; c++) {
		int all = compare(s.file, c->name, 0), one = compare(s.file, c->name, 2);

		ok(&t, all > 0, "%s: %d rows, the same in a stock shell", c->name, all);
		ok(&t, one > 0 && one < all, "%s of one run: %d rows, the same", c->name, one);
	}
	views(&t, s.file);
	joins(&t, s.file);
	scratch_remove(&s);
	return tap_done(&t);
}
