/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot calibrates the gripper to 0 (closed) .. 100 (open). */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"koch", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};

const struct robot_class robot_koch = {
	.name = "koch",
	.summary = "Koch v1.1, five joints and a gripper",
	.matches = matches,
	.grippers = grippers,
};
