/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open); degrees since 0.4.4, -100..100 before. */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"so100", "bi_so100", "so-100", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
/*
 * SO-ARM100, Simulation/SO100/so100.urdf: 4, 3.5, pi, 3.7 and 2 pi rad from end to end. Its zero is
 * another one; LeRobot's is the middle. Aliases as for the SO-101.
 */
static const struct robot_motor motors[] = {
	{"shoulder_pan", 1, "sts3215", UNIT_DEG, false, "Rotation", -114.6, 114.6},
	{"shoulder_lift", 2, "sts3215", UNIT_DEG, false, "Pitch", -100.3, 100.3},
	{"elbow_flex", 3, "sts3215", UNIT_DEG, false, "Elbow", -90, 90},
	{"wrist_flex", 4, "sts3215", UNIT_DEG, false, "Wrist_Pitch", -106, 106},
	{"wrist_roll", 5, "sts3215", UNIT_DEG, false, "Wrist_Roll", -180, 180},
	{"gripper", 6, "sts3215", UNIT_0_100, false, "Jaw", 0, 100},
	{0},
};
static const char *const turning[] = {"wrist_roll", NULL};
static const char *const calibrations[] = {"so_follower", "so100_follower", "so_leader",
					   "so100_leader", NULL};

const struct robot_class robot_so100 = {
	.name = "so100",
	.summary = "SO-100, five joints and a gripper, one or two arms",
	.matches = matches,
	.grippers = grippers,
	.bus = ROBOT_BUS_FEETECH,
	.baud = 1000000,
	.fps = 30,
	.suffix = ".pos",
	.motors = motors,
	.calibrations = calibrations,
	.turning = turning,
};
