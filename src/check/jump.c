/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step inside a chunk that is larger than training ever made and stands out from its neighbours.
 * Plain training maxima cry wolf (a clean fast motion passes them for many steps), so what counts
 * is the excess over the larger neighbour; a spike that comes straight back is taken as one step
 * of two ticks. Judged one or two steps late, when the neighbours are known.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"
#include "check/recent.h"

enum { P_ALONE, P_REPEATED, P_OFTEN, P_PLAIN, P_FAIL, P_TIMES, P_WINDOW };

static const struct check_param params[] = {
	{"alone", "x", 2.3, 1, 100, "excess of one step over its neighbours that is a warning"},
	{"repeated", "x", 1.8, 1, 100, "excess that is a warning when it happens twice"},
	{"often", "x", 1.1, 1, 100, "excess that is a warning when it happens often"},
	{"plain", "x", 6, 1, 100, "size of a step that is a warning whatever its neighbours do"},
	{"fail", "x", 2.5, 1, 100, "excess that is a failure when it happens often"},
	{"times", "", 5, 1, RECENT_MAX, "often: so many times within the window"},
	{"window", "s", 10, 1, 1000, "time within which steps count as repeated"},
	{0},
};

/* The last four changes of a joint in one vector, oldest first. */
struct trail {
	float delta[4]; /* signed; NaN unknown or judged elsewhere (a seam) */
	bool seam[4];
};

struct state {
	struct trail trail[VEC_N][MAX_JOINTS];
	struct recent often, large, huge; /* asked steps over "often", "repeated" and "fail" */
	bool any;
	unsigned joint; /* of the largest step so far, in training maxima */
	enum vec_kind vec;
	double ratio, value;
};

static double size_of(const struct trail *t, unsigned i)
{
	return isnan(t->delta[i]) ? 0.0 : fabs((double)t->delta[i]);
}

/* Excess of the step before the last over both its neighbours, in the joint's unit; 0 none. */
static double step_excess(const struct trail *t)
{
	if (isnan(t->delta[2]) || isnan(t->delta[3]) || t->seam[2])
		return 0.0;
	return size_of(t, 2) - fmax(size_of(t, 1), size_of(t, 3));
}

/* The same for a spike: there and back again within two steps. */
static double spike_excess(const struct trail *t)
{
	if (isnan(t->delta[1]) || isnan(t->delta[2]) || isnan(t->delta[3]) || t->seam[1] ||
	    t->seam[2] || t->delta[1] * t->delta[2] >= 0)
		return 0.0;
	return fmin(size_of(t, 1), size_of(t, 2)) - fmax(size_of(t, 0), size_of(t, 3));
}

static void report(struct check *c, enum level level, unsigned joint, enum vec_kind vec,
		   double value, double limit)
{
	double max = check_delta_max(c, joint, vec);
	const char *unit = check_unit_text(c, joint, vec);
	struct finding f = {level, joint, value, limit * max, check_unit(c, joint, vec)};

	check_find(c, &f, "%s %s %.4g%s in one step, training max %.4g%s",
		   c->run->joint[joint].label,
		   vec == VEC_ASKED  ? "jumps"
		   : vec == VEC_SENT ? "is sent a jump of"
				     : "itself moves",
		   value, unit, max, unit);
}

/* Counts a step of asked that stands out by x training maxima. */
static void count(struct check *c, double now_s, double x)
{
	struct state *s = c->state;

	if (x >= c->param[P_OFTEN])
		recent_add(&s->often, now_s);
	if (x >= c->param[P_REPEATED])
		recent_add(&s->large, now_s);
	if (x >= c->param[P_FAIL])
		recent_add(&s->huge, now_s);
}

