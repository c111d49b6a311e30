/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a dataset of its version must have and does not. One thread. */
#ifndef POLICYTOP_TRAINING_COMPLETE_H
#define POLICYTOP_TRAINING_COMPLETE_H

#include "training/dataset.h"

enum { MISSING_MAX = 8 };

/* Paths below its folder, static. Returns how many, at most MISSING_MAX. */
unsigned dataset_missing(const struct dataset *d, const char *missing[MISSING_MAX]);

#endif
