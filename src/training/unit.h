/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units of the joints of a training set, by evidence; where there is none, UNIT_UNKNOWN stays.
 * Degrees and [-100, 100] differ by a few per cent on some joints, so that a robot's type is a hint
 * and never decides. Any thread.
 */
#ifndef POLICYTOP_TRAINING_UNIT_H
#define POLICYTOP_TRAINING_UNIT_H

#include "training/episodes.h"

/* What a joint's values say. */
struct unit_evidence {
	double min, max, mean, std; /* NaN: not known */
	bool integers;		    /* all of them */
	/* The encoder's step that all values of a measured joint lie on; 0 none, NaN not known. */
	double step;
};

/* Decides the units of the n joints of one vector, together. robot: its type, "" unknown. */
void units_decide(struct joint *joint, const struct unit_evidence *ev, unsigned n,
		  const char *robot);

/* Of the states and actions of a set. */
void units_guess(struct episodes *e);

#endif