static void judge_isolated(struct check *c, const struct tick *t, unsigned joint, enum vec_kind vec,
			   double excess, double value)
{
	struct state *s = c->state;
	const double *p = c->param;
	double x = excess / check_delta_max(c, joint, vec), now_s = t->elapsed_s;
	bool command = vec == VEC_ASKED || vec == VEC_SENT;

	if (vec == VEC_ASKED)
		count(c, now_s, x);
	if (command && x >= p[P_FAIL] && recent_count(&s->huge, now_s, p[P_WINDOW]) >= p[P_TIMES])
		report(c, LEVEL_FAIL, joint, vec, value, p[P_FAIL]);
	else if (x >= p[P_ALONE])
		report(c, LEVEL_WARN, joint, vec, value, p[P_ALONE]);
	else if (command && x >= p[P_REPEATED] && recent_count(&s->large, now_s, p[P_WINDOW]) >= 2)
		report(c, LEVEL_WARN, joint, vec, value, p[P_REPEATED]);
	else if (command && x >= p[P_OFTEN] &&
		 recent_count(&s->often, now_s, p[P_WINDOW]) >= p[P_TIMES])
		report(c, LEVEL_WARN, joint, vec, value, p[P_OFTEN]);
}

static void judge_joint(struct check *c, const struct tick *t, unsigned joint, enum vec_kind vec)
{
	struct state *s = c->state;
	struct trail *trail = &s->trail[vec][joint];
	double max = check_delta_max(c, joint, vec), now = fabs(t->delta[vec][joint]);
	double step, spike;

	for (unsigned i = 0; i < 3; i++) {
		trail->delta[i] = t->index ? trail->delta[i + 1] : NAN;
		trail->seam[i] = trail->seam[i + 1];
	}
	trail->delta[3] = (float)t->delta[vec][joint];
	trail->seam[3] = t->seam && vec != VEC_SEEN && vec != VEC_GOT;
	step = step_excess(trail);
	spike = spike_excess(trail);
	if (spike > step)
		judge_isolated(c, t, joint, vec, spike, size_of(trail, 1));
	else
		judge_isolated(c, t, joint, vec, step, size_of(trail, 2));
	if (isnan(now) || trail->seam[3])
		return;
	if (!s->any || now / max > s->ratio) {
		s->any = true;
		s->joint = joint;
		s->vec = vec;
		s->ratio = now / max;
		s->value = now;
	}
	if (now > c->param[P_PLAIN] * max)
		report(c, LEVEL_WARN, joint, vec, now, c->param[P_PLAIN]);
	else if (now > 1.000001 * max) /* not by rounding */
		report(c, LEVEL_NOTE, joint, vec, now, 1.0);
}

static void step(struct check *c, const struct tick *t)
{
	const struct vec *v = t->step->vec;
	enum vec_kind measured = v[VEC_GOT].present ? VEC_GOT : VEC_SEEN;

	if (!t->grid)
		return;
	for (unsigned j = 0; j < c->run->joints; j++) {
		if (v[VEC_ASKED].present && c->run->joint[j].action)
			judge_joint(c, t, j, VEC_ASKED);
		if (v[VEC_SENT].present && c->run->joint[j].action)
			judge_joint(c, t, j, VEC_SENT);
		if (v[measured].present && c->run->joint[j].state)
			judge_joint(c, t, j, measured);
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;
	double max;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "no two steps to compare yet");
		return;
	}
	max = check_delta_max(c, s->joint, s->vec);
	check_reading(c, out, s->joint, s->value, max, check_unit(c, s->joint, s->vec));
	snprintf(out->why, sizeof(out->why), "largest step %.1fx training: %s %s %.4g, max %.4g%s",
		 s->ratio, vec_word(s->vec), c->run->joint[s->joint].label, s->value, max,
		 check_unit_text(c, s->joint, s->vec));
}

const struct check_class check_jump = {
	.name = "jump",
	.summary = "a step inside a chunk that training never made",
	.needs = NEED_ANY | NEED_PROFILE,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite motion",
	.step = step,
	.show = show,
};
