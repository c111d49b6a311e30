/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/arm.h"

#include <math.h>

enum { SUBSTEPS_HZ = 300 };

const double arm_closed_stop = 1.2;

static double clamp(double v, double lo, double hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static double to_ticks(enum so101_joint j, double v)
{
	return round(v / so101_tick(j)) * so101_tick(j);
}

void arm_init(struct arm *a, const double pose[SO101_JOINTS])
{
	a->grip_stop = arm_closed_stop;
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		double pos = clamp(pose[j], so101_servo[j].lo, so101_servo[j].hi);

		a->servo[j] = (struct servo){.pos = pos, .goal = pos, .gain = 1};
	}
}

void arm_goal(struct arm *a, const double asked[SO101_JOINTS], double sent[SO101_JOINTS])
{
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		const struct servo_spec *spec = &so101_servo[j];

		if (isfinite(asked[j]))
			a->servo[j].goal = clamp(to_ticks(j, asked[j]), spec->lo, spec->hi);
		sent[j] = a->servo[j].goal;
	}
}

static void servo_run(struct servo *s, const struct servo_spec *spec, double dt)
{
	double lag_s = spec->lag_s / s->gain;
	double error = s->goal + spec->droop / s->gain - s->pos;
	double speed;

	if (fabs(error) > spec->dead_band)
		s->moving = true;
	else if (fabs(error) < 0.3 * spec->dead_band)
		s->moving = false;
	if (!s->moving)
		return;
	speed = clamp(error / lag_s, -spec->speed_limit, spec->speed_limit);
	s->pos = clamp(s->pos + speed * dt, spec->lo, spec->hi);
}

void arm_run(struct arm *a, double seconds)
{
	unsigned n = (unsigned)ceil(seconds * SUBSTEPS_HZ);

	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j < SO101_JOINTS; j++)
			servo_run(&a->servo[j], &so101_servo[j], seconds / n);
		if (a->servo[GRIP].pos < a->grip_stop)
			a->servo[GRIP].pos = a->grip_stop;
	}
}

void arm_read(const struct arm *a, struct rng *noise, double reading[SO101_JOINTS])
{
	for (unsigned j = 0; j < SO101_JOINTS; j++) {
		double v = a->servo[j].pos + 0.33 * so101_tick(j) * rng_gauss(noise);

		reading[j] = clamp(to_ticks(j, v), so101_servo[j].lo, so101_servo[j].hi);
	}
}
