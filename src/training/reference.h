/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Training references: what the cameras of a set showed, from the videos of at most
 * REFERENCE_EPISODES episodes. Main thread; decoding is done by a helper, see reel.h.
 */
#ifndef POLICYTOP_TRAINING_REFERENCE_H
#define POLICYTOP_TRAINING_REFERENCE_H

#include "training/dataset.h"
#include "training/episodes.h"

/* A set that was appended to struct episodes: its spans are first .. first + episodes - 1. */
struct reference_set {
	struct dataset *set;
	size_t first, episodes;
};

/*
 * Fills p->reference and p->motion. What is missing of a camera is a warning of its set; progress
 * may be NULL, it counts cameras. 0, or a negative errno with e when the helper is missing or died:
 * then the profile is without (further) references.
 */
int references_learn(struct profile *p, const struct episodes *all, const struct reference_set *set,
		     size_t nsets, const struct dataset_progress *progress, struct err *e);

struct scan; /* training/scan.h */

/* The reference of one camera; NULL: no picture. reference_free(). */
struct reference *reference_make(const struct scan *s);

#endif
