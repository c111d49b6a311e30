/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop list`: prints the registries, so that what exists is never a matter of memory. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/registry.h"
#include "model/event.h"

static void print_facts(const struct registry_row *r)
{
	for (unsigned i = 0; i < FACT_N; i++) {
		if (r->facts & 1u << i)
			printf(" %s", fact_word(i));
	}
	putchar('\n');
}

static void print_rows(const struct registry *g, bool facts)
{
	struct registry_row r;

	for (size_t i = 0; g->row(i, &r); i++) {
		char left[80];

		snprintf(left, sizeof(left), "%s%s%s%s%s", r.of, r.of[0] ? " " : "", r.name,
			 r.arg[0] ? " " : "", r.arg);
		printf("%-28s %s", left, facts ? "" : r.text);
		if (facts)
			print_facts(&r);
		else
			putchar('\n');
	}
}

static void json_row(struct buf *b, const struct registry_row *r, bool facts)
{
	buf_str(b, "{\"name\":");
	buf_json_str(b, r->name);
	if (r->of[0]) {
		buf_str(b, ",\"of\":");
		buf_json_str(b, r->of);
	}
	buf_str(b, ",\"arg\":");
	buf_json_str(b, r->arg);
	buf_str(b, ",\"summary\":");
	buf_json_str(b, r->text);
	if (facts) {
		const char *between = "";

		buf_str(b, ",\"facts\":[");
		for (unsigned i = 0; i < FACT_N; i++) {
			if (!(r->facts & 1u << i))
				continue;
			buf_str(b, between);
			buf_json_str(b, fact_word(i));
			between = ",";
		}
		buf_str(b, "]");
	}
	buf_str(b, "}");
}

static void print_json(const struct registry *g, bool facts)
{
	struct buf b = {0};
	struct registry_row r;

	buf_printf(&b, "{\"schema\":1,\"%s\":[", g->name);
	for (size_t i = 0; g->row(i, &r); i++) {
		if (i)
			buf_str(&b, ",");
		json_row(&b, &r, facts);
	}
	buf_str(&b, "]}");
	puts(buf_text(&b));
	buf_fini(&b);
}

/* One line a row for scripts: registry, owner, name, argument and summary, tab between them. */
static void print_all(void)
{
	for (const struct registry *g = registry_table; g->name; g++) {
		struct registry_row r;

		for (size_t i = 0; g->row(i, &r); i++)
			printf("%s\t%s\t%s\t%s\t%s\n", g->name, r.of, r.name, r.arg, r.text);
	}
}

static int fail_unknown(const char *word)
{
	struct buf b = {0};
	struct err e;

	for (const struct registry *g = registry_table; g->name; g++)
		buf_printf(&b, "%s%s", g == registry_table ? "" : ", ", g->name);
	err_set(&e, EINVAL, "list: no registry '%s'; there are %s", word, buf_text(&b));
	buf_fini(&b);
	return cmd_fail(&e);
}

static int run(struct app *app)
{
	bool facts = opts_has(&app->opts, "facts");
	const char *word = app->argc ? app->argv[0] : "";
	const struct registry *g = registry_find(word);

	if (app->argc == 1 && strcmp(word, "all") == 0) {
		print_all();
		return EXIT_OK;
	}
	if (!g || app->argc != 1)
		return fail_unknown(word);
	if (facts && strcmp(word, "sources") != 0) {
		struct err e;

		err_set(&e, EINVAL, "list: --facts is about sources");
		return cmd_fail(&e);
	}
	if (opts_has(&app->opts, "json"))
		print_json(g, facts);
	else
		print_rows(g, facts);
	return EXIT_OK;
}

static const struct opt options[] = {
	{"facts", NULL, "sources: which facts each can give"},
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_list = {
	.name = "list",
	.operands = "REGISTRY",
	.summary = "print a registry: commands, options, sources, checks",
	.options = options,
	.run = run,
};
