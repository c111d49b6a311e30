/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two cameras of the simulated cell show: front stands before the table, wrist is on the
 * gripper. No photographs, but pictures that can be told apart, and in which what moves, what stands
 * still, light and sharpness can be judged. Deterministic.
 */
#ifndef POLICYTOP_SIM_CAMERA_H
#define POLICYTOP_SIM_CAMERA_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/paint.h"
#include "sim/plan.h"

enum sim_camera { SIM_FRONT, SIM_WRIST, SIM_CAMERAS };

extern const char *const sim_camera_name[SIM_CAMERAS]; /* "front" "wrist" */

/* What is before a camera. */
struct sim_sight {
	double joint[SO101_JOINTS]; /* as the arm stands */
	struct scene scene;
	bool held, placed; /* the object: in the gripper, in the box */
	double gain;	   /* of the light */
	uint64_t noise;	   /* seed of this one picture's */
};

/* What stands behind all that moves, before front. */
void sim_camera_room(struct paint *p);

/* room: of sim_camera_room(). */
void sim_camera_draw(struct paint *p, const struct paint *room, enum sim_camera which,
		     const struct sim_sight *s);

#endif
