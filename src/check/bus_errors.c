/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies that do not come, come damaged, or have to be asked for again, and bytes that belong to no
 * packet. Cables, connectors and power make them; LeRobot before 0.6.1 gives up at the first. A bus
 * that is gone, or that nobody answers on, is the worst of it.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_WARN, P_FAIL, P_SHARE, P_NOISE };

static const struct check_param params[] = {
	{"warn", "/min", 3, 0, 1e6, "errors in the last minute that are a warning"},
	{"fail", "/min", 60, 0, 1e6, "and a failure, when they are also a share of all"},
	{"share", "%", 1, 0, 100, "that share of the requests of the minute"},
	{"noise", "bytes/min", 20, 0, 1e9, "bytes of no packet in the last minute: a warning"},
	{0},
};

enum { RING = 64, SILENT = 2 /* readings without an answer, about a second each */ };

struct minute {
	unsigned n; /* readings so far */
	double at_s[RING];
	struct counts {
		int64_t retries, timeouts, corrupt, requests, stray;
	} counts[RING];
};

struct memory {
	struct {
		unsigned gone, off; /* readings in a row */
	} state[RUN_BUSES];
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

/* A reply that came damaged is also one that is missing, and may have been asked for again. */
static double bad(const struct counts *now, const struct counts *then)
{
	return fmax((double)(now->retries - then->retries),
		    fmax((double)(now->timeouts - then->timeouts),
			 (double)(now->corrupt - then->corrupt)));
}

static void judge_state(struct check *c, unsigned subject, const struct bus *b)
{
	struct memory *m = c->memory;
	unsigned *gone = &m->state[subject - SUBJECT_BUS].gone;
	unsigned *off = &m->state[subject - SUBJECT_BUS].off;
	struct finding f = {LEVEL_FAIL, subject, (double)b->transactions, 0, "requests"};

	*gone = b->state == BUS_GONE ? *gone + 1 : 0;
	*off = b->state == BUS_OFF ? *off + 1 : 0;
	/* Whatever was said of its replies before, this is another matter. */
	if (*gone == 1 || *off == SILENT)
		check_anew(c, subject);
	if (*gone)
		check_find(c, &f, "%s is unplugged: no motor hears a command. Plug it in again",
			   b->name);
	else if (*off >= SILENT)
		check_find(c, &f, "%s: no motor answers. Does the arm have power?", b->name);
}

static void judge_noise(struct check *c, unsigned subject, const struct bus *b, double bytes)
{
	struct finding f = {LEVEL_WARN, subject, bytes, c->param[P_NOISE], "bytes/min"};

	if (bytes >= f.threshold)
		check_find(c, &f, "%s: noise, %.0f bytes in a minute: look at cables and ground",
			   b->name, bytes);
}

static void judge_replies(struct check *c, unsigned subject, const struct bus *b, double rate,
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
		"%s: %.0f bad replies in a minute: look at its cables (so far %lld missing, %lld damaged, "
		"%lld asked again)",
		b->name, rate, (long long)b->timeouts, (long long)b->corrupt,
		(long long)b->retries);
}

static void bus(struct check *c, unsigned subject, const struct bus *b)
{
	struct memory *m = c->memory;
	struct minute *k = &m->bus[subject - SUBJECT_BUS];
	struct counts now = {b->retries, b->timeouts, b->corrupt, b->transactions, b->stray};
	const struct counts *then;
	double rate;

	if (b->can)
		return; /* can-bus */
	judge_state(c, subject, b);
	k->at_s[k->n % RING] = c->now_s;
	k->counts[k->n++ % RING] = now;
	then = &k->counts[oldest(k, c->now_s)];
	rate = bad(&now, then);
	if (!m->any || subject == m->subject || rate > m->rate) {
		m->any = true;
		m->subject = subject;
		m->rate = rate;
	}
	judge_replies(c, subject, b, rate, now.requests - then->requests);
	judge_noise(c, subject, b, (double)(now.stray - then->stray));
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
