/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/registry.h"

#include <string.h>

#include "cmd/cmd.h"
#include "source/source.h"

static bool commands_row(size_t i, struct registry_row *r)
{
	const struct command *c = command_table[i];

	if (!c)
		return false;
	*r = (struct registry_row){"", c->name, c->operands, c->summary, 0};
	return true;
}

static bool options_row(size_t i, struct registry_row *r)
{
	for (size_t c = 0; command_table[c]; c++) {
		for (const struct opt *o = command_table[c]->options; o->name; o++) {
			if (i--)
				continue;
			*r = (struct registry_row){command_table[c]->name, o->name,
						   o->arg ? o->arg : "", o->help, 0};
			return true;
		}
	}
	return false;
}

static bool sources_row(size_t i, struct registry_row *r)
{
	const struct source_class *s = source_table[i];

	if (!s)
		return false;
	*r = (struct registry_row){"", s->kind, s->rest, s->summary, s->facts};
	return true;
}

static bool parameters_row(size_t i, struct registry_row *r)
{
	for (size_t s = 0; source_table[s]; s++) {
		for (const struct source_param *p = source_table[s]->params; p && p->key; p++) {
			if (i--)
				continue;
			*r = (struct registry_row){source_table[s]->kind, p->key, p->unit, p->help,
						   0};
			return true;
		}
	}
	return false;
}

const struct registry registry_table[] = {
	{"commands", commands_row},
	{"options", options_row},
	{"sources", sources_row},
	{"parameters", parameters_row},
	{NULL, NULL},
};

const struct registry *registry_find(const char *name)
{
	for (const struct registry *g = registry_table; g->name; g++) {
		if (strcmp(g->name, name) == 0)
			return g;
	}
	return NULL;
}
