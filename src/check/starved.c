/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ticks without an action while a policy drives. The loop goes on at its rate, so nothing else
 * shows it: an inference that takes longer than its chunk lasts leaves the arm standing for
 * seconds, and the program ends as if all were well.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_WARN, P_FAIL, P_FIRST, P_FIRST_FAIL, P_SHARE };

static const struct check_param params[] = {
	{"warn", "s", 0.5, 0.01, 1000, "time without an action that is a warning"},
	{"fail", "s", 2, 0.01, 1000, "time without an action that is a failure"},
	{"first", "s", 4, 0.01, 1000, "the same before the first action of an episode: a warning"},
	{"first-fail", "s", 10, 0.01, 1000, "and a failure"},
	{"share", "%", 20, 0, 100,
	 "ticks without an action, of all since the first, that are a warning"},
	{0},
};

/* So many ticks must have passed before a share of them says anything. */
enum { SHARE_TICKS = 60 };

struct state {
	bool told; /* who drives is said: without that nothing is known */
	unsigned acted, idle;
	double now_s, longest_s; /* without an action */
};

static void judge_share(struct check *c)
{
	const struct state *s = c->state;
	double share = 100.0 * s->idle / (s->idle + s->acted);
	struct finding f = {LEVEL_WARN, SUBJECT_POLICY, share, c->param[P_SHARE], "%"};

	if (s->idle + s->acted >= SHARE_TICKS && share >= c->param[P_SHARE])
		check_find(c, &f, "%.0f %% of the ticks had no action: inference is too slow",
			   share);
}

static void idle(struct check *c, const struct idle *i)
{
	struct state *s = c->state;
	const double *p = c->param;
	double warn = p[i->begun ? P_WARN : P_FIRST], fail = p[i->begun ? P_FAIL : P_FIRST_FAIL];
	double ticks_s = c->run->fps > 0 ? i->ticks / c->run->fps : 0.0;
	struct finding f = {LEVEL_WARN, SUBJECT_POLICY, fmax(i->for_s, ticks_s), warn, "s"};

	s->told = true;
	s->now_s = f.value;
	s->longest_s = fmax(s->longest_s, f.value);
	s->idle += i->begun;
	if (f.value >= fail) {
		f.level = LEVEL_FAIL;
		f.threshold = fail;
	}
	if (f.value >= warn)
		check_find(c, &f, "no action for %.1f s%s (%u ticks): the arm waits for the policy",
			   f.value, i->begun ? "" : " since the start", i->ticks);
	else if (i->begun)
		judge_share(c);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;

	s->told = s->told || t->step->driver == DRIVER_POLICY;
	s->acted++;
	s->now_s = 0.0;
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->told) {
		snprintf(out->why, sizeof(out->why), "who drives is not told");
		return;
	}
	out->value = s->longest_s;
	out->threshold = c->param[s->acted ? P_WARN : P_FIRST];
	snprintf(out->unit, sizeof(out->unit), "s");
	if (s->now_s > 0)
		snprintf(out->why, sizeof(out->why), "no action for %.1f s now", s->now_s);
	else if (!s->idle)
		snprintf(out->why, sizeof(out->why), "every tick had its action");
	else
		snprintf(out->why, sizeof(out->why), "%u of %u ticks had no action, longest %.1f s",
			 s->idle, s->idle + s->acted, s->longest_s);
}

const struct check_class check_starved = {
	.name = "starved",
	.summary = "ticks without an action while a policy drives",
	.needs = NEED_ANY | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.step = step,
	.idle = idle,
	.show = show,
};
