/* SPDX-License-Identifier: Apache-2.0 */
/* An SO-101 on three wheels, one bus. The wheels turn at a speed: they have no position. */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"lekiwi", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
/* Its arm is an SO-101: limits and aliases are from there. */
static const struct robot_motor motors[] = {
	{"arm_shoulder_pan", 1, "sts3215", UNIT_DEG, false, "Rotation", -115.2, 123.3},
	{"arm_shoulder_lift", 2, "sts3215", UNIT_DEG, false, "Pitch", -104.7, 101.3},
	{"arm_elbow_flex", 3, "sts3215", UNIT_DEG, false, "Elbow", -104, 96.8},
	{"arm_wrist_flex", 4, "sts3215", UNIT_DEG, false, "Wrist_Pitch", -104.1, 101.9},
	{"arm_wrist_roll", 5, "sts3215", UNIT_DEG, false, "Wrist_Roll", -180, 180},
	{"arm_gripper", 6, "sts3215", UNIT_0_100, false, "Jaw", 0, 100},
	{"base_left_wheel", 7, "sts3215", UNIT_M100_100, true, NULL, ROBOT_UNKNOWN},
	{"base_back_wheel", 8, "sts3215", UNIT_M100_100, true, NULL, ROBOT_UNKNOWN},
	{"base_right_wheel", 9, "sts3215", UNIT_M100_100, true, NULL, ROBOT_UNKNOWN},
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
