/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two programs on one port: each takes bytes that are the other's, and both see broken replies. As
 * root nothing keeps the second one out.
 */
#include <stdio.h>

#include "check/check.h"

static const struct check_param params[] = {{0}};

struct memory {
	bool any;
	unsigned subject;
	int64_t openers;
};

static void bus(struct check *c, unsigned subject, const struct bus *b)
{
	struct memory *m = c->memory;
	struct finding f = {LEVEL_FAIL, subject, (double)b->openers, 1, "programs"};

	if (b->openers < 0)
		return;
	m->any = true;
	m->subject = subject;
	m->openers = b->openers;
	if (b->openers > 0)
		check_find(c, &f,
			   "%s: another program has opened the port: they take each other's bytes",
			   b->name);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any)
		return;
	check_reading(c, out, m->subject, (double)m->openers, 1, "programs");
	snprintf(out->why, sizeof(out->why), "%lld other programs have the port open",
		 (long long)m->openers);
}

const struct check_class check_bus_shared = {
	.name = "bus-shared",
	.summary = "another program has the same port open",
	.needs = NEED_BUS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.bus = bus,
	.show = show,
};
