/* SPDX-License-Identifier: Apache-2.0 */
/* The two ways of `policytop demo`. Main thread. */
#ifndef POLICYTOP_CMD_DEMO_H
#define POLICYTOP_CMD_DEMO_H

#include <stdbool.h>

#include "model/profile.h"
#include "sim/sim.h"

struct demo {
	const char *db; /* path of the database */
	struct sim_cfg world;
	const char *fault; /* as it was given, NULL healthy */
	int64_t seed;
	double seconds; /* headless: simulated */
	bool json;
	const struct profile *profile; /* of the training set, stored in the database */
};

/* Both return the exit status. */
int demo_headless(const struct demo *d);
int demo_interactive(const struct demo *d);

#endif
