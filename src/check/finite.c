/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A value that is no number. Commands of that kind are a failure at once (no motor can follow
 * one); a measured one is when it goes on, because a single bad read can be a hiccup of the bus.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_MEASURED };

static const struct check_param params[] = {
	{"measured", "steps", 3, 1, 1000, "steps in a row without a number that fail, measured"},
	{0},
};

struct state {
	unsigned run[VEC_N][MAX_JOINTS]; /* steps in a row without a number */
	uint64_t values, bad;
	unsigned joint; /* the last bad one */
	enum vec_kind vec;
};

static void report(struct check *c, unsigned joint, enum vec_kind vec, double v)
{
	struct state *s = c->state;
	bool command = vec == VEC_ASKED || vec == VEC_SENT;
	bool fails = command || s->run[vec][joint] >= c->param[P_MEASURED];
	struct finding f = {fails ? LEVEL_FAIL : LEVEL_WARN, joint, s->run[vec][joint],
			    command ? 1 : c->param[P_MEASURED], "steps"};

	check_find(c, &f, "%s of %s is %s, not a number (%u in a row)", vec_word(vec),
		   c->run->joint[joint].label,
		   isnan(v) ? "NaN"
		   : v > 0  ? "+Inf"
			    : "-Inf",
		   s->run[vec][joint]);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	unsigned n = t->step->joints < c->run->joints ? t->step->joints : c->run->joints;

	for (unsigned k = 0; k < VEC_N; k++) {
		const struct vec *v = &t->step->vec[k];

		for (unsigned j = 0; v->present && j < n; j++) {
			if (!vec_known(v, j))
				continue;
			s->values++;
			if (isfinite(v->v[j])) {
				s->run[k][j] = 0;
				continue;
			}
			s->run[k][j]++;
			s->bad++;
			s->joint = j;
			s->vec = (enum vec_kind)k;
			report(c, j, (enum vec_kind)k, v->v[j]);
		}
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->values) {
		snprintf(out->why, sizeof(out->why), "no value yet");
		return;
	}
	out->value = (double)s->bad;
	out->threshold = 1;
	snprintf(out->unit, sizeof(out->unit), "values");
	if (!s->bad)
		snprintf(out->why, sizeof(out->why), "all %llu values are numbers",
			 (unsigned long long)s->values);
	else
		snprintf(out->why, sizeof(out->why),
			 "%llu of %llu values are no numbers, last %s %s",
			 (unsigned long long)s->bad, (unsigned long long)s->values,
			 vec_word(s->vec), c->run->joint[s->joint].label);
}

const struct check_class check_finite = {
	.name = "finite",
	.summary = "a value that is not a number",
	.needs = NEED_ANY,
	.params = params,
	.state_size = sizeof(struct state),
	.step = step,
	.show = show,
};
