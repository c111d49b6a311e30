/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A joint that no longer follows: its distance from where the command was in the last ticks (a
 * healthy servo lags, but it passes there), the smallest of some ticks in a row, against the
 * largest in training.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_WARN, P_FAIL, P_FAR, P_LONG };

static const struct check_param params[] = {
	{"warn", "x", 2.2, 1, 100, "error that lasts, in training maxima, that is a warning"},
	{"fail", "x", 4, 1, 100, "the same that is a failure when it is far and long"},
	{"far", "% of span", 8, 0, 100, "far: at least so much of the joint's training span"},
	{"long", "ticks", 60, 1, 10000, "long: so many ticks in a row"},
	{0},
};

struct state {
	struct tracking_ring ring[MAX_JOINTS];
	unsigned lost[MAX_JOINTS]; /* ticks in a row over the limit of a failure */
	bool any;
	unsigned joint; /* the worst so far, in training maxima */
	double error, limit, ratio;
};

static void judge_joint(struct check *c, unsigned joint, double command, double now, double limit)
{
	struct state *s = c->state;
	const struct run_joint *r = &c->run->joint[joint];
	double least, ratio;
	const char *unit = check_unit_text(c, joint, VEC_ASKED);
	struct finding f = {LEVEL_WARN, joint, 0, 0, check_unit(c, joint, VEC_ASKED)};

	tracking_add(&s->ring[joint], command, now);
	least = tracking_least(&s->ring[joint]);
	if (isnan(least))
		return;
	ratio = least / limit;
	if (!s->any || ratio > s->ratio) {
		s->any = true;
		s->joint = joint;
		s->error = least;
		s->limit = limit;
		s->ratio = ratio;
	}
	s->lost[joint] = ratio >= c->param[P_FAIL] &&
					 least >= c->param[P_FAR] / 100.0 * r->action_span
				 ? s->lost[joint] + 1
				 : 0;
	if (s->lost[joint] >= c->param[P_LONG])
		f.level = LEVEL_FAIL;
	else if (ratio < c->param[P_WARN])
		return;
	f.value = least;
	f.threshold = limit * (f.level == LEVEL_FAIL ? c->param[P_FAIL] : c->param[P_WARN]);
	check_find(c, &f, "%s does not follow: %.4g%s off, training max %.4g%s (for %u ticks)",
		   r->label, least, unit, limit, unit, TRACKING_TICKS + s->lost[joint]);
}

static void step(struct check *c, const struct tick *t)
{
	if (!t->grid)
		return;
	for (unsigned j = 0; j < c->run->joints; j++) {
		double command = isnan(t->v[VEC_SENT][j]) ? t->v[VEC_ASKED][j] : t->v[VEC_SENT][j];
		double now = isnan(t->v[VEC_GOT][j]) ? t->v[VEC_SEEN][j] : t->v[VEC_GOT][j];
		double limit = check_tracking_max(c, j);

		if (limit > 0)
			judge_joint(c, j, command, now, limit);
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;
	const char *unit;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "no %d ticks of command and measurement yet",
			 TRACKING_TICKS);
		return;
	}
	unit = check_unit_text(c, s->joint, VEC_ASKED);
	check_reading(c, out, s->joint, s->error, c->param[P_WARN] * s->limit,
		      check_unit(c, s->joint, VEC_ASKED));
	snprintf(out->why, sizeof(out->why),
		 "%s was %.4g%s off for %d ticks, %.2gx training's %.4g%s",
		 c->run->joint[s->joint].label, s->error, unit, TRACKING_TICKS, s->ratio, s->limit,
		 unit);
}

const struct check_class check_tracking = {
	.name = "tracking",
	.summary = "a joint that does not follow its command",
	.needs = NEED_COMMAND | NEED_MEASURED | NEED_PROFILE | NEED_ABSOLUTE | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite home first-action range frozen",
	.step = step,
	.show = show,
};
