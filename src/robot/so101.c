/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open); degrees since 0.4.4, -100..100 before. */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"so101",	   "bi_so101", "so_follower", "bi_so_follower",
				      "so_leader", "so-101",   NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
/*
 * SO-ARM100, Simulation/SO101/so101_new_calib.xml, whose zero is the middle of the range, as LeRobot's
 * is. The model disagrees with itself: its joints end at 110, 100, 96.8 and 95 degrees to both sides,
 * -157.2 and 162.8 for the roll; its actuators go further, as real arms do. LeRobot calibrates a whole
 * turn of the roll. Aliases are those of the arm's MuJoCo model (mujoco_menagerie, trs_so_arm100).
 */
static const struct robot_motor motors[] = {
	{"shoulder_pan", 1, "sts3215", UNIT_DEG, false, "Rotation", -115.2, 123.3},
	{"shoulder_lift", 2, "sts3215", UNIT_DEG, false, "Pitch", -104.7, 101.3},
	{"elbow_flex", 3, "sts3215", UNIT_DEG, false, "Elbow", -104, 96.8},
	{"wrist_flex", 4, "sts3215", UNIT_DEG, false, "Wrist_Pitch", -104.1, 101.9},
	{"wrist_roll", 5, "sts3215", UNIT_DEG, false, "Wrist_Roll", -180, 180},
	{"gripper", 6, "sts3215", UNIT_0_100, false, "Jaw", 0, 100},
	{0},
};
static const char *const turning[] = {"wrist_roll", NULL};
static const char *const calibrations[] = {"so_follower", "so101_follower", "so_leader",
					   "so101_leader", NULL};

const struct robot_class robot_so101 = {
	.name = "so101",
	.summary = "SO-101, five joints and a gripper, one or two arms",
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
