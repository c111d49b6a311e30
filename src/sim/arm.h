/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The physics of the simulated arm: six position servos with lag, speed limit, dead band and
 * droop, and a gripper that stalls on what it holds. One owner, one thread.
 */
#ifndef POLICYTOP_SIM_ARM_H
#define POLICYTOP_SIM_ARM_H

#include <stdbool.h>

#include "base/rng.h"
#include "sim/so101.h"

struct servo {
	double pos, goal;
	double gain; /* 1 healthy; less: slower, and pulled further off by its load */
	bool moving; /* left the dead band and has not arrived yet */
};

struct arm {
	struct servo servo[SO101_JOINTS];
	double grip_stop; /* the gripper cannot close further */
};

/* Where empty fingers touch: before the calibrated zero, as on the real arm. */
extern const double arm_closed_stop;

/* Stands still at pose (clamped to the calibrated range), every goal there too. */
void arm_init(struct arm *a, const double pose[SO101_JOINTS]);

/*
 * Writes goals: clamped and rounded to encoder ticks, as the bus does. A goal that is not finite
 * is refused and the old one stays. sent: what arrived.
 */
void arm_goal(struct arm *a, const double asked[SO101_JOINTS], double sent[SO101_JOINTS]);

/* Lets seconds pass. */
void arm_run(struct arm *a, double seconds);

/*
 * The encoders: positions rounded to ticks, with the third of a tick of noise that makes the last
 * digit of a resting arm flicker.
 */
void arm_read(const struct arm *a, struct rng *noise, double reading[SO101_JOINTS]);

#endif
