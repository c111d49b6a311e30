/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics that a policy's actions were made with, as its checkpoint says. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_EXPLAIN_OWN_H
#define POLICYTOP_PREFLIGHT_EXPLAIN_OWN_H

#include "audit/explain.h"
#include "training/checkpoint.h"

struct explain_own {
	struct checkpoint *policy; /* NULL: none is known, stats are the profile's */
	struct explain_stats stats;
	bool delta; /* they are of relative actions */
};

/*
 * policy: a checkpoint's word, NULL none. 0, or -errno with e: it cannot be read, or has no
 * statistics for the profile's action joints; then stats are the profile's. fini in any case.
 */
int explain_own_open(struct explain_own *o, const struct profile *p, const char *policy,
		     struct err *e);
void explain_own_fini(struct explain_own *o);

/* The policy of a rig's file, freshly allocated; NULL: no such file, or it names none. */
char *explain_rig_policy_dup(const char *rig);

#endif
