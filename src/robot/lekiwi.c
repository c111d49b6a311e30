/* SPDX-License-Identifier: Apache-2.0 */
/* An SO-101 on three wheels, one bus. The wheels turn at a speed: they have no position. */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"lekiwi", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
static const struct robot_motor motors[] = {
	{"arm_shoulder_pan", 1, "sts3215", UNIT_DEG, false},
	{"arm_shoulder_lift", 2, "sts3215", UNIT_DEG, false},
	{"arm_elbow_flex", 3, "sts3215", UNIT_DEG, false},
	{"arm_wrist_flex", 4, "sts3215", UNIT_DEG, false},
	{"arm_wrist_roll", 5, "sts3215", UNIT_DEG, false},
	{"arm_gripper", 6, "sts3215", UNIT_0_100, false},
	{"base_left_wheel", 7, "sts3215", UNIT_M100_100, true},
	{"base_back_wheel", 8, "sts3215", UNIT_M100_100, true},
	{"base_right_wheel", 9, "sts3215", UNIT_M100_100, true},
	{0},
};
static const char *const turning[] = {"arm_wrist_roll", NULL};
static const char *const calibrations[] = {"lekiwi", NULL};

const struct robot_class robot_lekiwi = {
	.name = "lekiwi",
	.summary = "LeKiwi, an SO-101 arm on three wheels",
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
