/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies that take long. The commonest cause is a USB serial chip that waits 16 ms for more bytes
 * before it hands any on; a loop at 50 Hz has 20.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_TIMER, P_REPLY, P_WORST };

static const struct check_param params[] = {
	{"timer", "ms", 2, 0, 255, "a chip's latency timer that is a warning"},
	{"reply", "ms", 8, 0, 1000, "median time to the last reply that is a warning"},
	{"worst", "ms", 30, 0, 10000,
	 "a single reply that is a note: the SDKs give up at 34 or 50"},
	{0},
};

enum { SLOW = 2 /* readings in a row: a loop that begins is no slow bus */ };

struct memory {
	unsigned slow[RUN_BUSES]; /* readings in a row with a slow median */
	bool any;
	unsigned subject;
	double reply, timer;
};

static void bus(struct check *c, unsigned subject, const struct bus *b)
{
	struct memory *m = c->memory;
	struct finding f = {LEVEL_WARN, subject, b->latency_timer_ms, c->param[P_TIMER], "ms"};
	unsigned *slow = &m->slow[subject - SUBJECT_BUS];

	if (b->latency_timer_ms >= c->param[P_TIMER])
		check_find(
			c, &f,
			"%s: the USB chip's latency timer is %.0f ms: echo 1 into its latency_timer",
			b->name, b->latency_timer_ms);
	f.value = b->reply_ms;
	f.threshold = c->param[P_REPLY];
	*slow = b->reply_ms >= c->param[P_REPLY] ? *slow + 1 : 0;
	if (*slow >= SLOW)
		check_find(c, &f, "%s: replies take %.1f ms (median)", b->name, b->reply_ms);
	f.level = LEVEL_NOTE;
	f.value = b->worst_ms;
	f.threshold = c->param[P_WORST];
	if (b->worst_ms >= c->param[P_WORST])
		check_find(c, &f, "%s: a reply took %.0f ms", b->name, b->worst_ms);
	if (isnan(b->reply_ms) || (m->any && subject != m->subject && b->reply_ms < m->reply))
		return;
	m->any = true;
	m->subject = subject;
	m->reply = b->reply_ms;
	m->timer = b->latency_timer_ms;
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any)
		return;
	check_reading(c, out, m->subject, m->reply, c->param[P_REPLY], "ms");
	snprintf(out->why, sizeof(out->why), "replies take %.2f ms (median)", m->reply);
}

const struct check_class check_bus_latency = {
	.name = "bus-latency",
	.summary = "replies of the motors that take long",
	.needs = NEED_BUS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.bus = bus,
	.show = show,
};
