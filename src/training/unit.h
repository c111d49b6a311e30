/* SPDX-License-Identifier: Apache-2.0 */
/* Units of the joints of a training set, as far as there is evidence; else UNIT_UNKNOWN stays. */
#ifndef POLICYTOP_TRAINING_UNIT_H
#define POLICYTOP_TRAINING_UNIT_H

#include "training/episodes.h"

void units_guess(struct episodes *e);

#endif
