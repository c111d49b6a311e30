/* SPDX-License-Identifier: Apache-2.0 */
/* On the bus every joint is an angle; its software has none of LeRobot's calibrations. */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"viperx", "vx300", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
/*
 * Interbotix (interbotix_xsarm_control, vx300s.yaml): the limits that it writes into the motors, 841 to
 * 2867, 898 to 3094 and 830 to 3504 ticks, from 2048. Where the gripper is open depends on how its horn was
 * mounted.
 */
static const struct robot_motor motors[] = {
	{"waist", 1, "xm540-w270", UNIT_RAD, false, NULL, -3.1416, 3.1416},
	{"shoulder", 2, "xm540-w270", UNIT_RAD, false, NULL, -1.8515, 1.2563},
	{"shoulder_shadow", 3, "xm540-w270", UNIT_RAD, true, NULL, ROBOT_UNKNOWN},
	{"elbow", 4, "xm540-w270", UNIT_RAD, false, NULL, -1.7641, 1.6046},
	{"elbow_shadow", 5, "xm540-w270", UNIT_RAD, true, NULL, ROBOT_UNKNOWN},
	{"forearm_roll", 6, "xm540-w270", UNIT_RAD, false, NULL, -3.1416, 3.1416},
	{"wrist_angle", 7, "xm540-w270", UNIT_RAD, false, NULL, -1.8684, 2.2335},
	{"wrist_rotate", 8, "xm430-w350", UNIT_RAD, false, NULL, -3.1416, 3.1416},
	{"gripper", 9, "xm430-w350", UNIT_RAD, false, NULL, ROBOT_UNKNOWN},
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
