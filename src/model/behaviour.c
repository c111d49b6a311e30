/* SPDX-License-Identifier: Apache-2.0 */
#include "model/behaviour.h"

#include <math.h>
#include <stdlib.h>

#include "model/profile.h"

static void gripper_fini(struct gripper_habit *g)
{
	free(g->closed_min_s);
	free(g->closed_mean_s);
	free(g->closed_max_s);
	free(g->highest_least);
}

void behaviour_fini(struct behaviour *b)
{
	for (size_t i = 0; i < b->ngrippers; i++)
		gripper_fini(&b->gripper[i]);
	free(b->rough_max);
	free(b->tracking_max);
	*b = (struct behaviour){0};
}

int gripper_next(const struct gripper_habit *g, int before, double v)
{
	double openness = (v - g->closed) / (g->open - g->closed);

	if (!isfinite(openness))
		return before;
	if (before < 0)
		return openness < 0.5;
	if (openness < 0.4)
		return 1;
	return openness > 0.6 ? 0 : before;
}

void rough_add(struct rough_ring *r, double second_difference)
{
	if (!isnan(second_difference))
		r->size[r->n++ % ROUGH_TICKS] = (float)fabs(second_difference);
}

double rough_median(const struct rough_ring *r)
{
	float sorted[ROUGH_TICKS];

	if (r->n < ROUGH_TICKS)
		return NAN;
	for (unsigned i = 0; i < ROUGH_TICKS; i++) {
		unsigned at = i;

		for (; at > 0 && sorted[at - 1] > r->size[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = r->size[i];
	}
	return 0.5 * ((double)sorted[ROUGH_TICKS / 2 - 1] + (double)sorted[ROUGH_TICKS / 2]);
}

void tracking_add(struct tracking_ring *r, double command, double measured)
{
	unsigned kept = r->n < TRACKING_PAST ? r->n + 1 : TRACKING_PAST;
	float low = (float)command, high = low, now = (float)measured;

	if (isnan(command) || isnan(measured)) {
		r->n = 0;
		return;
	}
	r->command[r->n % TRACKING_PAST] = low;
	for (unsigned i = 0; i < kept; i++) {
		low = r->command[i] < low ? r->command[i] : low;
		high = r->command[i] > high ? r->command[i] : high;
	}
	r->error[r->n % TRACKING_TICKS] = now < low ? low - now : now > high ? now - high : 0.0f;
	r->n++;
}

double tracking_now(const struct tracking_ring *r)
{
	return r->n ? (double)r->error[(r->n - 1) % TRACKING_TICKS] : NAN;
}

double tracking_least(const struct tracking_ring *r)
{
	double least = INFINITY;

	if (r->n < TRACKING_TICKS)
		return NAN;
	for (unsigned i = 0; i < TRACKING_TICKS; i++)
		least = fmin(least, (double)r->error[i]);
	return least;
}

unsigned motion_ticks(double fps)
{
	double ticks = fps * MOTION_WINDOW_S;

	if (!(ticks >= 2))
		return 2;
	return ticks > MOTION_TICKS_MAX ? MOTION_TICKS_MAX : (unsigned)lround(ticks);
}

enum unit motion_unit(const struct joint_profile *joint, size_t n)
{
	unsigned count[UNIT_N] = {0}, best = UNIT_UNKNOWN;

	for (size_t i = 0; i < n; i++)
		count[joint[i].joint.unit < UNIT_N ? joint[i].joint.unit : UNIT_UNKNOWN]++;
	for (unsigned u = 1; u < UNIT_N; u++) {
		if (count[u] > count[best])
			best = u;
	}
	return (enum unit)best;
}
