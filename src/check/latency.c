/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a call of the policy takes, in steps of the robot. A chunk that takes as long as it
 * lasts is over when it comes; one that takes longer than what the chunk before still holds when
 * its part was executed makes the arm wait, or comes stale. Only calls that gave a chunk count,
 * and the first of a connection (which compiles and warms up) stands apart.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "check/recent.h"

enum { P_WAIT, P_NOTE, P_TIMES, P_FAIL_TIMES, P_WINDOW };

static const struct check_param params[] = {
	{"wait", "steps", 6, 0, 1000, "steps that a call may always take"},
	{"note", "steps", 2, 0, 1000, "steps that the arm waits for a chunk that are a note"},
	{"times", "", 2, 1, RECENT_MAX, "warning: so many calls within the window"},
	{"fail-times", "", 3, 1, RECENT_MAX,
	 "failure: so many calls that take as long as their chunk"},
	{"window", "s", 30, 1, 1000, "time within which slow calls count as repeated"},
	{0},
};

enum { CALLS = 32 };

struct state {
	unsigned n; /* warm calls of the episode; the last CALLS are kept */
	double took_s[CALLS];
	double spare;	  /* steps that the last one could take */
	unsigned horizon; /* of the last one */
	struct recent late, over;
};

struct memory {
	double first_s; /* the last call that was the first of its connection; 0 none */
};

/* What the chunk before still holds when its part was executed; half of it when nobody says. */
static double spare_steps(const struct check *c, const struct chunk_view *p)
{
	double left = !p->execute || p->execute > p->horizon ? p->horizon / 2.0
							     : (double)(p->horizon - p->execute);

	return fmax(left, c->param[P_WAIT]);
}

static void say(struct check *c, const struct finding *f, const struct chunk_view *p, unsigned n)
{
	double ms = 1e3 * p->latency_s, window_s = c->param[P_WINDOW];

	if (f->level == LEVEL_FAIL)
		check_find(
			c, f,
			"a call took %.0f ms = %.1f steps, its chunk lasts %u (%u such in %.0f s)",
			ms, f->value, p->horizon, n, window_s);
	else if (f->value > f->threshold)
		check_find(
			c, f,
			"a call took %.0f ms = %.1f steps, %.0f are there until the arm waits or "
			"acts on old news (%u such in %.0f s)",
			ms, f->value, f->threshold, n, window_s);
	else
		check_find(c, f, "a call took %.0f ms = %.1f steps, and the arm waits for it", ms,
			   f->value);
}

static void judge(struct check *c, const struct chunk_view *p, double steps)
{
	struct state *s = c->state;
	const double *param = c->param;
	struct finding f = {LEVEL_NOTE, SUBJECT_POLICY, steps, s->spare, "steps"};
	bool over = p->horizon && steps >= p->horizon;
	unsigned n;

	if (over)
		recent_add(&s->over, c->now_s, 0.0);
	if (steps > s->spare)
		recent_add(&s->late, c->now_s, 0.0);
	n = recent_count(&s->late, c->now_s, param[P_WINDOW]);
	if (over && recent_count(&s->over, c->now_s, param[P_WINDOW]) >= param[P_FAIL_TIMES]) {
		f.level = LEVEL_FAIL;
		f.threshold = p->horizon;
	} else if (steps > s->spare && n >= param[P_TIMES]) {
		f.level = LEVEL_WARN;
	} else if (!(steps > s->spare) &&
		   (steps < param[P_NOTE] || !p->execute || p->execute < p->horizon)) {
		return; /* the rest of the chunk before covers it */
	}
	say(c, &f, p, n);
}

static void chunk(struct check *c, const struct chunk_view *p)
{
	struct state *s = c->state;
	struct memory *m = c->memory;

	if (!(p->latency_s >= 0))
		return;
	if (!p->warm) {
		m->first_s = p->latency_s;
		return;
	}
	s->took_s[s->n++ % CALLS] = p->latency_s;
	s->horizon = p->horizon;
	s->spare = spare_steps(c, p);
	judge(c, p, p->latency_s * c->run->fps);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;
	const struct memory *m = c->memory;
	unsigned n = s->n < CALLS ? s->n : CALLS;
	double sorted[CALLS];
	char first[32] = "";

	if (m->first_s > 0)
		snprintf(first, sizeof(first), ", first %.0f ms", 1e3 * m->first_s);
	if (!n) {
		snprintf(out->why, sizeof(out->why), "no call after the first one yet%s", first);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		sorted[i] = s->took_s[i];
	qsort(sorted, n, sizeof(sorted[0]), by_value);
	out->value = c->run->fps * sorted[n / 2];
	out->threshold = s->spare;
	snprintf(out->unit, sizeof(out->unit), "steps");
	snprintf(out->why, sizeof(out->why),
		 "median %.0f ms = %.1f steps, worst %.0f ms of %u calls, chunk of %u%s",
		 1e3 * sorted[n / 2], out->value, 1e3 * sorted[n - 1], n, s->horizon, first);
}

const struct check_class check_latency = {
	.name = "latency",
	.summary = "a policy that takes longer than its chunks last",
	.needs = NEED_CHUNK | NEED_LATENCY | NEED_FPS,
	.params = params,
	.state_size = sizeof(struct state),
	.memory_size = sizeof(struct memory),
	.chunk = chunk,
	.show = show,
};
