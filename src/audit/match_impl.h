/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that match statistics; nobody else includes it. */
#ifndef POLICYTOP_AUDIT_MATCH_IMPL_H
#define POLICYTOP_AUDIT_MATCH_IMPL_H

#include "audit/match.h"

enum { MATCH_FOUND_MAX = 64, MATCH_EPISODES_LEAST = 5 };

/* What two sets of figures are compared for. */
struct tolerance {
	bool exact;
	bool judged[MAX_JOINTS];
	double mean[MAX_JOINTS]; /* near: of |mean - mean|, in std of the data's side */
	double ratio;		 /* near: of |ln(std / std)| */
};

/* A hypothesis that held. */
struct held {
	struct match_named what;
	double operations, score; /* score: how well, 0 best */
};

struct holds {
	unsigned n;
	struct held held[MATCH_FOUND_MAX];
};

/* The hypothesis in words of figures: `made` must be `seen`; data is that of the two that comes
 * from the data. Returns a score, or a negative number when it does not hold. */
double match_compare(const struct figures *made, const struct figures *seen,
		     const struct figures *data, const struct tolerance *t);

void match_hold(struct holds *h, enum match_kind kind, unsigned a, unsigned b, double operations,
		double score);

/* match_try.c: every transformation, of the data or of the statistics. */
void match_try_all(struct holds *h, const struct match_case *c, const struct figures *data,
		   const struct tolerance *t);

#endif
