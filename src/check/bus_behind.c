/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client that takes every reply for the answer to its newest request. Feetech's SDK never empties
 * its buffer: after one reply that came late, each read gives the state of the tick before, for
 * ever and without an error.
 */
#include <stdio.h>

#include "check/check.h"

static const struct check_param params[] = {{0}};

struct memory {
	bool any, behind;
	unsigned subject;
	int64_t late;
};

static void bus(struct check *c, unsigned subject, const struct bus *b)
{
	struct memory *m = c->memory;
	struct finding f = {LEVEL_FAIL, subject, 1, 1, "replies"};

	if (b->behind < 0)
		return;
	m->any = true;
	m->behind = b->behind > 0;
	m->subject = subject;
	m->late = b->late;
	if (b->behind > 0)
		check_find(
			c, &f,
			"%s: the client reads one reply behind. Start it anew: its state is a tick old",
			b->name);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any)
		return;
	check_reading(c, out, m->subject, m->behind, 1, "replies");
	snprintf(out->why, sizeof(out->why), "%s, %lld replies came late so far",
		 m->behind ? "one reply behind" : "replies are read as they come",
		 (long long)m->late);
}

const struct check_class check_bus_behind = {
	.name = "bus-behind",
	.summary = "a client that reads each reply one too late",
	.needs = NEED_BUS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.bus = bus,
	.show = show,
};
