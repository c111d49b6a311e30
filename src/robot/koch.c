/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open). */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"koch", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
static const struct robot_motor motors[] = {
	{"shoulder_pan", 1, "xl430-w250", UNIT_M100_100, false},
	{"shoulder_lift", 2, "xl430-w250", UNIT_M100_100, false},
	{"elbow_flex", 3, "xl330-m288", UNIT_M100_100, false},
	{"wrist_flex", 4, "xl330-m288", UNIT_M100_100, false},
	{"wrist_roll", 5, "xl330-m288", UNIT_M100_100, false},
	{"gripper", 6, "xl330-m288", UNIT_0_100, false},
	{0},
};
static const char *const turning[] = {"shoulder_pan", "wrist_roll", NULL};
static const char *const calibrations[] = {"koch_follower", "koch_leader", NULL};

const struct robot_class robot_koch = {
	.name = "koch",
	.summary = "Koch v1.1, five joints and a gripper",
	.matches = matches,
	.grippers = grippers,
	.bus = ROBOT_BUS_DYNAMIXEL,
	.baud = 1000000,
	.fps = 30,
	.suffix = ".pos",
	.motors = motors,
	.calibrations = calibrations,
	.turning = turning,
};
