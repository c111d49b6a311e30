/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A checkpoint's statistics against the data it was trained on, and against where the arm is now.
 * Pure. What statistics cannot show (a mode that is wrong while running, an output that is
 * un-normalised twice) shows in the first action: audit/explain.h.
 */
#ifndef POLICYTOP_AUDIT_NORM_H
#define POLICYTOP_AUDIT_NORM_H

#include "audit/finding.h"
#include "audit/match.h"

struct norm_evidence {
	const char *name;		     /* of the training set */
	const struct episodes *e;	     /* its data; NULL: only its profile is on file */
	const struct profile *profile;	     /* NULL: e is given */
	const struct profile *const *others; /* other sets on file */
	unsigned nothers;
};

/* Matches one vector's statistics; false: there are none, or they are of other dimensions. */
bool norm_match(struct match *m, const struct checkpoint *c, const struct norm_evidence *ev,
		bool action);

/* Findings "norm" for state and action. */
void audit_norm(struct audit *a, const struct checkpoint *c, const struct norm_evidence *ev);

/*
 * Findings "norm" for each camera whose pictures are normalised by mean and std and of which the
 * training set has statistics; none of the others.
 */
void audit_norm_images(struct audit *a, const struct checkpoint *c, const struct profile *p);

/*
 * The arm's state through the checkpoint's own formula: the largest |value| and its joint.
 * state[n], NaN unknown. NaN: nothing to compute it from.
 */
double norm_live(const struct checkpoint *c, const double *state, unsigned n, unsigned *joint);

/* Finding "live-norm"; joint: names of the state, NULL none. */
void audit_norm_live(struct audit *a, const struct checkpoint *c, const double *state, unsigned n,
		     const struct joint *joint);

#endif
