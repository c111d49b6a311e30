/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/plan.h"

#include <string.h>

static const double home_mean[SO101_JOINTS] = {2, -98.2, 99.0, 75, -53, 1.2};
static const double home_std[SO101_JOINTS] = {2.5, 0.6, 0.4, 1.5, 1.5, 0.4};

const double plan_box_pose[SO101_JOINTS] = {10, -34, 50, 69, -53, 0};

/* Arm poses for the nearest and the farthest object: over it, and with the fingers around it. */
static const double over_pose[2][SO101_JOINTS] = {
	{0, -56, 66, 94, 0, 0},
	{0, -10, 23, 39, 0, 0},
};
static const double grasp_pose[2][SO101_JOINTS] = {
	{0, -40, 58, 99, 0, 0},
	{0, 7.5, 13.5, 33.8, 0, 0},
};

double min_jerk(double x)
{
	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	return x * x * x * (10 - 15 * x + 6 * x * x);
}

/* Gaussian without the far tails that no person or fixture produces. */
static double scatter(struct rng *r, double std)
{
	double g = rng_gauss(r);

	return std * (g > 2.2 ? 2.2 : g < -2.2 ? -2.2 : g);
}

struct scene scene_draw(struct rng *r)
{
	struct scene s;

	/* Left or right of the box that stands in front. */
	s.pan = rng_unit(r) < 0.42 ? rng_range(r, -93, -45) : rng_range(r, 45, 88);
	s.reach = rng_unit(r);
	s.roll = rng_range(r, -93, -20);
	s.width = rng_range(r, 3.5, 5.5);
	return s;
}

void plan_home(struct rng *r, double pose[SO101_JOINTS])
{
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		pose[j] = home_mean[j] + scatter(r, home_std[j]);
}

static void between(const double poses[2][SO101_JOINTS], const struct scene *s,
		    double pose[SO101_JOINTS])
{
	for (unsigned j = LIFT; j <= WFLEX; j++)
		pose[j] = poses[0][j] + s->reach * (poses[1][j] - poses[0][j]);
	pose[PAN] = s->pan;
	pose[ROLL] = s->roll;
}

void plan_grasp_pose(const struct scene *s, double pose[SO101_JOINTS])
{
	between(grasp_pose, s, pose);
}

static void add_leg(struct plan *p, const double pose[SO101_JOINTS], double gripper, double s)
{
	double begin = p->ticks;

	memcpy(p->leg[p->legs].to, pose, sizeof(p->leg[0].to));
	p->leg[p->legs].to[GRIP] = gripper;
	p->leg[p->legs].begin = begin;
	p->leg[p->legs].ticks = s * SO101_FPS;
	p->ticks = begin + s * SO101_FPS;
	p->legs++;
}

void plan_make(struct plan *p, const struct scene *s, const double start[SO101_JOINTS],
	       struct rng *r)
{
	double over[SO101_JOINTS], grasp[SO101_JOINTS], lift[SO101_JOINTS], box[SO101_JOINTS];
	double home[SO101_JOINTS];
	double open = rng_range(r, 24, 32.5), closed = rng_range(r, 0, 0.8);

	memset(p, 0, sizeof(*p));
	memcpy(p->start, start, sizeof(p->start));
	between(over_pose, s, over);
	between(over_pose, s, lift);
	plan_grasp_pose(s, grasp);
	memcpy(box, plan_box_pose, sizeof(box));
	box[ROLL] = s->roll;
	plan_home(r, home);
	for (unsigned j = PAN; j <= WFLEX; j++) {
		over[j] += scatter(r, 1.5);
		lift[j] += scatter(r, 2.0);
		box[j] += scatter(r, 3.0);
	}
	add_leg(p, start, start[GRIP], rng_range(r, 0.60, 1.00));
	add_leg(p, over, 0.25 * open, rng_range(r, 1.10, 1.40));
	add_leg(p, grasp, open, rng_range(r, 0.60, 0.85));
	add_leg(p, grasp, open, rng_range(r, 0.05, 0.15));
	add_leg(p, grasp, closed, rng_range(r, 0.35, 0.50));
	add_leg(p, grasp, closed, rng_range(r, 0.10, 0.25));
	add_leg(p, lift, closed, rng_range(r, 0.50, 0.75));
	add_leg(p, box, closed, rng_range(r, 1.05, 1.35));
	add_leg(p, box, closed, rng_range(r, 0.05, 0.20));
	add_leg(p, box, 0.75 * open, rng_range(r, 0.30, 0.40));
	add_leg(p, box, 0.75 * open, rng_range(r, 0.05, 0.15));
	add_leg(p, home, home[GRIP], rng_range(r, 1.10, 1.35));
	add_leg(p, home, home[GRIP], rng_range(r, 0.60, 1.00));
}

void plan_line(struct plan *p, const double from[SO101_JOINTS], const double to[SO101_JOINTS],
	       double ticks)
{
	memset(p, 0, sizeof(*p));
	memcpy(p->start, from, sizeof(p->start));
	add_leg(p, to, to[GRIP], ticks / SO101_FPS);
}

void plan_at(const struct plan *p, double tick, double pose[SO101_JOINTS])
{
	const double *from = p->start;
	unsigned i = 0;
	double x;

	while (i + 1 < p->legs && tick >= p->leg[i + 1].begin)
		from = p->leg[i++].to;
	x = min_jerk((tick - p->leg[i].begin) / p->leg[i].ticks);
	for (unsigned j = 0; j < SO101_JOINTS; j++)
		pose[j] = from[j] + x * (p->leg[i].to[j] - from[j]);
}
