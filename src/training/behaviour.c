/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grippers: which joints they are comes from the robot's row, else from the name; which way they
 * close from the row, else from where they stall (a gripper that holds something is commanded
 * further closed than it gets), else from LeRobot's convention (0 is closed).
 */
#include "training/behaviour.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "robot/robot.h"

enum { BINS_MAX = 4096 };

/* The vectors that are looked at: actions, else states. */
struct lane {
	const struct episodes *e;
	const unsigned char *use;
	const struct feature_profile *feature;
	const double *value;
	unsigned width;
};

static struct lane lane_of(const struct profile *p, const struct episodes *e,
			   const unsigned char *use)
{
	if (e->naction)
		return (struct lane){e, use, &p->action, e->action, e->naction};
	return (struct lane){e, use, &p->state, e->state, e->nstate};
}

static double at(const struct lane *l, size_t frame, unsigned joint)
{
	return l->value[frame * l->width + joint];
}

static bool used(const struct lane *l, size_t episode)
{
	return (!l->use || l->use[episode]) && l->e->span[episode].frames > 0;
}

static bool is_named_gripper(const char *name)
{
	char label[NAME_BYTES];
	size_t len;

	joint_short_name(label, name);
	len = strlen(label);
	return len >= 7 && strcasecmp(label + len - 7, "gripper") == 0;
}

/* Mean of action - state while the state rests: where a gripper stalls. */
static double stall(const struct lane *l, unsigned action, unsigned state)
{
	const struct episodes *e = l->e;
	double sum = 0.0, n = 0.0;

	for (size_t i = 0; i < e->count; i++) {
		for (size_t f = 1; used(l, i) && f < e->span[i].frames; f++) {
			size_t row = e->span[i].first + f;
			double now = e->state[row * e->nstate + state];
			double gap = e->action[row * e->naction + action] - now;

			if (fabs(now - e->state[(row - 1) * e->nstate + state]) < 0.1 * fabs(gap)) {
				sum += gap;
				n += 1.0;
			}
		}
	}
	return n > 0 ? sum / n : 0.0;
}

/* Which way joint closes; false: it is no gripper. */
static bool find_polarity(struct gripper_habit *g, const struct profile *p, const struct lane *l,
			  unsigned joint)
{
	const struct joint_profile *j = &l->feature->joint[joint];
	const struct robot_class *robot = robot_find(p->robot);
	const struct robot_gripper *row = robot_gripper_find(robot, j->joint.name);
	double gap = 0.0;
	int state;

	if (row) {
		g->closed_low = row->closed_low;
		snprintf(g->why, sizeof(g->why), "known of %s", robot->name);
		return true;
	}
	if (!is_named_gripper(j->joint.name))
		return false;
	state = l->e->naction ? profile_find(&p->state, j->joint.name) : -1;
	if (state >= 0)
		gap = stall(l, joint, (unsigned)state);
	g->closed_low = gap <= 0.02 * (j->value.max - j->value.min);
	snprintf(g->why, sizeof(g->why), "%s",
		 fabs(gap) > 0.02 * (j->value.max - j->value.min)
			 ? "from where it stalls on an object"
			 : "by name; LeRobot's convention that the low end is closed");
	return true;
}

/* One episode of a gripper. */
struct gripper_run {
	double closes, first_close_s, first_change_s; /* NaN: never */
};

/* Closed seconds of one episode into the curves; from its end on it may go either way. */
static struct gripper_run add_curve(struct gripper_habit *g, const struct lane *l, unsigned joint,
				    const struct episode_span *span, double fps)
{
	struct gripper_run run = {0.0, NAN, NAN};
	size_t frame = 0;
	double closed_s = 0.0, end_s = (double)span->frames / fps, highest = -INFINITY;
	int state = -1;

	for (size_t b = 0; b < g->bins; b++) {
		double t_s = (double)(b + 1) * GRIPPER_BIN_S, over;

		for (; frame < span->frames && (double)(frame + 1) / fps <= t_s + 1e-9; frame++) {
			double v = at(l, span->first + frame, joint);
			int next = gripper_next(g, state, v);

			highest = fmax(highest, v);
			if (state >= 0 && next != state)
				run.first_change_s = fmin(run.first_change_s, (double)frame / fps);
			if (next == 1 && state == 0) {
				run.first_close_s = fmin(run.first_close_s, (double)frame / fps);
				run.closes += 1.0;
			}
			state = next;
			closed_s += state == 1 ? 1.0 / fps : 0.0;
		}
		over = frame < span->frames ? 0.0 : fmax(0.0, t_s - end_s);
		g->closed_min_s[b] = fmin(g->closed_min_s[b], closed_s);
		g->closed_max_s[b] = fmax(g->closed_max_s[b], closed_s + over);
		g->closed_mean_s[b] += closed_s;
		g->highest_least[b] = fmin(g->highest_least[b], highest);
	}
	return run;
}

static void fill_curves(struct gripper_habit *g, const struct lane *l, unsigned joint, double fps)
{
	double n = 0.0;

	/* fmin and fmax pass over NaN: what no episode shows stays unknown. */
	g->closes_min = g->closes_max = NAN;
	g->first_close_min_s = g->first_close_max_s = g->first_change_max_s = NAN;
	for (size_t b = 0; b < g->bins; b++)
		g->closed_min_s[b] = g->highest_least[b] = INFINITY;
	for (size_t i = 0; i < l->e->count; i++) {
		struct gripper_run run;

		if (!used(l, i))
			continue;
		run = add_curve(g, l, joint, &l->e->span[i], fps);
		g->closes_min = fmin(g->closes_min, run.closes);
		g->closes_max = fmax(g->closes_max, run.closes);
		g->closes_mean += run.closes;
		g->first_close_min_s = fmin(g->first_close_min_s, run.first_close_s);
		g->first_close_max_s = fmax(g->first_close_max_s, run.first_close_s);
		g->first_change_max_s = fmax(g->first_change_max_s, run.first_change_s);
		n += 1.0;
	}
	g->closes_mean /= n;
	for (size_t b = 0; b < g->bins; b++)
		g->closed_mean_s[b] /= n;
}

