/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much a new action chunk contradicts the one that it replaces, over the steps that both
 * planned (the overlap): two published scores. Pure; the units are those of the plans.
 */
#ifndef POLICYTOP_CHECK_CHUNK_DISAGREEMENT_H
#define POLICYTOP_CHECK_CHUNK_DISAGREEMENT_H

#include "check/check.h"

struct disagreement {
	unsigned overlap; /* steps that both planned, 0: nothing to compare */
	double tce;	  /* mean squared difference over steps and joints (ActProbe) */
	double stac;	  /* mean over steps of the Euclidean distance (STAC-Single, SAFE) */
};

struct disagreement disagree(const struct replan *r, unsigned joints);

#endif
