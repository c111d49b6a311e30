/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open). */
#include "robot/robot.h"

#include <math.h>
#include <stddef.h>

static const char *const matches[] = {"omx", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};
/*
 * LeRobot calibrates every OMX to 0..4095 ticks, so that -100..100 is a whole turn. ROBOTIS (open_manipulator,
 * omx_f.ros2_control.xacro, whose names are the aliases) limits motor 12 to 830..3129 ticks and 13 to
 * 1024..3140; LeRobot does not.
 */
static const struct robot_motor motors[] = {
	{"shoulder_pan", 11, "xl430-w250", UNIT_M100_100, false, "joint1", -100, 100},
	{"shoulder_lift", 12, "xl430-w250", UNIT_M100_100, false, "joint2", -59.5, 52.8},
	{"elbow_flex", 13, "xl430-w250", UNIT_M100_100, false, "joint3", -50, 53.4},
	{"wrist_flex", 14, "xl330-m288", UNIT_M100_100, false, "joint4", -100, 100},
	{"wrist_roll", 15, "xl330-m288", UNIT_M100_100, false, "joint5", -100, 100},
	{"gripper", 16, "xl330-m288", UNIT_0_100, false, "gripper_joint_1", 0, 100},
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
