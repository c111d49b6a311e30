/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same as jump at a step that starts an action chunk. A clean chunked policy passes twice the
 * training maximum at its seams in nearly half of its runs, so a seam has limits of its own.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"
#include "check/recent.h"

enum { P_ALONE, P_REPEATED, P_FAIL, P_NOTE, P_WINDOW };

static const struct check_param params[] = {
	{"alone", "x", 5, 1, 100, "size of one seam that is a warning"},
	{"repeated", "x", 3.3, 1, 100, "size of a seam that is a warning when it happens twice"},
	{"fail", "x", 4.5, 1, 100, "size of a seam that is a failure when it happens three times"},
	{"note", "x", 2.5, 1, 100, "size of a seam that is a note"},
	{"window", "s", 10, 1, 1000, "time within which seams count as repeated"},
	{0},
};

struct state {
	struct recent large, huge;
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

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	const double *p = c->param;
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
	if (ratio >= p[P_REPEATED])
		recent_add(&s->large, t->elapsed_s);
	if (ratio >= p[P_FAIL])
		recent_add(&s->huge, t->elapsed_s);
	if (ratio >= p[P_FAIL] && recent_count(&s->huge, t->elapsed_s, p[P_WINDOW]) >= 3)
		f.level = LEVEL_FAIL, limit = p[P_FAIL];
	else if (ratio >= p[P_ALONE])
		f.level = LEVEL_WARN, limit = p[P_ALONE];
	else if (ratio >= p[P_REPEATED] && recent_count(&s->large, t->elapsed_s, p[P_WINDOW]) >= 2)
		f.level = LEVEL_WARN, limit = p[P_REPEATED];
	else if (ratio >= p[P_NOTE])
		f.level = LEVEL_NOTE, limit = p[P_NOTE];
	else
		return;
	f.subject = joint;
	f.threshold = limit * c->run->joint[joint].action_max;
	f.unit = check_unit(c, joint, VEC_ASKED);
	check_find(c, &f, "%s jumps %.4g%s at a replan, training max %.4g%s",
		   c->run->joint[joint].label, f.value, check_unit_text(c, joint, VEC_ASKED),
		   c->run->joint[joint].action_max, check_unit_text(c, joint, VEC_ASKED));
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
