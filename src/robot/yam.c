/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i2rt's YAM, YAM Pro and YAM Ultra are the same on the bus. Joints are in rad. The gripper is 0
 * (closed) .. 1 (open) of a range that i2rt finds by driving it to both ends at start: until that
 * is known its motor's position is told as it is, in rad. The crank gripper's ends are known: 0 and
 * -2.7 rad (i2rt/robots/config/crank_4310.yml).
 *
 * Ids, models, signs: i2rt/robots/config. Limits: those of i2rt's own models of the arms, as i2rt takes
 * a turn off by them; the model of mujoco_menagerie (i2rt_yam) has 3.05433 for joint 1, 3.66519 for
 * joint 3 and -1.5708 for joint 4.
 */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"yam", "bi_yam", "bimanual_yam", "i2rt", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};

static const struct robot_can_motor motors[] = {
	{"joint_1", 1, 0x11, "dm4340", 1, "joint1", -2.61799, 3.14159},
	{"joint_2", 2, 0x12, "dm4340", 1, "joint2", 0, 3.66519},
	{"joint_3", 3, 0x13, "dm4340", 1, "joint3", 0, 3.14159},
	{"joint_4", 4, 0x14, "dm4310", 1, "joint4", -1.69297, 1.5708},
	{"joint_5", 5, 0x15, "dm4310", 1, "joint5", -1.5708, 1.5708},
	{"joint_6", 6, 0x16, "dm4310", 1, "joint6", -2.0944, 2.0944},
	{"gripper", 7, 0x17, "dm4310", 1, NULL, ROBOT_UNKNOWN},
	{0},
};

static const struct robot_can_gripper kinds[] = {
	{"linear_4310", "dm4310", 1, ROBOT_UNKNOWN},
	{"crank_4310", "dm4310", 1, 0, -2.7},
	{"flexible_4310", "dm4310", -1, ROBOT_UNKNOWN},
	{"linear_3507", "dm3507", 1, ROBOT_UNKNOWN},
	{"yam_teaching_handle", NULL, 0, ROBOT_UNKNOWN},
	{"no_gripper", NULL, 0, ROBOT_UNKNOWN},
	{0},
};

static const struct robot_can can = {
	.ranges = "i2rt",
	.unit = UNIT_RAD,
	.turns = true,
	.motors = motors,
	.grippers = kinds,
};

const struct robot_class robot_yam = {
	.name = "yam",
	.summary = "i2rt YAM, six joints and a gripper on CAN",
	.matches = matches,
	.grippers = grippers,
	.fps = 250,
	.suffix = ".pos",
	.can = &can,
};

/* Big YAM has larger motors, and its second one turns the other way. */
static const char *const big_matches[] = {"big_yam", NULL};

static const struct robot_can_motor big_motors[] = {
	{"joint_1", 1, 0x11, "dm6248", 1, "joint1", -2.87979, 2.87979},
	{"joint_2", 2, 0x12, "dm6248", -1, "joint2", 0, 3.14159},
	{"joint_3", 3, 0x13, "dm4340", 1, "joint3", 0, 3.01942},
	{"joint_4", 4, 0x14, "dm4340", 1, "joint4", -1.69297, 1.5708},
	{"joint_5", 5, 0x15, "dm4310", 1, "joint5", -1.5708, 1.5708},
	{"joint_6", 6, 0x16, "dm4310", 1, "joint6", -2.0944, 2.0944},
	{"gripper", 7, 0x17, "dm4310", 1, NULL, ROBOT_UNKNOWN},
	{0},
};

static const struct robot_can big_can = {
	.ranges = "i2rt",
	.unit = UNIT_RAD,
	.turns = true,
	.motors = big_motors,
	.grippers = kinds,
};

const struct robot_class robot_big_yam = {
	.name = "big_yam",
	.summary = "i2rt Big YAM, six joints and a gripper on CAN",
	.matches = big_matches,
	.grippers = grippers,
	.fps = 250,
	.suffix = ".pos",
	.can = &big_can,
};
