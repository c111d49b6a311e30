/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same as jump at a step that starts an action chunk. A clean chunked policy passes twice the
 * training maximum at its seams in nearly half of its runs, so a seam has limits of its own.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"
#include "check/recent.h"

enum { P_ALONE, P_REPEATED, P_OFTEN, P_MANY, P_FAIL, P_ALWAYS, P_NOTE, P_WINDOW };

static const struct check_param params[] = {
	{"alone", "x", 5, 1, 100, "size of one seam that is a warning"},
	{"repeated", "x", 3.3, 1, 100, "size of a seam that is a warning when it happens twice"},
	{"often", "x", 1.9, 1, 100, "size of a seam that is a warning when it happens often"},
	{"many", "", 6, 1, RECENT_MAX, "often: so many times within the window"},
	{"fail", "x", 4.5, 1, 100, "size of a seam that is a failure when it happens three times"},
	{"always", "", 10, 1, RECENT_MAX,
	 "seams over \"often\" that are a failure by their number"},
	{"note", "x", 2.5, 1, 100, "size of a seam that is a note"},
	{"window", "s", 10, 1, 1000, "time within which seams count as repeated"},
	{0},
};

struct state {
	struct recent often, large, huge; /* seams over "often", "repeated" and "fail" */
	bool any;
	unsigned joint;
	double ratio, value; /* largest seam of the episode */
};

/* The joint with the largest change in training maxima; its vector is asked, else sent. */
static bool largest(const struct check *c, const struct tick *t, unsigned *joint, double *ratio,
		    double *value)
{
	enum vec_kind vec = t->step->vec[VEC_ASKED].present ? VEC_ASKED : VEC_SENT;

	*ratio = -1.0;
	for (unsigned j = 0; j < c->run->joints; j++) {
		double d = fabs(t->delta[vec][j]), x = d / c->run->joint[j].action_max;

		if (c->run->joint[j].action && x > *ratio) {
			*ratio = x;
			*joint = j;
			*value = d;
		}
	}
	return *ratio >= 0;
}

/* The level of a seam of ratio training maxima, and the limit that it passes. */
static enum level level_of(struct check *c, double now_s, double ratio, double *limit)
{
	struct state *s = c->state;
	const double *p = c->param;
	double window_s = p[P_WINDOW];
	unsigned often, large, huge;

	if (ratio >= p[P_OFTEN])
		recent_add(&s->often, now_s, 0.0);
	if (ratio >= p[P_REPEATED])
		recent_add(&s->large, now_s, 0.0);
	if (ratio >= p[P_FAIL])
		recent_add(&s->huge, now_s, 0.0);
	often = ratio >= p[P_OFTEN] ? recent_count(&s->often, now_s, window_s) : 0;
	large = ratio >= p[P_REPEATED] ? recent_count(&s->large, now_s, window_s) : 0;
	huge = ratio >= p[P_FAIL] ? recent_count(&s->huge, now_s, window_s) : 0;
	*limit = huge >= 3		? p[P_FAIL]
		 : often >= p[P_ALWAYS] ? p[P_OFTEN]
		 : ratio >= p[P_ALONE]	? p[P_ALONE]
		 : large >= 2		? p[P_REPEATED]
		 : often >= p[P_MANY]	? p[P_OFTEN]
					: p[P_NOTE];
	if (huge >= 3 || often >= p[P_ALWAYS])
		return LEVEL_FAIL;
	if (ratio >= p[P_ALONE] || large >= 2 || often >= p[P_MANY])
		return LEVEL_WARN;
	return ratio >= p[P_NOTE] ? LEVEL_NOTE : LEVEL_OK;
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	struct finding f = {0};
	double ratio, limit;
	unsigned joint = 0;

	if (!t->grid || !t->seam || !largest(c, t, &joint, &ratio, &f.value))
		return;
	if (!s->any || ratio > s->ratio) {
		s->any = true;
		s->joint = joint;
		s->ratio = ratio;
		s->value = f.value;
	}
	f.level = level_of(c, t->elapsed_s, ratio, &limit);
	if (f.level < LEVEL_NOTE)
		return;
	f.subject = joint;
	f.threshold = limit * c->run->joint[joint].action_max;
	f.unit = check_unit(c, joint, VEC_ASKED);
	check_find(c, &f, "%s jumps %.4g%s at a replan, training max %.4g%s (%u such in %.0f s)",
		   c->run->joint[joint].label, f.value, check_unit_text(c, joint, VEC_ASKED),
		   c->run->joint[joint].action_max, check_unit_text(c, joint, VEC_ASKED),
		   recent_count(&s->often, t->elapsed_s, c->param[P_WINDOW]), c->param[P_WINDOW]);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "no replan yet");
		return;
	}
	check_reading(c, out, s->joint, s->value,
		      c->param[P_ALONE] * c->run->joint[s->joint].action_max,
		      check_unit(c, s->joint, VEC_ASKED));
	snprintf(out->why, sizeof(out->why),
		 "largest seam %.1fx training: %s %.4g, max %.4g%s, warns at %.3gx", s->ratio,
		 c->run->joint[s->joint].label, s->value, c->run->joint[s->joint].action_max,
		 check_unit_text(c, s->joint, VEC_ASKED), c->param[P_ALONE]);
}

const struct check_class check_seam = {
	.name = "seam",
	.summary = "a jump at the step that starts an action chunk",
	.needs = NEED_COMMAND | NEED_CHUNK | NEED_PROFILE,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite frozen tracking",
	.step = step,
	.show = show,
};
