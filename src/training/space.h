/* SPDX-License-Identifier: Apache-2.0 */
/* What the numbers of an action mean, guessed from names and data. */
#ifndef POLICYTOP_TRAINING_SPACE_H
#define POLICYTOP_TRAINING_SPACE_H

#include "training/episodes.h"

/*
 * The guess for the episodes span[0..count); why gets its evidence in one sentence. p has its
 * joint figures and gaps. SPACE_UNKNOWN where neither names nor data tell.
 */
enum action_space space_guess(const struct profile *p, const struct episodes *e,
			      const struct episode_span *const *span, size_t count, char *why,
			      size_t size);

#endif
