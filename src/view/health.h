/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a snapshot that tell of the robot's body and eyes: motors, buses, cameras as last
 * heard. Plain data; texts are cleaned and terminated.
 */
#ifndef POLICYTOP_VIEW_HEALTH_H
#define POLICYTOP_VIEW_HEALTH_H

#include "model/camera.h"
#include "model/motor.h"
#include "model/verdict.h"

enum { VIEW_MOTORS = 64, VIEW_BUSES = 8, VIEW_EYES = 8 };

/* What was read at different times stays until it is read again, for 10 s. */
struct view_motor {
	struct motor v;
	double age_s;	  /* of the newest of it */
	double rise_degc; /* a minute, over at least the last 30 s; NaN unknown */
	double lowest_v;  /* since this engine began; NaN unknown */
};

struct view_bus {
	struct bus v;
	double age_s;
};

struct view_eye {
	struct camera v;
	double age_s;
};

#endif
