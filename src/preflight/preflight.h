/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is looked at before `run` starts a command: one row a check, and the audits of the policy's
 * files. A fail stops the start, unless a person says otherwise. Opens no device. Main thread.
 */
#ifndef POLICYTOP_PREFLIGHT_PREFLIGHT_H
#define POLICYTOP_PREFLIGHT_PREFLIGHT_H

#include "plan/plan.h"
#include "rig/rig.h"

struct preflight_check {
	const char *name;
	/* 0 good or not to be judged; -errno with e: what is wrong, and what to do. */
	int (*look)(const struct plan *p, struct err *e);
};

extern const struct preflight_check preflight_table[]; /* name NULL ends */

/*
 * Calls fail() for each that fails. Returns how many do. r: the rig that the plan is, with its name;
 * db: where its profile and runs are.
 */
unsigned preflight(const struct plan *p, const char *name, const struct rig *r, const char *db,
		   void (*fail)(void *host, const char *name, const char *text), void *host);

#endif
