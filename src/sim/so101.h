/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulated SO-101 is made of: joints, servos, encoder and the ranges its training set
 * covers. Data only. Lengths are in the joint's unit (about one degree) unless the name says more.
 */
#ifndef POLICYTOP_SIM_SO101_H
#define POLICYTOP_SIM_SO101_H

#include "model/joint.h"

enum so101_joint { PAN, LIFT, ELBOW, WFLEX, ROLL, GRIP, SO101_JOINTS };

enum {
	SO101_FPS = 30,
	SO101_ENCODER_TICKS = 4096, /* a turn */
};

struct servo_spec {
	const char *name;
	enum unit unit;
	double deg_per_unit;	       /* of the calibrated range */
	double lag_s;		       /* time constant of the position loop */
	double speed_limit;	       /* units per second */
	double dead_band;	       /* units: a smaller error moves nothing */
	double droop;		       /* units the load pulls the joint off its goal */
	double lo, hi;		       /* ends of the calibrated range */
	double trained_lo, trained_hi; /* of the actions of the training set */
};

extern const struct servo_spec so101_servo[SO101_JOINTS];

/* One encoder tick in the unit of a joint. */
double so101_tick(enum so101_joint j);

#endif
