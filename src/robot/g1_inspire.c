/* SPDX-License-Identifier: Apache-2.0 */
/* Inspire hands count 0 (fist) .. 1 (flat); the index finger stands for its hand. */
#include "robot/robot.h"

#include <stddef.h>

static const char *const matches[] = {"unitree_g1", "g1", NULL};
static const struct robot_gripper grippers[] = {
	{"lefthandindex", true}, {"righthandindex", true}, {NULL, false}};

const struct robot_class robot_g1_inspire = {
	.name = "g1-inspire",
	.summary = "Unitree G1 with Inspire hands",
	.matches = matches,
	.grippers = grippers,
};
