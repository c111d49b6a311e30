/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step inside a chunk that is larger than training ever made and stands out from its neighbours.
 * Plain training maxima cry wolf (a clean policy passes them up to 1.4 times over, several times a
 * run, and a fast motion for many steps), so what counts is how far a change is from the change before and after it, whichever is nearer. Judged one step
 * late, when both are known.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"
#include "check/recent.h"

enum {
	P_ALONE,
	P_REPEATED,
	P_OFTEN,
	P_PLAIN,
	P_FAIL,
	P_AGAIN,
	P_TIMES,
	P_WINDOW,
	P_UNTOLD,
	P_NOTE
};

static const struct check_param params[] = {
	{"alone", "x", 2.4, 1, 100, "excess of one step over its neighbours that is a warning"},
	{"repeated", "x", 1.8, 1, 100, "excess that is a warning when it happens twice"},
	{"often", "x", 1.1, 1, 100, "excess that is a warning when it happens often"},
	{"plain", "x", 6, 1, 100, "size of a step that is a warning whatever its neighbours do"},
	{"fail", "x", 2.5, 1, 100, "excess that is a failure when it happens again and again"},
	{"again", "", 4, 1, RECENT_MAX, "failure: so many, a third of a second apart or more"},
	{"times", "", 5, 1, RECENT_MAX, "often: so many times within the window"},
	{"window", "s", 10, 1, 1000, "time within which steps count as repeated"},
	{"untold", "x", 1.7, 1, 100, "all limits so much wider for a policy that tells no chunks"},
	{"note", "x", 1.4, 1, 100, "size of a step that is a note"},
	{0},
};

/* The last three changes of a joint in one vector, oldest first; signed, NaN unknown. */
struct trail {
	float delta[3];
	bool seam[3];
};

struct state {
	struct trail trail[VEC_N][MAX_JOINTS];
	struct recent often, large, huge; /* asked steps over "often", "repeated" and "fail" */
	bool any, in_chunk;
	unsigned joint; /* of the largest step so far, in training maxima */
	enum vec_kind vec;
	double ratio, value;
};

/*
 * How far the middle change stands out from both its neighbours, in the joint's unit: 0 where it
 * is not known or a seam's.
 */
static double excess(const struct trail *t)
{
	double before = isnan(t->delta[0]) ? 0.0 : (double)t->delta[0];
	double change = (double)t->delta[1], after = (double)t->delta[2];

	if (isnan(change) || isnan(after) || t->seam[1])
		return 0.0;
	return fmin(fabs(change), fmin(fabs(change - before), fabs(change - after)));
}

static void report(struct check *c, enum level level, unsigned joint, enum vec_kind vec,
		   double value, double limit)
{
	const struct state *s = c->state;
	double max = check_delta_max(c, joint, vec);
	const char *unit = check_unit_text(c, joint, vec);
	struct finding f = {level, joint, value, limit * max, check_unit(c, joint, vec)};

	check_find(c, &f, "%s %s %.4g%s %s, training max %.4g%s", c->run->joint[joint].label,
		   vec == VEC_ASKED  ? "jumps"
		   : vec == VEC_SENT ? "is sent a jump of"
				     : "itself moves",
		   value, unit, s->in_chunk ? "inside a chunk" : "in one step", max, unit);
}

/* Counts a step of asked that stands out by x training maxima. */
static void count(struct check *c, double now_s, double x)
{
	struct state *s = c->state;
	double apart_s = c->run->profile->fps > 0 ? 1.5 / c->run->profile->fps : 0.0;

	if (x >= c->param[P_OFTEN])
		recent_add(&s->often, now_s, apart_s);
	if (x >= c->param[P_REPEATED])
		recent_add(&s->large, now_s, apart_s);
	if (x >= c->param[P_FAIL])
		recent_add(&s->huge, now_s, 6.0 * apart_s); /* twitching is motion's to tell */
}

/* A policy without chunk lines: any step may be a seam, where a clean policy is rough. */
static bool seams_untold(const struct tick *t)
{
	return t->chunk_pos < 0 && t->step->driver == DRIVER_POLICY;
}

static void judge_isolated(struct check *c, const struct tick *t, unsigned joint, enum vec_kind vec,
			   const struct trail *trail)
{
	struct state *s = c->state;
	const double *p = c->param;
	bool command = vec == VEC_ASKED || vec == VEC_SENT;
	double wider = command && seams_untold(t) ? p[P_UNTOLD] : 1.0, now_s = t->elapsed_s;
	double x = excess(trail) / check_delta_max(c, joint, vec) / wider;
	double value = fabs((double)trail->delta[1]);

	if (vec == VEC_ASKED)
		count(c, now_s, x);
	if (command && x >= p[P_FAIL] && recent_count(&s->huge, now_s, p[P_WINDOW]) >= p[P_AGAIN])
		report(c, LEVEL_FAIL, joint, vec, value, wider * p[P_FAIL]);
	else if (x >= p[P_ALONE])
		report(c, LEVEL_WARN, joint, vec, value, wider * p[P_ALONE]);
	else if (command && x >= p[P_REPEATED] && recent_count(&s->large, now_s, p[P_WINDOW]) >= 2)
		report(c, LEVEL_WARN, joint, vec, value, wider * p[P_REPEATED]);
	else if (command && x >= p[P_OFTEN] &&
		 recent_count(&s->often, now_s, p[P_WINDOW]) >= p[P_TIMES])
		report(c, LEVEL_WARN, joint, vec, value, wider * p[P_OFTEN]);
}

static void judge_joint(struct check *c, const struct tick *t, unsigned joint, enum vec_kind vec)
{
	struct state *s = c->state;
	struct trail *trail = &s->trail[vec][joint];
	double max = check_delta_max(c, joint, vec), now = fabs(t->delta[vec][joint]);

	for (unsigned i = 0; i < 2; i++) {
		trail->delta[i] = t->index ? trail->delta[i + 1] : NAN;
		trail->seam[i] = trail->seam[i + 1];
	}
	trail->delta[2] = (float)t->delta[vec][joint];
	trail->seam[2] = t->seam && vec != VEC_SEEN && vec != VEC_GOT;
	judge_isolated(c, t, joint, vec, trail);
	if (isnan(now) || trail->seam[2])
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
	else if (now > c->param[P_NOTE] * max)
		report(c, LEVEL_NOTE, joint, vec, now, c->param[P_NOTE]);
}

static void step(struct check *c, const struct tick *t)
{
	const struct vec *v = t->step->vec;
	enum vec_kind measured = v[VEC_GOT].present ? VEC_GOT : VEC_SEEN;
	struct state *s = c->state;

	if (!t->grid)
		return;
	s->in_chunk = t->chunk_pos >= 0;
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
	.needs = NEED_ANY | NEED_PROFILE | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite motion",
	.step = step,
	.show = show,
};
