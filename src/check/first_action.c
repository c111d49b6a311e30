/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first action of an episode against where the arm is: what wrong (un)normalisation, swapped
 * joints and a queue that was not reset show before anything moves. Judged by the profile's own
 * first gaps (they reach tens of units in one set and 0.06 in another), floored at |delta|max.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_WARN, P_FAIL };

static const struct check_param params[] = {
	{"warn", "x", 2.5, 1, 100, "gap, in largest training gaps, that is a warning"},
	{"fail", "x", 8, 1, 1000, "gap that is a failure"},
	{0},
};

struct state {
	bool judged;
	unsigned joint, far; /* the worst one; how many over the limit */
	double gap, limit, ratio;
};

static double gap_limit(const struct run_joint *r)
{
	return fmax(r->action_max, r->gap && r->gap->known ? r->gap->first_max : 0.0);
}

/* The joint with the largest gap in its own limits; false: nothing to compare yet. */
static bool measure(const struct check *c, const struct tick *t, struct state *s)
{
	for (unsigned j = 0; j < c->run->joints; j++) {
		const struct run_joint *r = &c->run->joint[j];
		double now = isnan(t->v[VEC_GOT][j]) ? t->v[VEC_SEEN][j] : t->v[VEC_GOT][j];
		double gap = fabs(t->v[VEC_ASKED][j] - now), ratio;

		if (!r->action || !r->pair || isnan(gap))
			continue;
		ratio = gap / gap_limit(r);
		s->far += ratio >= c->param[P_WARN];
		if (s->judged && ratio <= s->ratio)
			continue;
		s->judged = true;
		s->joint = j;
		s->gap = gap;
		s->ratio = ratio;
		s->limit = gap_limit(r);
	}
	return s->judged;
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	const char *unit;
	struct finding f;

	/* Training itself, replayed, comes to 1 and is nothing to tell. */
	if (s->judged || !measure(c, t, s) || s->ratio < 1.0 + 1e-6)
		return;
	f.level = s->ratio >= c->param[P_FAIL]	 ? LEVEL_FAIL
		  : s->ratio >= c->param[P_WARN] ? LEVEL_WARN
						 : LEVEL_NOTE;
	f.subject = s->joint;
	f.value = s->gap;
	f.threshold = s->limit * (f.level == LEVEL_FAIL	  ? c->param[P_FAIL]
				  : f.level == LEVEL_WARN ? c->param[P_WARN]
							  : 1.0);
	f.unit = check_unit(c, s->joint, VEC_ASKED);
	unit = check_unit_text(c, s->joint, VEC_ASKED);
	check_find(c, &f, "%s asked %.4g%s away, training max %.4g%s (joints too far: %u)",
		   c->run->joint[s->joint].label, s->gap, unit, s->limit, unit, s->far);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->judged) {
		snprintf(out->why, sizeof(out->why), "no action beside a measured pose yet");
		return;
	}
	check_reading(c, out, s->joint, s->gap, c->param[P_WARN] * s->limit,
		      check_unit(c, s->joint, VEC_ASKED));
	snprintf(out->why, sizeof(out->why), "1st action %.3g (train %.3g), %s", s->gap, s->limit,
		 c->run->joint[s->joint].label);
}

const struct check_class check_first_action = {
	.name = "first-action",
	.summary = "the first action lies far from where the arm is",
	.needs = NEED_START | NEED_ASKED | NEED_MEASURED | NEED_PROFILE | NEED_ABSOLUTE,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite home",
	.step = step,
	.show = show,
};
