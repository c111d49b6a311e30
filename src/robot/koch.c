/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open). */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"koch", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
/*
 * The limits are those of LeRobot's normalisation, which cuts there. Of angles the arm's model
 * (mujoco_menagerie, low_cost_robot_arm, whose names are the aliases) has 2.2, -1.57 to 0.6, -1.57 to
 * 1.45, 2 and 3.14 rad, from a zero that LeRobot does not share.
 */
static const struct robot_motor motors[] = {
	{"shoulder_pan", 1, "xl430-w250", UNIT_M100_100, false, "base_rotation", -100, 100},
	{"shoulder_lift", 2, "xl430-w250", UNIT_M100_100, false, "pitch", -100, 100},
	{"elbow_flex", 3, "xl330-m288", UNIT_M100_100, false, "elbow", -100, 100},
	{"wrist_flex", 4, "xl330-m288", UNIT_M100_100, false, "wrist_pitch", -100, 100},
	{"wrist_roll", 5, "xl330-m288", UNIT_M100_100, false, NULL, -100, 100},
	{"gripper", 6, "xl330-m288", UNIT_0_100, false, NULL, 0, 100},
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
