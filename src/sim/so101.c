/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/so101.h"

/*
 * Calibrated ranges and dead bands (0.5 to 2 degrees) are those of a usual SO-101; lag and droop
 * are what the published statistics of a real pick-and-place set show between action and state.
 */
const struct servo_spec so101_servo[SO101_JOINTS] = {
	[PAN] = {"shoulder_pan.pos", UNIT_M100_100, 1.10, 0.060, 240, 0.55, 0.0, -100, 100, -92,
		 88},
	[LIFT] = {"shoulder_lift.pos", UNIT_M100_100, 1.00, 0.070, 220, 1.00, 0.8, -100, 100, -100,
		  8},
	[ELBOW] = {"elbow_flex.pos", UNIT_M100_100, 0.97, 0.070, 220, 1.00, 1.5, -100, 100, 13,
		   100},
	[WFLEX] = {"wrist_flex.pos", UNIT_M100_100, 0.95, 0.055, 250, 0.70, 0.2, -100, 100, 34, 99},
	[ROLL] = {"wrist_roll.pos", UNIT_M100_100, 1.60, 0.055, 160, 0.40, 0.0, -100, 100, -92,
		  -20},
	[GRIP] = {"gripper.pos", UNIT_0_100, 1.10, 0.060, 200, 0.90, 0.0, 0, 100, 0, 33},
};

double so101_tick(enum so101_joint j)
{
	return 360.0 / SO101_ENCODER_TICKS / so101_servo[j].deg_per_unit;
}
