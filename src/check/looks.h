/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of a camera's identity share: each is one fact of a lineup's answer. */
#ifndef POLICYTOP_CHECK_LOOKS_H
#define POLICYTOP_CHECK_LOOKS_H

#include "check/check.h"

/* The memory of such a check: the last reading of each camera. */
struct looks {
	bool known[RUN_CAMERAS];
	bool bad[RUN_CAMERAS];	     /* the last one alarmed, */
	double since_s[RUN_CAMERAS]; /* and all since then */
	struct lineup_reading reading[RUN_CAMERAS];
};

/* Keeps the reading of fact and finds what it alarms of once that has lasted param[0] seconds. */
void looks_take(struct check *c, unsigned subject, const struct lineup_answer *a,
		enum lineup_fact fact);

/* The worst of all cameras; good: what to say when nothing is wrong. */
void looks_show(const struct check *c, struct check_status *out, const char *good);

#endif
