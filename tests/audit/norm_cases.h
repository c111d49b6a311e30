/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics spoilt in known ways, and how the audit names them: for the table of `make bench-audit`
 * and, with fewer rounds, for the test.
 */
#ifndef POLICYTOP_TESTS_AUDIT_NORM_CASES_H
#define POLICYTOP_TESTS_AUDIT_NORM_CASES_H

#include <stdint.h>

#include "training/episodes.h"

struct norm_count {
	unsigned right, cannot, silent, wrong; /* of measurable faults */
	unsigned healthy, flagged;
	char first_wrong[160]; /* "" none */
};

/*
 * rounds of every fault on state and action of e, the statistics made of a share of its episodes.
 * others: sets with as many joints, NULL ends.
 */
void norm_cases(struct norm_count *c, const struct episodes *e, double share, unsigned rounds,
		uint64_t seed, const struct episodes *const *others);

/* The set below POLICYTOP_DATA; false: not there. */
bool norm_load(struct episodes *e, const char *data, const char *set);

#endif
