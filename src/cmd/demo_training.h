/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's training set: demonstrations in the simulation, and their profile. Any thread. */
#ifndef POLICYTOP_CMD_DEMO_TRAINING_H
#define POLICYTOP_CMD_DEMO_TRAINING_H

#include <stdint.h>

#include "training/episodes.h"

extern const char demo_profile_name[]; /* "demo" */

/* Fills e (empty before; episodes_fini()) with demonstrations of one seed. */
void demo_demonstrate(struct episodes *e, uint64_t seed, unsigned count);

/* The profile of the demo's own training set; profile_free(). */
struct profile *demo_profile_new(void);

#endif
