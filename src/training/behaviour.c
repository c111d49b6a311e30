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
#include "training/parallel.h"

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
	double closed_s = 0.0, end_s = (double)span->frames / fps;
	int state = -1;

	for (size_t b = 0; b < g->bins; b++) {
		double t_s = (double)(b + 1) * GRIPPER_BIN_S, over;

		for (; frame < span->frames && (double)(frame + 1) / fps <= t_s + 1e-9; frame++) {
			int next = gripper_next(g, state, at(l, span->first + frame, joint));

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
		g->closed_min_s[b] = INFINITY;
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

static void find_grippers(struct profile *p, const struct lane *l)
{
	struct behaviour *b = &p->behaviour;

	for (unsigned j = 0; j < l->width && b->ngrippers < GRIPPERS_MAX; j++) {
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
		fill_curves(&g, l, j, p->fps);
		b->gripper[b->ngrippers++] = g;
	}
}

/*
 * Roughness and tracking look for the largest of running medians and minima. Both only count, per
 * joint, how much of the window lies over the largest so far, and compute it when it must have
 * grown: a fraction of the time of computing every window.
 */
struct rough_scan {
	struct rough_ring ring;
	unsigned over;
};

static void rough_scan(struct rough_scan *s, double second_difference, double *max)
{
	unsigned slot = s->ring.n % ROUGH_TICKS;
	double median;

	if (s->ring.n >= ROUGH_TICKS)
		s->over -= (double)s->ring.size[slot] > *max;
	rough_add(&s->ring, second_difference);
	s->over += (double)s->ring.size[slot] > *max;
	if (s->over < ROUGH_TICKS / 2)
		return;
	median = rough_median(&s->ring);
	if (!(median > *max))
		return;
	*max = median;
	s->over = 0;
	for (unsigned i = 0; i < ROUGH_TICKS; i++)
		s->over += (double)s->ring.size[i] > median;
}

static void find_roughness(struct behaviour *b, const struct lane *l)
{
	struct rough_scan *scan = xcalloc(l->width, sizeof(*scan));

	for (size_t i = 0; i < l->e->count; i++) {
		const struct episode_span *s = &l->e->span[i];

		memset(scan, 0, l->width * sizeof(*scan));
		for (size_t f = 2; used(l, i) && f < s->frames; f++) {
			const double *v = l->value + (s->first + f) * l->width;

			for (unsigned j = 0; j < l->width; j++) {
				const double *now = v + j;
				double d2 = now[0] - 2.0 * *(now - l->width) +
					    *(now - 2 * l->width);

				if (!isnan(d2))
					rough_scan(&scan[j], d2, &b->rough_max[j]);
			}
		}
	}
	free(scan);
}

struct tracking_scan {
	struct tracking_ring ring;
	unsigned over; /* errors in a row over the largest so far */
};

/* Eight joints at a time: what one row of values brings into the cache. */
enum { TRACKING_BLOCK = 8 };

struct tracking_work {
	struct profile *p;
	const struct lane *l;
	int state[MAX_JOINTS]; /* of each action joint, -1 none */
};

static void track_row(struct tracking_scan *scan, const double *action, const double *now,
		      const int *state, double *max, unsigned n)
{
	for (unsigned j = 0; j < n; j++) {
		if (state[j] < 0)
			continue;
		tracking_add(&scan[j].ring, action[j], now[state[j]]);
		scan[j].over = tracking_now(&scan[j].ring) > max[j] ? scan[j].over + 1 : 0;
		if (scan[j].over >= TRACKING_TICKS)
			max[j] = fmax(max[j], tracking_least(&scan[j].ring));
	}
}

static void track_block(void *ctx, size_t block)
{
	const struct tracking_work *w = ctx;
	const struct episodes *e = w->l->e;
	unsigned first = (unsigned)block * TRACKING_BLOCK, left = e->naction - first;
	unsigned n = left < TRACKING_BLOCK ? left : TRACKING_BLOCK;
	struct tracking_scan scan[TRACKING_BLOCK];
	double max[TRACKING_BLOCK];

	for (unsigned j = 0; j < n; j++)
		max[j] = w->state[first + j] < 0 ? (double)NAN : 0.0;
	for (size_t i = 0; i < e->count; i++) {
		memset(scan, 0, sizeof(scan));
		for (size_t f = 0; used(w->l, i) && f < e->span[i].frames; f++) {
			size_t row = e->span[i].first + f;

			track_row(scan, e->action + row * e->naction + first,
				  e->state + row * e->nstate, w->state + first, max, n);
		}
	}
	memcpy(w->p->behaviour.tracking_max + first, max, n * sizeof(*max));
}

static void find_tracking(struct profile *p, const struct lane *l)
{
	struct tracking_work w = {.p = p, .l = l};
	unsigned n = l->e->naction;

	for (unsigned j = 0; j < n; j++)
		w.state[j] = profile_find(&p->state, p->action.joint[j].joint.name);
	parallel_for((n + TRACKING_BLOCK - 1) / TRACKING_BLOCK, track_block, &w, NULL, NULL);
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

/* Distance of two frames over the joints that share the commonest unit. */
static double distance(const struct lane *l, enum unit unit, size_t a, size_t b)
{
	double sum = 0.0;

	for (unsigned j = 0; j < l->width; j++) {
		double d = at(l, a, j) - at(l, b, j);

		if (l->feature->joint[j].joint.unit == unit)
			sum += d * d;
	}
	return sqrt(sum);
}

static void find_motion(struct profile *p, const struct lane *l)
{
	enum unit unit = motion_unit(l->feature->joint, l->width);
	unsigned ticks = motion_ticks(p->fps), stride = ticks / 2;
	size_t max = l->e->frames / stride + l->e->count + 1, n = 0, moving = 0;
	double *path = xcalloc(max, sizeof(double)), *net = xcalloc(max, sizeof(double));
	double *ratio = xcalloc(max, sizeof(double));
	double *sum = xcalloc(l->e->frames + 1, sizeof(double)); /* path up to a frame */

	for (size_t i = 0; i < l->e->count; i++) {
		const struct episode_span *s = &l->e->span[i];

		for (size_t f = 1; used(l, i) && f < s->frames; f++)
			sum[f] = sum[f - 1] + distance(l, unit, s->first + f, s->first + f - 1);
		for (size_t f = 0; used(l, i) && f + ticks < s->frames; f += stride) {
			path[n] = sum[f + ticks] - sum[f];
			net[n] = distance(l, unit, s->first + f + ticks, s->first + f);
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

void behaviour_build(struct profile *p, const struct episodes *e, const unsigned char *use)
{
	struct lane l = lane_of(p, e, use);
	struct behaviour *b = &p->behaviour;

	if (!p->frames || !l.width || !(p->fps > 0))
		return;
	b->joints = l.width;
	b->rough_max = xcalloc(l.width, sizeof(double));
	b->tracking_max = xcalloc(l.width, sizeof(double));
	find_grippers(p, &l);
	find_roughness(b, &l);
	if (e->naction && e->nstate)
		find_tracking(p, &l);
	else
		for (unsigned j = 0; j < l.width; j++)
			b->tracking_max[j] = NAN;
	find_motion(p, &l);
}
