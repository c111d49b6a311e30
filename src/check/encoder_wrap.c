/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A joint that jumps by about a turn of its encoder from one tick to the next: the position went
 * over the end of its count, and from now on every value is a turn off.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_TURN };

static const struct check_param params[] = {
	{"turn", "% of a turn", 80, 10, 100, "within one tick: a failure"},
	{0},
};

struct state {
	bool any;
	unsigned joint;
	double jump, turn; /* the largest so far, as measured; a turn in that unit */
};

/* A turn in the unit; NaN where a unit does not say. */
static double turn_of(enum unit u)
{
	switch (u) {
	case UNIT_DEG:
		return 360;
	case UNIT_RAD:
		return 2 * acos(-1.0);
	case UNIT_TICKS:
		return 4096;
	case UNIT_M100_100: /* of the calibrated range, which is less than a turn */
		return 200 / 0.8;
	case UNIT_UNKNOWN:
	case UNIT_0_100:
	case UNIT_0_1:
	case UNIT_M:
	case UNIT_N:
	default:
		return NAN;
	}
}

static void judge_joint(struct check *c, unsigned joint, enum vec_kind vec, double delta)
{
	struct state *s = c->state;
	double turn = turn_of(c->run->joint[joint].state_unit), jump = fabs(delta);
	struct finding f = {LEVEL_FAIL, joint, jump, turn * c->param[P_TURN] / 100,
			    check_unit(c, joint, vec)};

	if (isnan(turn) || isnan(jump))
		return;
	if (!s->any || jump / turn > s->jump / s->turn) {
		s->any = true;
		s->joint = joint;
		s->jump = jump;
		s->turn = turn;
	}
	if (jump >= f.threshold)
		check_find(c, &f, "%s jumped %.4g%s: its encoder went over its end, calibrate",
			   c->run->joint[joint].label, jump, check_unit_text(c, joint, vec));
}

static void step(struct check *c, const struct tick *t)
{
	for (unsigned j = 0; t->grid && j < c->run->joints; j++) {
		enum vec_kind vec = isnan(t->delta[VEC_GOT][j]) ? VEC_SEEN : VEC_GOT;

		judge_joint(c, j, vec, t->delta[vec][j]);
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any)
		return;
	check_reading(c, out, s->joint, s->jump, s->turn * c->param[P_TURN] / 100,
		      check_unit(c, s->joint, VEC_GOT));
	snprintf(out->why, sizeof(out->why), "%s made the largest step: %.2g of a turn",
		 c->run->joint[s->joint].label, s->jump / s->turn);
}

const struct check_class check_encoder_wrap = {
	.name = "encoder-wrap",
	.summary = "a joint whose encoder went over its end",
	.needs = NEED_MEASURED | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.step = step,
	.show = show,
};
