/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LeRobot has all of its joints in degrees, the gripper, too: 0 (closed) .. -65 (open), as the
 * calibration sets its zero.
 */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

#define UNKNOWN (double)NAN, (double)NAN

static const char *const matches[] = {"openarm", "bi_openarm", "open_arm", NULL};
static const struct robot_gripper grippers[] = {{"gripper", false}, {NULL, false}};

static const struct robot_can_motor motors[] = {
	{"joint_1", 1, 0x11, "dm8009", 1, UNKNOWN},
	{"joint_2", 2, 0x12, "dm8009", 1, UNKNOWN},
	{"joint_3", 3, 0x13, "dm4340", 1, UNKNOWN},
	{"joint_4", 4, 0x14, "dm4340", 1, UNKNOWN},
	{"joint_5", 5, 0x15, "dm4310", 1, UNKNOWN},
	{"joint_6", 6, 0x16, "dm4310", 1, UNKNOWN},
	{"joint_7", 7, 0x17, "dm4310", 1, UNKNOWN},
	{"gripper", 8, 0x18, "dm4310", 1, UNKNOWN},
	{0},
};

static const struct robot_can can = {
	.ranges = "openarm",
	.unit = UNIT_DEG,
	.motors = motors,
};

const struct robot_class robot_openarm = {
	.name = "openarm",
	.summary = "OpenArm, seven joints and a gripper on CAN, one or two arms",
	.matches = matches,
	.grippers = grippers,
	.fps = 30,
	.suffix = ".pos",
	.can = &can,
};
