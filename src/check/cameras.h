/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checks of cameras share: readings of each camera, how often in a row one was bad, what
 * training had, and whether an arm moves. Plain data; part of a check's memory.
 */
#ifndef POLICYTOP_CHECK_CAMERAS_H
#define POLICYTOP_CHECK_CAMERAS_H

#include "check/check.h"

/* The last reading of each camera; one a second, and at a change of state. */
struct camera_readings {
	bool known[RUN_CAMERAS];
	double value[RUN_CAMERAS], limit[RUN_CAMERAS];
	unsigned row[RUN_CAMERAS]; /* bad ones in a row */
};

/*
 * Notes a reading (NaN: unknown, and the row ends). Returns how many bad ones came in a row with
 * it. subject is SUBJECT_CAMERA and its index.
 */
unsigned camera_note(struct camera_readings *r, unsigned subject, double value, double limit,
		     bool bad);

/*
 * Fills out with the reading that lies worst against its limit: the largest ratio, or, small, the
 * smallest. Without any, why is none. True: there was one.
 */
bool camera_show(const struct check *c, struct check_status *out, const struct camera_readings *r,
		 bool small, const char *unit, const char *none);

/* What the training camera of that name had; NaN and 0 unknown. */
struct camera_training {
	bool known; /* training had such a camera */
	unsigned width, height;
	double fps;
	double light; /* smallest mean of a picture in [0,1], or the mean of all: */
	bool light_is_mean;
	double dark_max; /* largest share of dark pixels */
	double sharpness_min;
	bool fixed; /* its pictures kept one brightness and colour */
};
void camera_training(const struct check *c, const char *name, struct camera_training *out);

/* Ways that some joint but a gripper went, each as long as an arm that rests does not go. */
struct arm_motion {
	bool has;
	double from[MAX_JOINTS];
	unsigned ways;
	double last_s; /* when the last of them ended, c->now_s */
};
void arm_motion_step(struct arm_motion *m, const struct check *c, const struct tick *t);

#endif
