/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pose an episode starts from, joint by joint, against the first frames of training. A joint
 * that always started at the same place has a tiny sigma, so a share of its span counts, too.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"

enum { P_WARN, P_SPAN, P_FAIL, P_FAIL_SPAN, P_WAIT };

static const struct check_param params[] = {
	{"warn", "sigma", 3, 0, 1000, "distance beyond the training starts that is a warning"},
	{"span", "% of span", 3, 0, 100, "and at least so much of the joint's training span"},
	{"fail", "sigma", 10, 0, 1000, "distance beyond the training starts that is a failure"},
	{"fail-span", "% of span", 20, 0, 100, "and at least so much of the span"},
	{"wait", "s", 0.5, 0, 10, "how long after the start a pose is still a start pose"},
	{0},
};

struct state {
	bool judged[MAX_JOINTS];
	bool any;
	unsigned joint; /* furthest out, in sigma */
	double value, sigmas;
	double start[MAX_JOINTS]; /* of those judged */
};

/* Distance beyond the training starts, 0 inside them. */
static double beyond_starts(const struct joint_profile *p, double v)
{
	return fmax(0.0, fmax(v - p->start.max, p->start.min - v));
}

/* " (40 % open)" for a gripper, "" for an arm joint. */
static void gripper_words(const struct check *c, unsigned joint, double v, char *dst, size_t size)
{
	const struct run_joint *r = &c->run->joint[joint];
	const struct gripper_habit *g;

	dst[0] = '\0';
	if (r->gripper < 0)
		return;
	g = &c->run->profile->behaviour.gripper[r->gripper];
	/* + 0.0: what rounds to none is not "-0". */
	snprintf(dst, size, " (%.0f %% open)",
		 round(100.0 * (v - g->closed) / (g->open - g->closed)) + 0.0);
}

static void judge_joint(struct check *c, unsigned joint, double v)
{
	struct state *s = c->state;
	const struct run_joint *r = &c->run->joint[joint];
	const struct joint_profile *p = r->state;
	/* A joint that never moved in training has no span: then the floor of its change is one. */
	double span = fmax(r->state_span, r->state_max);
	double sigma = fmax(p->start.std, 1e-3 * span), beyond = beyond_starts(p, v);
	double sigmas = beyond / sigma, share = 100.0 * beyond / span;
	const char *unit = check_unit_text(c, joint, VEC_GOT);
	struct finding f = {LEVEL_NOTE, joint, v, v > p->start.max ? p->start.max : p->start.min,
			    check_unit(c, joint, VEC_GOT)};

	char open[32];

	gripper_words(c, joint, v, open, sizeof(open));
	if (!s->any || sigmas > s->sigmas) {
		s->any = true;
		s->joint = joint;
		s->value = v;
		s->sigmas = sigmas;
	}
	if (sigmas >= c->param[P_FAIL] && share >= c->param[P_FAIL_SPAN])
		f.level = LEVEL_FAIL;
	else if (sigmas >= c->param[P_WARN] && share >= c->param[P_SPAN])
		f.level = LEVEL_WARN;
	else if (!(sigmas >= 1.0))
		return;
	check_find(c, &f,
		   "%s starts at %.4g%s%s, training %.4g +- %.2g%s (%.4g..%.4g), %.3g sigma beyond",
		   r->label, v, unit, open, p->start.mean, p->start.std, unit, p->start.min,
		   p->start.max, sigmas);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;

	if (t->elapsed_s > c->param[P_WAIT])
		return;
	for (unsigned j = 0; j < c->run->joints; j++) {
		double v = isnan(t->v[VEC_GOT][j]) ? t->v[VEC_SEEN][j] : t->v[VEC_GOT][j];

		if (s->judged[j] || !c->run->joint[j].state || isnan(v))
			continue;
		s->judged[j] = true;
		s->start[j] = v;
		judge_joint(c, j, v);
	}
}

/* Where a gripper started: open where training had it closed spoils an episode. Two arms have no
 * room for more than the numbers. */
static void add_grippers(const struct check *c, char *dst, size_t size)
{
	const struct state *s = c->state;
	unsigned n = 0;

	for (unsigned j = 0; j < c->run->joints; j++) {
		size_t used = strlen(dst);
		char open[32];

		if (!s->judged[j] || c->run->joint[j].gripper < 0)
			continue;
		gripper_words(c, j, s->start[j], open, sizeof(open));
		if (n++)
			snprintf(dst + used, size - used, ", %.3g", s->start[j]);
		else if (c->run->profile->behaviour.ngrippers > 1)
			snprintf(dst + used, size - used, ", grippers %.3g", s->start[j]);
		else
			snprintf(dst + used, size - used, ", gripper %.3g%s", s->start[j], open);
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "no start pose was seen");
		return;
	}
	check_reading(c, out, s->joint, s->sigmas, c->param[P_WARN], "sigma");
	if (s->sigmas >= 1.0) {
		snprintf(out->why, sizeof(out->why), "%s %.4g, %.3g sigma beyond training",
			 c->run->joint[s->joint].label, s->value, s->sigmas);
		return;
	}
	snprintf(out->why, sizeof(out->why), "as in training");
	add_grippers(c, out->why, sizeof(out->why));
}

const struct check_class check_home = {
	.name = "home",
	.summary = "a start pose that training never started from",
	.needs = NEED_START | NEED_MEASURED | NEED_PROFILE,
	.params = params,
	.state_size = sizeof(struct state),
	.step = step,
	.show = show,
};
