/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grippers against training at the same elapsed time: how long closed so far, and whether the
 * first change and the first grasp are overdue. A gripper that hovers between open and closed
 * (regression to the mean) or is told 0..1 where 0..100 was meant never changes.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_SHARE, P_CHANGE, P_CLOSE, P_FAIL };

static const struct check_param params[] = {
	{"share", "s", 2, 0, 1000, "closed longer or shorter than any training episode by so much"},
	{"change", "s", 1, 0, 1000, "first change later than in any training episode by so much"},
	{"close", "s", 1.5, 0, 1000, "first closing later than in any training episode by so much"},
	{"fail", "s", 8, 0, 1000, "first closing so much later is a failure"},
	{0},
};

struct one {
	int state; /* 1 closed, 0 open, -1 unknown; as value + 2 so that zeroed is unknown */
	bool changed, closed;
	double value, closed_s, least_s, most_s, elapsed_s;
};

struct state {
	struct one one[GRIPPERS_MAX];
};

/* A curve at elapsed_s, rounded to the bin that is kinder; beyond its end it goes on by slope. */
static double curve_at(const double *curve, size_t bins, double elapsed_s, bool upper)
{
	double at = floor(elapsed_s / GRIPPER_BIN_S) - (upper ? 0.0 : 1.0);

	if (at < 0)
		return 0.0;
	if (at < (double)bins)
		return curve[(size_t)at];
	return curve[bins - 1] + (upper ? elapsed_s - (double)(bins - 1) * GRIPPER_BIN_S : 0.0);
}

static void report_overdue(struct check *c, unsigned joint, const char *what, double elapsed_s,
			   double training_s, double slack_s, enum level level)
{
	struct finding f = {level, joint, elapsed_s, training_s + slack_s, "s"};

	check_find(c, &f, "%s: no %s after %.1f s, in training by %.1f s",
		   c->run->joint[joint].label, what, elapsed_s, training_s);
}

static void judge_share(struct check *c, unsigned joint, const struct one *o)
{
	bool over = o->closed_s > o->most_s + c->param[P_SHARE];
	struct finding f = {LEVEL_WARN, joint, o->closed_s,
			    over ? o->most_s + c->param[P_SHARE] : o->least_s - c->param[P_SHARE],
			    "s"};

	if (!over && o->closed_s >= f.threshold)
		return;
	check_find(c, &f, "%s closed for %.1f of %.1f s, training so far %.1f..%.1f s",
		   c->run->joint[joint].label, o->closed_s, o->elapsed_s, o->least_s, o->most_s);
}

static void judge(struct check *c, const struct tick *t, unsigned joint,
		  const struct gripper_habit *g, struct one *o)
{
	const double *p = c->param;
	double change_s = g->first_change_max_s, close_s = g->first_close_max_s;
	double v = t->v[VEC_ASKED][joint];
	int before = o->state - 2, next;

	if (isnan(v))
		v = isnan(t->v[VEC_SENT][joint]) ? t->v[VEC_GOT][joint] : t->v[VEC_SENT][joint];
	if (isnan(v))
		v = t->v[VEC_SEEN][joint];
	if (isnan(v) || !g->bins)
		return;
	next = gripper_next(g, o->state ? before : -1, v);
	o->changed = o->changed || (o->state && next != before);
	o->closed = o->closed || (o->state && next == 1 && before == 0);
	o->state = next + 2;
	o->value = v;
	o->elapsed_s = t->elapsed_s;
	if (next == 1 && t->dt_s > 0)
		o->closed_s += t->dt_s;
	o->least_s = curve_at(g->closed_min_s, g->bins, t->elapsed_s, false);
	o->most_s = curve_at(g->closed_max_s, g->bins, t->elapsed_s, true);
	judge_share(c, joint, o);
	if (!(g->closes_min >= 1))
		return; /* not every training episode closes it: nothing is overdue */
	if (!o->closed && t->elapsed_s > close_s + p[P_FAIL])
		report_overdue(c, joint, "grasp", t->elapsed_s, close_s, p[P_FAIL], LEVEL_FAIL);
	else if (!o->closed && t->elapsed_s > close_s + p[P_CLOSE])
		report_overdue(c, joint, "grasp", t->elapsed_s, close_s, p[P_CLOSE], LEVEL_WARN);
	else if (!o->changed && t->elapsed_s > change_s + p[P_CHANGE])
		report_overdue(c, joint, "change", t->elapsed_s, change_s, p[P_CHANGE], LEVEL_WARN);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;

	for (unsigned j = 0; j < c->run->joints; j++) {
		int g = c->run->joint[j].gripper;

		if (g >= 0 && g < GRIPPERS_MAX)
			judge(c, t, j, &c->run->profile->behaviour.gripper[g], &s->one[g]);
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	snprintf(out->why, sizeof(out->why), "no gripper value yet");
	for (unsigned j = 0; j < c->run->joints; j++) {
		int g = c->run->joint[j].gripper;
		const struct one *o = g >= 0 && g < GRIPPERS_MAX ? &s->one[g] : NULL;

		if (!o || !o->state)
			continue;
		check_reading(c, out, j, o->closed_s, o->most_s, "s");
		snprintf(out->why, sizeof(out->why),
			 "%s %s, closed %.1f of %.1f s, training %.1f..%.1f s",
			 c->run->joint[j].label, o->state == 3 ? "closed" : "open", o->closed_s,
			 o->elapsed_s, o->least_s, o->most_s);
		return;
	}
}

const struct check_class check_gripper = {
	.name = "gripper",
	.summary = "a gripper that closes too late, too long or never",
	.needs = NEED_START | NEED_GRIPPER | NEED_PROFILE | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite home first-action range frozen tracking cadence",
	.step = step,
	.show = show,
};
