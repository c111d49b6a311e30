/* SPDX-License-Identifier: Apache-2.0 */
/* Which camera is on which arm, and how its picture changes with the way of the arm. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/reference_impl.h"
#include "vision/motion.h"

/* A camera follows its own arm: correlation of the logs, and how far ahead of the next arm's. */
static const double least_own = 0.5, least_ahead = 0.15;

struct sums {
	double n, x, y, xx, yy, xy;
};

struct follow {
	const struct episodes *all;
	struct motion_arms arms;
	struct sums sums[MOTION_ARMS];
	struct motion_counts counts[MOTION_ARMS];
};

/* The ways of all arms over the tenth of a second that ended at t_s; false: not in the episode. */
static bool ways(const struct follow *f, const struct episode_span *s, double t_s,
		 double way[MOTION_ARMS])
{
	double rows = 0.1 * f->all->fps, to = t_s * f->all->fps;
	size_t b = (size_t)lrint(fmax(0, to)), back = (size_t)lrint(fmax(1, rows));
	const double *now, *before;

	if (b >= s->frames || b < back)
		return false;
	now = f->all->state + (s->first + b) * f->all->nstate;
	before = now - back * f->all->nstate;
	for (unsigned i = 0; i < MOTION_ARMS; i++)
		way[i] = 0;
	for (unsigned i = 0; i < f->arms.joints; i++) {
		unsigned j = f->arms.joint[i];

		way[f->arms.arm[i]] += fabs(now[j] - before[j]) * f->arms.degrees[i];
	}
	return isfinite(way[0]);
}

static void add(struct sums *s, double x, double y)
{
	s->n++;
	s->x += x;
	s->y += y;
	s->xx += x * x;
	s->yy += y * y;
	s->xy += x * y;
}

static double correlation(const struct sums *s)
{
	double xx = s->xx - s->x * s->x / s->n, yy = s->yy - s->y * s->y / s->n;

	return s->n > 1 && xx > 0 && yy > 0 ? (s->xy - s->x * s->y / s->n) / sqrt(xx * yy) : 0;
}

static void follow(struct follow *f, const struct scan *s)
{
	memset(f->sums, 0, sizeof(f->sums));
	memset(f->counts, 0, sizeof(f->counts));
	for (unsigned i = 0; i < s->n; i++) {
		const struct scan_episode *ep = &s->episode[i];

		for (unsigned k = 0; k < ep->changes; k++) {
			double v = (double)ep->change[k].levels, way[MOTION_ARMS];

			if (!ways(f, &f->all->span[ep->span], (double)ep->change[k].t_s, way))
				continue;
			for (unsigned a = 0; a < f->arms.arms; a++) {
				add(&f->sums[a], log(way[a] + 0.2), log(v + 0.15));
				f->counts[a].n[motion_class_s(way[a])][motion_class_v(v)]++;
			}
		}
	}
}

/* The arm that a camera follows, -1 none; *ahead: by how much more than the next one. */
static int own_arm(const struct follow *f, double *ahead)
{
	double best = -1, second = -1;
	int arm = -1;

	for (unsigned a = 0; a < f->arms.arms; a++) {
		double r = correlation(&f->sums[a]);

		if (r > best) {
			second = best;
			best = r;
			arm = (int)a;
		} else {
			second = fmax(second, r);
		}
	}
	*ahead = best - second;
	return best >= least_own && *ahead >= least_ahead ? arm : -1;
}

/* The camera that follows each arm most: one that stands beside them may follow the busier. */
static bool find_cameras(struct follow *f, const struct scan *scan, unsigned n,
			 int camera[MOTION_ARMS])
{
	double best[MOTION_ARMS] = {0};
	bool all = f->arms.arms >= 2;

	for (unsigned a = 0; a < MOTION_ARMS; a++)
		camera[a] = -1;
	for (unsigned c = 0; c < n && all; c++) {
		double ahead;
		int arm;

		follow(f, &scan[c]);
		arm = own_arm(f, &ahead);
		if (arm >= 0 && ahead > best[arm]) {
			best[arm] = ahead;
			camera[arm] = (int)c;
		}
	}
	for (unsigned a = 0; a < f->arms.arms; a++)
		all = all && camera[a] >= 0;
	return all;
}

struct motion_table *reference_motion(const struct profile *p, const struct episodes *all,
				      const struct scan *scan, unsigned n)
{
	struct follow *f = xcalloc(1, sizeof(*f));
	struct motion_counts pooled = {0};
	struct motion_table *t = NULL;
	int camera[MOTION_ARMS];

	f->all = all;
	motion_find_arms(&f->arms, all->state_joint, all->nstate);
	if (find_cameras(f, scan, n, camera)) {
		t = xcalloc(1, sizeof(*t));
		t->arms = f->arms.arms;
		memcpy(t->prefix, f->arms.prefix, sizeof(t->prefix));
		for (unsigned a = 0; a < t->arms; a++) {
			text_copy(t->camera[a], NAME_BYTES, p->cameras[camera[a]].name);
			follow(f, &scan[camera[a]]);
			for (unsigned i = 0; i < MOTION_S * MOTION_V; i++)
				(&pooled.n[0][0])[i] += (&f->counts[a].n[0][0])[i];
		}
		motion_learn(t->log_p, &pooled);
	}
	free(f);
	return t;
}
