/* SPDX-License-Identifier: Apache-2.0 */
/* A training set from its folder to its findings. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_SET_AUDIT_H
#define POLICYTOP_PREFLIGHT_SET_AUDIT_H

#include "audit/finding.h"
#include "training/dataset.h"

struct read_set {
	struct dataset *set;
	struct episodes e;
	struct profile *profile; /* named, and compared with the set's own statistics */
	const char *nothing[2];	 /* set_stats_nothing() of state, action */
};

/* word: as dataset_open(). 0, or -errno with e. fini also after an error. */
int set_read(struct read_set *s, const char *word, struct err *e);
void set_read_fini(struct read_set *s);

/* The findings of audit_dataset() about it. */
void set_audit(struct audit *a, const struct read_set *s);

#endif
