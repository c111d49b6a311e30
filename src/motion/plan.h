/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of an arm from where it stands to where it shall be: a straight line in ticks, all joints
 * arriving together, none faster than its share of its calibrated range a second, with a soft start
 * and end. Pure; any thread.
 */
#ifndef POLICYTOP_MOTION_PLAN_H
#define POLICYTOP_MOTION_PLAN_H

#include "base/err.h"
#include "motion/packet.h"
#include "wire/calibration.h"

struct motion_way {
	char joint[NAME_BYTES];
	uint8_t id;
	struct calibration_scale scale; /* with the calibration's range */
	int32_t from, to;		/* ticks */
};

struct motion_plan {
	unsigned n;
	struct motion_way way[MOTION_IDS];
	double share_hz; /* speed limit, share of the range per second */
	double seconds;	 /* 0: nobody moves */
	double ramp_s;	 /* of the start, and of the end */
};

/*
 * Sets how long it takes, for ways that are filled in. Outside its range a joint may stand (by
 * a fiftieth of it, as one that lies on its stop: it is brought in) but not be sent. 0, or -ERANGE
 * with e.
 */
int motion_plan_time(struct motion_plan *p, double share_hz, struct err *e);

/* The goal of a way, t_s after the start: between from and to; its end from seconds on. */
int32_t motion_plan_goal(const struct motion_plan *p, unsigned way, double t_s);

/* The fastest that a way gets, ticks/s. */
double motion_plan_speed(const struct motion_plan *p, unsigned way);

#endif
