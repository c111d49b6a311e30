/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a motor's position becomes a joint's value, found from both while the joint moves: sign, range
 * and offset, and how long the value takes to be told. Pure; any thread.
 *
 * A joint that stands still tells nothing, and then nothing is said: with one pair of numbers any
 * sign fits. Two series that do not follow each other, or by another factor than their units have,
 * are not of the same joint.
 */
#ifndef POLICYTOP_MODEL_JOINTFIT_H
#define POLICYTOP_MODEL_JOINTFIT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/joint.h"

/* Values in the order of their times; those that are not finite are passed over. */
struct jointfit_series {
	const int64_t *t_ns;
	const double *v;
	unsigned n, stride; /* the value of t_ns[i] is v[i * stride] */
	enum unit unit;	    /* UNIT_UNKNOWN: any factor may be between it and another */
};

enum jointfit_state {
	JOINTFIT_FEW,	  /* there are not 2 s of both yet */
	JOINTFIT_STILL,	  /* the joint does not move: it cannot be told */
	JOINTFIT_FITS,	  /* gain, bias, turns, lag_s */
	JOINTFIT_REFUSED, /* the two are not of the same joint */
};

struct jointfit {
	enum jointfit_state state;
	/* value = gain * position + bias. Between angles, gain is exactly what their units are apart. */
	double gain, bias;
	int turns;    /* bias is so many whole turns, and exactly so; 0: it is none, or not whole */
	double lag_s; /* the value is told so long after the position */
	double error; /* root mean square of what is left, in the value's unit; NaN unknown */
	double seconds; /* of values that were used */
};

#define JOINTFIT_SECONDS 2.0

/* position: an angle; value: as told by somebody else. Only the newest 4 s are looked at. */
struct jointfit jointfit(const struct jointfit_series *position,
			 const struct jointfit_series *value);

#endif
