/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as the screen shows them: never clipped, unknown is "-". Pure, any thread. */
#ifndef POLICYTOP_UI_NUMBER_H
#define POLICYTOP_UI_NUMBER_H

#include "view/snapshot.h"

/* What numbers of joints are shown in. */
enum units {
	UNITS_ROBOT,	  /* as the robot says */
	UNITS_NORMALISED, /* 0 at the training q01, 1 at q99 */
	UNITS_SIGMA,	  /* standard deviations from the training mean */
	UNITS_N,
};
const char *units_word(enum units u, const struct snapshot *s); /* "deg", "mixed", "0..1", "sd" */

enum { NUMBER_BYTES = 24 };

/*
 * v with that many decimals in at most width columns: decimals go first, then the exponent form,
 * then only "big" is left. NaN: "-". Returns dst.
 */
const char *number_text(char dst[NUMBER_BYTES], double v, int width, int decimals);

/* v with about three digits and no trailing zeros, in at most width columns: limits and ratios. */
const char *number_short(char dst[NUMBER_BYTES], double v, int width);

/* A position, and a difference of positions, of joint j in u; NaN when training does not know. */
double number_value(enum units u, const struct view_joint *j, double v);
double number_delta(enum units u, const struct view_joint *j, double d);

/* Decimals that a joint's numbers deserve in u: 1 for degrees and percent, 3 for radians … */
int number_decimals(enum units u, const struct view_joint *j);

/* Seconds as "04.3", "1:04.3" style clock "mm:ss.s"; unknown "--:--.-". */
const char *number_clock(char dst[NUMBER_BYTES], double seconds);

/* An age: "0.4s", "12s", "3m", "2h"; unknown "-". */
const char *number_age(char dst[NUMBER_BYTES], double seconds);

#endif