/* Twice the longest episode: a policy is slower than its teacher. */
static size_t bin_count(const struct lane *l, double fps)
{
	size_t longest = 0;
	double bins;

	for (size_t i = 0; i < l->e->count; i++) {
		if (used(l, i) && l->e->span[i].frames > longest)
			longest = l->e->span[i].frames;
	}
	bins = 2.0 * ceil((double)longest / fps / GRIPPER_BIN_S);
	return bins > BINS_MAX ? BINS_MAX : (size_t)bins;
}

void behaviour_grippers(struct profile *p, const struct episodes *e, const unsigned char *use)
{
	const struct lane lane = lane_of(p, e, use), *l = &lane;
	struct behaviour *b = &p->behaviour;

	for (unsigned j = 0; j < b->joints && b->ngrippers < GRIPPERS_MAX; j++) {
		const struct joint_profile *jp = &l->feature->joint[j];
		struct gripper_habit g = {0};

		if (!(jp->value.q99 > jp->value.q01) || !find_polarity(&g, p, l, j))
			continue;
		text_copy(g.joint, sizeof(g.joint), jp->joint.name);
		g.closed = g.closed_low ? jp->value.q01 : jp->value.q99;
		g.open = g.closed_low ? jp->value.q99 : jp->value.q01;
		g.split = 0.5 * (g.closed + g.open);
		g.bins = bin_count(l, p->fps);
		g.closed_min_s = xcalloc(g.bins + 1, sizeof(double));
		g.closed_mean_s = xcalloc(g.bins + 1, sizeof(double));
		g.closed_max_s = xcalloc(g.bins + 1, sizeof(double));
		g.highest_least = xcalloc(g.bins + 1, sizeof(double));
		fill_curves(&g, l, j, p->fps);
		b->gripper[b->ngrippers++] = g;
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct range_habit range_of(double *v, size_t n)
{
	struct range_habit r = {NAN, NAN, NAN, NAN};

	if (!n)
		return r;
	qsort(v, n, sizeof(*v), by_value);
	r.q01 = v[(n - 1) / 100];
	r.q50 = v[(n - 1) / 2];
	r.q99 = v[(n - 1) * 99 / 100];
	r.max = v[n - 1];
	return r;
}

/* The joints that share the commonest unit. */
struct moved {
	unsigned n, joint[MAX_JOINTS];
};

static struct moved moved_joints(const struct lane *l)
{
	enum unit unit = motion_unit(l->feature->joint, l->width);
	struct moved m = {0};

	for (unsigned j = 0; j < l->width; j++) {
		if (l->feature->joint[j].joint.unit == unit)
			m.joint[m.n++] = j;
	}
	return m;
}

/* Of two frames. */
static double distance(const struct lane *l, const struct moved *m, size_t a, size_t b)
{
	const double *x = l->value + a * l->width, *y = l->value + b * l->width;
	double sum = 0.0;

	for (unsigned i = 0; i < m->n; i++) {
		double d = x[m->joint[i]] - y[m->joint[i]];

		sum += d * d;
	}
	return sqrt(sum);
}

static void find_motion(struct profile *p, const struct lane *l)
{
	const struct moved moved = moved_joints(l);
	unsigned ticks = motion_ticks(p->fps), stride = ticks / 2;
	size_t max = l->e->frames / stride + l->e->count + 1, n = 0, moving = 0;
	double *path = xcalloc(max, sizeof(double)), *net = xcalloc(max, sizeof(double));
	double *ratio = xcalloc(max, sizeof(double));
	double *sum = xcalloc(l->e->frames + 1, sizeof(double)); /* path up to a frame */

	for (size_t i = 0; i < l->e->count; i++) {
		const struct episode_span *s = &l->e->span[i];

		for (size_t f = 1; used(l, i) && f < s->frames; f++)
			sum[f] = sum[f - 1] + distance(l, &moved, s->first + f, s->first + f - 1);
		for (size_t f = 0; used(l, i) && f + ticks < s->frames; f += stride) {
			path[n] = sum[f + ticks] - sum[f];
			net[n] = distance(l, &moved, s->first + f + ticks, s->first + f);
			if (path[n] > 0)
				ratio[moving++] = net[n] / path[n];
			n++;
		}
	}
	p->behaviour.path = range_of(path, n);
	p->behaviour.net = range_of(net, n);
	p->behaviour.ratio = range_of(ratio, moving);
	free(path);
	free(net);
	free(ratio);
	free(sum);
}

void behaviour_motion(struct profile *p, const struct episodes *e, const unsigned char *use)
{
	struct lane l = lane_of(p, e, use);

	if (p->behaviour.joints)
		find_motion(p, &l);
}

void behaviour_begin(struct profile *p)
{
	struct behaviour *b = &p->behaviour;
	unsigned joints = p->action.joints ? p->action.joints : p->state.joints;

	if (!p->frames || !joints || !(p->fps > 0))
		return;
	b->joints = joints;
	b->rough_max = xcalloc(joints, sizeof(double));
	b->tracking_max = xcalloc(joints, sizeof(double));
	for (unsigned j = 0; j < joints; j++)
		b->tracking_max[j] = NAN;
}
