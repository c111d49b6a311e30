/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the commands move: path, net motion and their ratio over two seconds, and roughness, the
 * median second difference of the last ticks without the seams (a chunked policy is rough there
 * in every clean run). Only roughness alarms: twitching shows in it within a second.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_WARN, P_FAIL, P_LONG };

static const struct check_param params[] = {
	{"warn", "x", 9, 1, 1000, "roughness, in training maxima, that is a warning"},
	{"fail", "x", 18, 1, 1000, "roughness that is a failure when it lasts"},
	{"long", "ticks", 30, 1, 10000, "lasts: so many ticks"},
	{0},
};

struct state {
	struct rough_ring ring[MAX_JOINTS];
	double before[MAX_JOINTS]; /* last change of each joint */
	bool has_before;	   /* and no seam since */
	unsigned rough_ticks[MAX_JOINTS];
	/* The last two seconds: length of each step, and where the joints were. */
	unsigned ticks, n;
	float length[MOTION_TICKS_MAX];
	float place[MOTION_TICKS_MAX][MAX_JOINTS];
	double path;
	bool rough_known;
	unsigned joint;
	double rough, limit, ratio; /* the roughest joint now */
};

static enum vec_kind command_of(const struct tick *t)
{
	return t->step->vec[VEC_ASKED].present ? VEC_ASKED : VEC_SENT;
}

static double training_roughness(const struct check *c, unsigned joint)
{
	const struct run_joint *r = &c->run->joint[joint];
	const struct profile *p = c->run->profile;
	size_t at = r->action ? (size_t)(r->action - p->action.joint) : SIZE_MAX;

	if (at >= p->behaviour.joints)
		return NAN;
	return fmax(p->behaviour.rough_max[at], 0.02 * r->action_max);
}

static void report(struct check *c, unsigned joint, double rough, double limit, enum level level)
{
	const char *unit = check_unit_text(c, joint, VEC_ASKED);
	struct finding f = {level, joint, rough,
			    limit * c->param[level == LEVEL_FAIL ? P_FAIL : P_WARN],
			    check_unit(c, joint, VEC_ASKED)};

	check_find(c, &f, "%s twitches: %.3g%s a step, training max %.3g%s (inside chunks)",
		   c->run->joint[joint].label, rough, unit, limit, unit);
}

static void judge_roughness(struct check *c)
{
	struct state *s = c->state;

	s->ratio = -1.0;
	for (unsigned j = 0; j < c->run->joints; j++) {
		double rough = rough_median(&s->ring[j]), limit = training_roughness(c, j), x;

		if (isnan(rough) || isnan(limit))
			continue;
		x = rough / limit;
		if (x > s->ratio) {
			s->rough_known = true;
			s->joint = j;
			s->rough = rough;
			s->limit = limit;
			s->ratio = x;
		}
		s->rough_ticks[j] = x >= c->param[P_FAIL] ? s->rough_ticks[j] + 1 : 0;
		if (s->rough_ticks[j] >= c->param[P_LONG])
			report(c, j, rough, limit, LEVEL_FAIL);
		else if (x >= c->param[P_WARN])
			report(c, j, rough, limit, LEVEL_WARN);
	}
}

/* Adds the step to the two-second window, over the joints that share the commonest unit. */
static void add_path(struct check *c, const struct tick *t, enum vec_kind vec)
{
	struct state *s = c->state;
	const struct profile *p = c->run->profile;
	enum unit unit = motion_unit(p->action.joint, p->action.joints);
	unsigned slot = s->n % MOTION_TICKS_MAX;
	double sum = 0.0;

	s->ticks = motion_ticks(p->fps);
	for (unsigned j = 0; j < c->run->joints; j++) {
		bool counts = c->run->joint[j].action &&
			      c->run->joint[j].action->joint.unit == unit;
		double d = t->delta[vec][j];

		s->place[slot][j] = counts ? (float)t->v[vec][j] : NAN;
		if (counts && !isnan(d))
			sum += d * d;
	}
	s->length[slot] = (float)sqrt(sum);
	s->path += (double)s->length[slot];
	if (s->n >= s->ticks)
		s->path -= (double)s->length[(s->n - s->ticks) % MOTION_TICKS_MAX];
	s->n++;
}

static double net_motion(const struct check *c, const struct state *s)
{
	unsigned back = s->n - 1 < s->ticks ? s->n - 1 : s->ticks;
	const float *now = s->place[(s->n - 1) % MOTION_TICKS_MAX];
	const float *then = s->place[(s->n - 1 - back) % MOTION_TICKS_MAX];
	double sum = 0.0;

	for (unsigned j = 0; j < c->run->joints; j++) {
		double d = (double)now[j] - (double)then[j];

		if (!isnan(d))
			sum += d * d;
	}
	return sqrt(sum);
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;
	enum vec_kind vec = command_of(t);

	if (!t->grid)
		return;
	add_path(c, t, vec);
	for (unsigned j = 0; j < c->run->joints; j++) {
		double d = t->delta[vec][j];

		if (s->has_before && !t->seam)
			rough_add(&s->ring[j], d - s->before[j]);
		s->before[j] = d;
	}
	s->has_before = !t->seam;
	judge_roughness(c);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;
	const struct behaviour *b = c->run->profile ? &c->run->profile->behaviour : NULL;
	double net, path = fmax(0.0, s->path);
	const char *unit;
	size_t used;

	if (s->n < 2 || !b) {
		snprintf(out->why, sizeof(out->why), "no two steps to compare yet");
		return;
	}
	net = net_motion(c, s);
	unit = unit_short(
		motion_unit(c->run->profile->action.joint, c->run->profile->action.joints));
	used = (size_t)snprintf(out->why, sizeof(out->why),
				"path %.3g%s%s (train %.3g), net %.3g (%.3g) = %.2f (%.2f)", path,
				unit[0] ? " " : "", unit, b->path.q50, net, b->net.q50,
				path > 0 ? net / path : 0.0, b->ratio.q50);
	if (!s->rough_known || used >= sizeof(out->why))
		return;
	check_reading(c, out, s->joint, s->rough, c->param[P_WARN] * s->limit,
		      check_unit(c, s->joint, VEC_ASKED));
	snprintf(out->why + used, sizeof(out->why) - used, ", rough %.2gx %s", s->ratio,
		 c->run->joint[s->joint].label);
}

const struct check_class check_motion = {
	.name = "motion",
	.summary = "commands that twitch from step to step",
	.needs = NEED_COMMAND | NEED_PROFILE | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.yields = "finite",
	.step = step,
	.show = show,
};
