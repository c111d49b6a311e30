/* SPDX-License-Identifier: Apache-2.0 */
#include "motion/plan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const double ramp_s = 0.3;
static const double may_stand = 0.02; /* of the range, outside of it */

static int check(const struct motion_way *w, struct err *e)
{
	const struct calibration_scale *s = &w->scale;
	double range = (double)s->range_max - s->range_min, slack = may_stand * range;

	if (!(range > 0))
		return err_set(e, ERANGE, "%s: its calibration has no range", w->joint);
	if (w->from < s->range_min - slack || w->from > s->range_max + slack)
		return err_set(e, ERANGE,
			       "%s reads %d ticks, far outside its calibrated range of %d to %d: "
			       "another calibration, or an encoder that wrapped",
			       w->joint, w->from, s->range_min, s->range_max);
	if (w->to < s->range_min || w->to > s->range_max)
		return err_set(e, ERANGE,
			       "%s would go to %d ticks, outside its calibrated range of %d to %d",
			       w->joint, w->to, s->range_min, s->range_max);
	return 0;
}

/*
 * With ramps of r the middle part runs at 1/(T - r) of the way a second: T = way/speed + r keeps
 * the limit, and for ways so short that the ramps meet (T < 2r) ramps of T/2 do.
 */
int motion_plan_time(struct motion_plan *p, double share_hz, struct err *e)
{
	double longest = 0;

	for (unsigned i = 0; i < p->n; i++) {
		const struct motion_way *w = &p->way[i];
		int rc = check(w, e);
		double range = (double)w->scale.range_max - w->scale.range_min;

		if (rc)
			return rc;
		longest = fmax(longest, fabs((double)w->to - w->from) / (range * share_hz));
	}
	p->share_hz = share_hz;
	p->seconds = longest > 0 ? longest + ramp_s : 0;
	p->ramp_s = fmin(ramp_s, p->seconds / 2);
	return 0;
}

/* The share of the way that is done. */
static double done(const struct motion_plan *p, double t)
{
	double T = p->seconds, r = p->ramp_s, speed = 1 / (T - r);

	if (!(t < T))
		return 1;
	if (t <= 0)
		return 0;
	if (t < r)
		return speed * t * t / (2 * r);
	if (t > T - r)
		return 1 - speed * (T - t) * (T - t) / (2 * r);
	return speed * (t - r / 2);
}

int32_t motion_plan_goal(const struct motion_plan *p, unsigned way, double t_s)
{
	const struct motion_way *w = &p->way[way];

	return (int32_t)lround(w->from + ((double)w->to - w->from) * done(p, t_s));
}

double motion_plan_speed(const struct motion_plan *p, unsigned way)
{
	const struct motion_way *w = &p->way[way];

	return p->seconds > 0 ? fabs((double)w->to - w->from) / (p->seconds - p->ramp_s) : 0;
}
