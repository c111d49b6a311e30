/* SPDX-License-Identifier: Apache-2.0 */
/* The gripper of the ALOHA sets is 0 (closed) .. 1 (open). */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"aloha", "trossen", "viperx", NULL};
static const struct robot_gripper grippers[] = {{"gripper", true}, {NULL, false}};

const struct robot_class robot_aloha = {
	.name = "aloha",
	.summary = "ALOHA, two ViperX arms with grippers",
	.matches = matches,
	.grippers = grippers,
};
