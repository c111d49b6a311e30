/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asked position (else the measured one) stays outside what training ever held, by a share of
 * the training span. A quarter of clean episodes leaves the plain range somewhere: that is a note,
 * unless it is by less than a hundredth of the span.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_WARN, P_FAIL, P_NOTE };

static const struct check_param params[] = {
	{"warn", "% of span", 15, 0, 1000, "distance beyond the training range that is a warning"},
	{"fail", "% of span", 100, 0, 10000,
	 "distance beyond the training range that is a failure"},
	{"note", "% of span", 1, 0, 1000,
	 "distance beyond the training range that is worth a note"},
	{0},
};

struct state {
	bool any;
	unsigned joint;
	enum vec_kind vec;
	double beyond, value, edge; /* furthest out so far (inside: negative), in shares of span */
};

static enum vec_kind judged_vec(const struct tick *t)
{
	const struct vec *v = t->step->vec;

	return v[VEC_ASKED].present  ? VEC_ASKED
	       : v[VEC_SENT].present ? VEC_SENT
	       : v[VEC_GOT].present  ? VEC_GOT
				     : VEC_SEEN;
}

static void report(struct check *c, unsigned joint, enum vec_kind vec, double value, double edge,
		   double beyond, double span)
{
	double limit = beyond >= c->param[P_FAIL] / 100	  ? c->param[P_FAIL] / 100
		       : beyond >= c->param[P_WARN] / 100 ? c->param[P_WARN] / 100
							  : c->param[P_NOTE] / 100;
	struct finding f = {
		.level = beyond >= c->param[P_FAIL] / 100   ? LEVEL_FAIL
			 : beyond >= c->param[P_WARN] / 100 ? LEVEL_WARN
							    : LEVEL_NOTE,
		.subject = joint,
		.value = value,
		.threshold = value > edge ? edge + limit * span : edge - limit * span,
		.unit = check_unit(c, joint, vec),
	};
	const char *unit = check_unit_text(c, joint, vec);

	check_find(c, &f, "%s %s %.4g%s, training %s %.4g%s (%.0f %% of the span beyond)",
		   c->run->joint[joint].label, vec == VEC_ASKED ? "asked" : vec_word(vec), value,
		   unit, value > edge ? "max" : "min", edge, unit, 100 * beyond);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	enum vec_kind vec = judged_vec(t);
	bool command = vec == VEC_ASKED || vec == VEC_SENT;

	for (unsigned j = 0; j < c->run->joints; j++) {
		const struct run_joint *r = &c->run->joint[j];
		const struct joint_profile *p = command ? r->action : r->state;
		double v = t->v[vec][j], span, edge, beyond;

		if (!p || isnan(v))
			continue;
		/* A joint that never moved has no span: then the floor of its change is one. */
		span = command ? fmax(r->action_span, r->action_max)
			       : fmax(r->state_span, r->state_max);
		edge = v - p->value.max > p->value.min - v ? p->value.max : p->value.min;
		beyond = fmax(v - p->value.max, p->value.min - v) / span;
		/* Where it always stood is not near an edge. */
		if ((p->value.max > p->value.min || beyond > 0) && (!s->any || beyond > s->beyond))
			*s = (struct state){true, j, vec, beyond, v, edge};
		if (beyond > c->param[P_NOTE] / 100)
			report(c, j, vec, v, edge, beyond, span);
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;
	const char *unit;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "no value of a trained joint yet");
		return;
	}
	unit = check_unit_text(c, s->joint, s->vec);
	check_reading(c, out, s->joint, 100 * s->beyond, c->param[P_WARN], "%");
	snprintf(out->why, sizeof(out->why),
		 s->beyond > 0 ? "%s was %.4g%s, beyond training's %.4g by %.0f %% of the span"
			       : "all joints inside; nearest %s %.4g%s, edge %.4g, %.0f %% inside",
		 c->run->joint[s->joint].label, s->value, unit, s->edge, fabs(100 * s->beyond));
}

const struct check_class check_range = {
	.name = "range",
	.summary = "a joint held outside its training range",
	.needs = NEED_ANY | NEED_PROFILE,
	.params = params,
	.state_size = sizeof(struct state),
	.debounce = 10,
	.yields = "finite",
	.step = step,
	.show = show,
};
