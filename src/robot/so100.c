/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open); degrees since 0.4.4, -100..100 before. */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"so100", "bi_so100", "so-100", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
static const struct robot_motor motors[] = {
	{"shoulder_pan", 1, "sts3215", UNIT_DEG, false},
	{"shoulder_lift", 2, "sts3215", UNIT_DEG, false},
	{"elbow_flex", 3, "sts3215", UNIT_DEG, false},
	{"wrist_flex", 4, "sts3215", UNIT_DEG, false},
	{"wrist_roll", 5, "sts3215", UNIT_DEG, false},
	{"gripper", 6, "sts3215", UNIT_0_100, false},
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
