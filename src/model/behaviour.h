/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a training profile that describes how the robot was moved: gripper habits, motion
 * and tracking. Owned by its struct profile. Numbers in the joint's unit, NaN unknown.
 */
#ifndef POLICYTOP_MODEL_BEHAVIOUR_H
#define POLICYTOP_MODEL_BEHAVIOUR_H

#include <stddef.h>

struct cJSON;

struct behaviour {
	size_t ngrippers;
};

void behaviour_fini(struct behaviour *b);

#endif
