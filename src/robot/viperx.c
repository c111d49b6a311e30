/* SPDX-License-Identifier: Apache-2.0 */
/* On the bus every joint is an angle; its software has none of LeRobot's calibrations. */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"viperx", "vx300", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
static const struct robot_motor motors[] = {
	{"waist", 1, "xm540-w270", UNIT_RAD, false},
	{"shoulder", 2, "xm540-w270", UNIT_RAD, false},
	{"shoulder_shadow", 3, "xm540-w270", UNIT_RAD, true},
	{"elbow", 4, "xm540-w270", UNIT_RAD, false},
	{"elbow_shadow", 5, "xm540-w270", UNIT_RAD, true},
	{"forearm_roll", 6, "xm540-w270", UNIT_RAD, false},
	{"wrist_angle", 7, "xm540-w270", UNIT_RAD, false},
	{"wrist_rotate", 8, "xm430-w350", UNIT_RAD, false},
	{"gripper", 9, "xm430-w350", UNIT_RAD, false},
	{0},
};

const struct robot_class robot_viperx = {
	.name = "viperx",
	.summary = "ViperX 300 S, six joints and a gripper",
	.matches = matches,
	.grippers = grippers,
	.bus = ROBOT_BUS_DYNAMIXEL,
	.baud = 1000000,
	.fps = 50,
	.suffix = "",
	.motors = motors,
};
