/* SPDX-License-Identifier: Apache-2.0 */
/* The gripper of the ALOHA sets is 0 (closed) .. 1 (open); on the bus it is an angle. Each arm has a bus. */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"aloha", "trossen", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
/*
 * Interbotix (interbotix_xsarm_control, aloha_vx300s.yaml): the limits that it writes into the motors, 841 to
 * 2867, 898 to 3094 and 830 to 3504 ticks, from 2048. Of the gripper ALOHA's constants.py says -0.6213 (closed)
 * to 1.4910, and those who use it have changed both.
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

const struct robot_class robot_aloha = {
	.name = "aloha",
	.summary = "ALOHA, two ViperX arms with grippers",
	.matches = matches,
	.grippers = grippers,
	.bus = ROBOT_BUS_DYNAMIXEL,
	.baud = 1000000,
	.fps = 50,
	.suffix = "",
	.motors = motors,
};
