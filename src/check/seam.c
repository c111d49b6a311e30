/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same as jump at a step that starts an action chunk. A clean chunked policy passes twice the
 * training maximum at its seams in nearly half of its runs, so a seam has limits of its own.
 *
 * Beside it stands what proves it: the largest step inside chunks, and how far the new chunk is from
 * what the old one had planned for the same step. Without a tick, what was executed last is the old
 * chunk's action at the place that the time of the next request tells.
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

struct evidence {
	double inside[MAX_JOINTS]; /* largest step of each joint inside chunks */
	bool has_plan;
	double plan[MAX_JOINTS]; /* of this replan: new action minus what was planned, NaN */
};

struct state {
	struct evidence evidence;
	struct recent often, large, huge; /* seams over "often", "repeated" and "fail" */
	bool any;
	unsigned joint;
	double ratio, value; /* largest seam of the episode */
};

static enum vec_kind command_of(const struct tick *t)
{
	return t->step->vec[VEC_ASKED].present ? VEC_ASKED : VEC_SENT;
}

/* The joint with the largest change in training maxima. */
static bool largest(const struct check *c, const double *delta, unsigned *joint, double *ratio,
		    double *value)
{
	*ratio = -1.0;
	for (unsigned j = 0; j < c->run->joints; j++) {
		double d = fabs(delta[j]), x = d / c->run->joint[j].action_max;

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

/* ", 3.1 inside chunks, 9 off the old plan": what is known of both. */
static void evidence_text(const struct check *c, unsigned joint, char *dst, size_t size)
{
	const struct evidence *e = &((const struct state *)c->state)->evidence;
	int used = 0;

	dst[0] = '\0';
	if (e->inside[joint] > 0)
		used = snprintf(dst, size, ", %.3g inside chunks", e->inside[joint]);
	if (e->has_plan && !isnan(e->plan[joint]) && used >= 0 && (size_t)used < size)
		snprintf(dst + used, size - (size_t)used, ", %.3g off the old plan",
			 fabs(e->plan[joint]));
}

static void judge(struct check *c, const double *delta)
{
	struct state *s = c->state;
	struct finding f = {0};
	double ratio, limit;
	unsigned joint = 0;
	char evidence[64];

	if (!largest(c, delta, &joint, &ratio, &f.value))
		return;
	if (!s->any || ratio > s->ratio) {
		s->any = true;
		s->joint = joint;
		s->ratio = ratio;
		s->value = f.value;
	}
	f.level = level_of(c, c->now_s, ratio, &limit);
	if (f.level < LEVEL_NOTE)
		return;
	f.subject = joint;
	f.threshold = limit * c->run->joint[joint].action_max;
	f.unit = check_unit(c, joint, VEC_ASKED);
	evidence_text(c, joint, evidence, sizeof(evidence));
	check_find(c, &f, "%s jumps %.4g%s at a replan, training max %.4g%s%s (%u such in %.0f s)",
		   c->run->joint[joint].label, f.value, check_unit_text(c, joint, VEC_ASKED),
		   c->run->joint[joint].action_max, check_unit_text(c, joint, VEC_ASKED), evidence,
		   recent_count(&s->often, c->now_s, c->param[P_WINDOW]), c->param[P_WINDOW]);
}

static void add_inside(struct evidence *e, unsigned joint, double step)
{
	if (fabs(step) > e->inside[joint])
		e->inside[joint] = fabs(step);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	enum vec_kind vec = command_of(t);

	if (!t->grid || c->run->no_tick)
		return;
	if (t->seam) {
		judge(c, t->delta[vec]);
		s->evidence.has_plan = false;
		return;
	}
	for (unsigned j = 0; t->chunk_pos >= 0 && j < c->run->joints; j++)
		add_inside(&s->evidence, j, t->delta[vec][j]);
}

/*
 * Without a tick: from the old chunk's action that was executed last to the new one's first. The
 * place comes from times and may be off by one: the nearest of three is the one that counts.
 */
static void judge_reply(struct check *c, const struct replan *r)
{
	struct state *s = c->state;
	unsigned at = r->offset + r->first - 1, from = at ? at - 1 : 0;
	unsigned to = at + 1 < r->old->kept ? at + 1 : r->old->kept - 1;
	double delta[MAX_JOINTS];

	for (unsigned j = 0; j < c->run->joints; j++) {
		delta[j] = NAN;
		for (unsigned i = 1; i < r->old->kept; i++)
			add_inside(&s->evidence, j, r->old->a[i][j] - r->old->a[i - 1][j]);
		for (unsigned i = from; i <= to; i++) {
			double d = r->next->a[r->first][j] - r->old->a[i][j];

			if (isnan(delta[j]) || fabs(d) < fabs(delta[j]))
				delta[j] = d;
		}
	}
	judge(c, delta);
	s->evidence.has_plan = false;
}

static void replan(struct check *c, const struct replan *r)
{
	struct evidence *e = &((struct state *)c->state)->evidence;
	unsigned at = r->offset + r->first;

	e->has_plan = at < r->old->kept && r->first < r->next->kept;
	for (unsigned j = 0; e->has_plan && j < c->run->joints; j++)
		e->plan[j] = r->next->a[r->first][j] - r->old->a[at][j];
	if (c->run->no_tick && at > 0 && at <= r->old->kept && r->first < r->next->kept)
		judge_reply(c, r);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;

	if (!s->any) {
		snprintf(out->why, sizeof(out->why), "%s",
			 c->run->no_tick ? "how much of a chunk is executed is not known"
					 : "no replan yet");
		return;
	}
	check_reading(c, out, s->joint, s->value,
		      c->param[P_ALONE] * c->run->joint[s->joint].action_max,
		      check_unit(c, s->joint, VEC_ASKED));
	snprintf(out->why, sizeof(out->why),
		 "largest seam %.1fx training: %s %.4g, max %.4g%s, inside chunks %.3g, warns at "
		 "%.3gx",
		 s->ratio, c->run->joint[s->joint].label, s->value,
		 c->run->joint[s->joint].action_max, check_unit_text(c, s->joint, VEC_ASKED),
		 s->evidence.inside[s->joint], c->param[P_ALONE]);
}

const struct check_class check_seam = {
	.name = "seam",
	.summary = "a jump at the step that starts an action chunk",
	.needs = NEED_COMMAND | NEED_CHUNK | NEED_PROFILE,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite frozen tracking",
	.step = step,
	.replan = replan,
	.show = show,
};
