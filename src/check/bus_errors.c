/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies that do not come, come damaged, or have to be asked for again. Cables, connectors and
 * power make them; LeRobot before 0.6.1 gives up at the first.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_WARN, P_FAIL, P_SHARE };

static const struct check_param params[] = {
	{"warn", "/min", 3, 0, 1e6, "errors in the last minute that are a warning"},
	{"fail", "/min", 60, 0, 1e6, "and a failure, when they are also a share of all"},
	{"share", "%", 1, 0, 100, "that share of the requests of the minute"},
	{0},
};

enum { RING = 64 };

struct minute {
	unsigned n; /* readings so far */
	double at_s[RING];
	int64_t errors[RING], requests[RING];
};

struct memory {
	struct minute bus[RUN_BUSES];
	bool any;
	unsigned subject;
	double rate;
};

/* The oldest reading that is at most a minute old, and no newer than the one before this. */
static unsigned oldest(const struct minute *m, double now_s)
{
	unsigned kept = m->n < RING ? m->n : RING, best = m->n - 1;

	for (unsigned i = 1; i <= kept; i++) {
		if (now_s - m->at_s[(m->n - i) % RING] > 60)
			break;
		best = m->n - i;
	}
	return best % RING;
}

static void judge(struct check *c, unsigned subject, const struct bus *b, double rate,
		  int64_t requests)
{
	double share = requests > 0 ? 100 * rate / (double)requests : 100;
	struct finding f = {LEVEL_WARN, subject, rate, c->param[P_WARN], "/min"};

	if (rate >= c->param[P_FAIL] && share >= c->param[P_SHARE]) {
		f.level = LEVEL_FAIL;
		f.threshold = c->param[P_FAIL];
	}
	if (rate < f.threshold)
		return;
	check_find(
		c, &f,
		"%s: %.0f bad replies in a minute (so far %lld asked again, %lld missing, %lld damaged)",
		b->name, rate, (long long)b->retries, (long long)b->timeouts,
		(long long)b->corrupt);
}

static void bus(struct check *c, unsigned subject, const struct bus *b)
{
	struct memory *m = c->memory;
	struct minute *k = &m->bus[subject - SUBJECT_BUS];
	int64_t errors = b->retries + b->timeouts + b->corrupt;
	unsigned at = k->n % RING, from;
	double rate;

	if (b->tx_errors >= 0 || b->rx_errors >= 0)
		return; /* of a CAN controller: can-bus */
	k->at_s[at] = c->now_s;
	k->errors[at] = errors;
	k->requests[at] = b->transactions;
	k->n++;
	from = oldest(k, c->now_s);
	rate = (double)(errors - k->errors[from]);
	if (!m->any || subject == m->subject || rate > m->rate) {
		m->any = true;
		m->subject = subject;
		m->rate = rate;
	}
	judge(c, subject, b, rate, b->transactions - k->requests[from]);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any)
		return;
	check_reading(c, out, m->subject, m->rate, c->param[P_WARN], "/min");
	snprintf(out->why, sizeof(out->why), "%.0f bad replies in the last minute", m->rate);
}

const struct check_class check_bus_errors = {
	.name = "bus-errors",
	.summary = "replies that are missing, damaged or asked again",
	.needs = NEED_BUS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.bus = bus,
	.show = show,
};
