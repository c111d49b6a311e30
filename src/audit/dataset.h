/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a training set before anybody trains on it: codes set-… of the group "data",
 * each with at least one finding. Pure: the set has been read.
 */
#ifndef POLICYTOP_AUDIT_DATASET_H
#define POLICYTOP_AUDIT_DATASET_H

#include "audit/finding.h"
#include "training/episodes.h"
#include "training/modality.h"

struct set_evidence {
	const struct episodes *e;
	const struct profile
		*profile; /* of e, with the disagreements of the set's own statistics */
	unsigned nmissing;
	const char *const *missing; /* files */
	size_t nwarnings;
	const char *const *warning; /* sentences of the reader: counts, videos */
	const char
		*nothing[2]; /* the file whose statistics of state, action are mean 0 and std 1 */
	const struct modality *modality; /* NULL: the set has none */
	const char *modality_wrong;	 /* why it cannot be read, NULL: it can */
};

void audit_dataset(struct audit *a, const struct set_evidence *s);

#endif
