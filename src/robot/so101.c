/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open). */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"so101",		"bi_so101", "so_follower",
				      "bi_so_follower", "so-101",   NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};

const struct robot_class robot_so101 = {
	.name = "so101",
	.summary = "SO-101, five joints and a gripper, one or two arms",
	.matches = matches,
	.grippers = grippers,
};
