/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain from the arm to the policy: what the policy is given is not where the encoders say the
 * arm is. A stale read, a second arm's state, a calibration that was applied twice. What breaks
 * further down is told by clamped (asked and sent) and by tracking (sent and got).
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_PART, P_TICKS };

static const struct check_param params[] = {
	{"part", "% of span", 5, 0, 100, "between seen and got, more than the arm moved meanwhile"},
	{"ticks", "ticks", 15, 1, 10000, "in a row: a warning"},
	{0},
};

/* The policy may be given a state of some ticks ago: the nearest of these counts. */
enum { PAST = 4 };

struct state {
	double got[PAST][MAX_JOINTS];
	unsigned n;
	unsigned row[MAX_JOINTS];
	bool any;
	unsigned joint;
	double most; /* % of span */
};

static double nearest(const struct state *s, unsigned joint, double seen)
{
	unsigned kept = s->n < PAST ? s->n : PAST;
	double best = NAN;

	for (unsigned i = 0; i < kept; i++)
		best = fmin(best, fabs(seen - s->got[i][joint]));
	return best;
}

static void judge_joint(struct check *c, unsigned joint, const struct tick *t)
{
	struct state *s = c->state;
	const struct run_joint *r = &c->run->joint[joint];
	double seen = t->v[VEC_SEEN][joint];
	double part = 100 * nearest(s, joint, seen) / r->state_span;
	struct finding f = {LEVEL_WARN, joint, part, c->param[P_PART], "% of span"};

	if (isnan(part))
		return;
	if (!s->any || part > s->most) {
		s->any = true;
		s->joint = joint;
		s->most = part;
	}
	s->row[joint] = part >= c->param[P_PART] ? s->row[joint] + 1 : 0;
	if (s->row[joint] >= c->param[P_TICKS])
		check_find(c, &f,
			   "%s: the policy is given %.4g%s, the encoder says %.4g, for %u ticks",
			   r->label, seen, check_unit_text(c, joint, VEC_SEEN),
			   t->v[VEC_GOT][joint], s->row[joint]);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;

	if (!t->step->vec[VEC_GOT].present || !t->step->vec[VEC_SEEN].present)
		return;
	for (unsigned j = 0; j < c->run->joints; j++)
		s->got[s->n % PAST][j] = t->v[VEC_GOT][j];
	s->n++;
	for (unsigned j = 0; s->n >= PAST && j < c->run->joints; j++)
		judge_joint(c, j, t);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "seen and got are not seen both");
		return;
	}
	check_reading(c, out, s->joint, s->most, c->param[P_PART], "% of span");
	snprintf(out->why, sizeof(out->why),
		 "%s is furthest: %.1f %% of its span between seen and got",
		 c->run->joint[s->joint].label, s->most);
}

const struct check_class check_asked_sent_got = {
	.name = "asked-sent-got",
	.summary = "the policy is given another state than the arm has",
	.needs = NEED_MEASURED | NEED_PROFILE | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.step = step,
	.show = show,
};
