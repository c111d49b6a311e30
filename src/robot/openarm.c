/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LeRobot has all of its joints in degrees, the gripper, too: 0 (closed) .. -65 (open), as the
 * calibration sets its zero.
 *
 * Limits: those that LeRobot clamps to (config_openarm_follower.py), of joint 2 for both sides, since
 * the left arm's is -90 to 9 degrees and the right one's -9 to 90. An arm whose side it was not told
 * is held within 5 degrees. The makers' description of version 2 (openarm_description) has other
 * zeros: joint 4, for example, from -95 to 45 degrees.
 */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"openarm", "bi_openarm", "open_arm", NULL};
static const struct robot_gripper grippers[] = {{"gripper", false}, {NULL, false}};

static const struct robot_can_motor motors[] = {
	{"joint_1", 1, 0x11, "dm8009", 1, "joint1", -1.309, 1.309},
	{"joint_2", 2, 0x12, "dm8009", 1, "joint2", -1.5708, 1.5708},
	{"joint_3", 3, 0x13, "dm4340", 1, "joint3", -1.48353, 1.48353},
	{"joint_4", 4, 0x14, "dm4340", 1, "joint4", 0, 2.35619},
	{"joint_5", 5, 0x15, "dm4310", 1, "joint5", -1.48353, 1.48353},
	{"joint_6", 6, 0x16, "dm4310", 1, "joint6", -0.69813, 0.69813},
	{"joint_7", 7, 0x17, "dm4310", 1, "joint7", -1.39626, 1.39626},
	{"gripper", 8, 0x18, "dm4310", 1, NULL, -1.13446, 0},
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
