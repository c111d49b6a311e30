/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open). */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"so100", "bi_so100", "so-100", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};

const struct robot_class robot_so100 = {
	.name = "so100",
	.summary = "SO-100, five joints and a gripper, one or two arms",
	.matches = matches,
	.grippers = grippers,
};
