/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open). */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"omx", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
static const struct robot_motor motors[] = {
	{"shoulder_pan", 11, "xl430-w250", UNIT_M100_100, false},
	{"shoulder_lift", 12, "xl430-w250", UNIT_M100_100, false},
	{"elbow_flex", 13, "xl430-w250", UNIT_M100_100, false},
	{"wrist_flex", 14, "xl330-m288", UNIT_M100_100, false},
	{"wrist_roll", 15, "xl330-m288", UNIT_M100_100, false},
	{"gripper", 16, "xl330-m288", UNIT_0_100, false},
	{0},
};
static const char *const calibrations[] = {"omx_follower", "omx_leader", NULL};

const struct robot_class robot_omx = {
	.name = "omx",
	.summary = "ROBOTIS OMX, five joints and a gripper",
	.matches = matches,
	.grippers = grippers,
	.bus = ROBOT_BUS_DYNAMIXEL,
	.baud = 1000000,
	.fps = 30,
	.suffix = ".pos",
	.motors = motors,
	.calibrations = calibrations,
};
