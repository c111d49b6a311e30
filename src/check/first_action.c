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
	struct first_gap first;
};

static void step(struct check *c, const struct tick *t)
{
	struct state *state = c->state;
	struct first_gap *s = &state->first;
	const char *unit;
	struct finding f;

	if (state->judged || !check_first_gap(c, t, c->param[P_WARN], s))
		return;
	state->judged = true;
	/* Training itself, replayed, comes to 1 and is nothing to tell. */
	if (s->ratio < 1.0 + 1e-6)
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
	const struct state *state = c->state;
	const struct first_gap *s = &state->first;

	if (!state->judged) {
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
	.yields = "finite home stale-chunk",
	.step = step,
	.show = show,
};
