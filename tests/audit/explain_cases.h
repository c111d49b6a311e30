/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First chunks with a known fault: of labelled runs of a real policy, and injected into healthy
 * ones; for the table of `make bench-audit` and, with fewer of them, for the test.
 */
#ifndef POLICYTOP_TESTS_AUDIT_EXPLAIN_CASES_H
#define POLICYTOP_TESTS_AUDIT_EXPLAIN_CASES_H

#include <stdint.h>

#include "audit/explain.h"

/* Is its cause promised to be named in 11 of 12 runs? */
bool explain_is_promised(const char *fault);

enum { RUN_FAULTS = 24, CHUNK_STEPS = 128 };

/* The chunk that made the first action, and where the arm was. */
struct first_chunk {
	char fault[32]; /* "" clean */
	bool unplanned;
	unsigned steps, joints;
	double arm[MAX_JOINTS];
	double action[CHUNK_STEPS * MAX_JOINTS];
};

/* Every every-th labelled run below data. Returns how many, at most max. */
unsigned chunks_of_runs(struct first_chunk *c, unsigned max, const char *data, unsigned every);

/* The actions from frame `at` of an episode on. */
bool chunk_of_episode(struct first_chunk *c, const struct episodes *e, size_t episode, size_t at,
		      unsigned steps);

/* The action statistics of a stats.json. False: it is not there. */
bool stats_of_file(struct explain_stats *s, const char *path);

/* What was said about the runs of one fault. */
struct run_row {
	char fault[32];
	unsigned n, by_kind[EXPLAIN_KINDS], ambiguous;
};
unsigned explain_runs(struct run_row *rows, const struct first_chunk *c, unsigned n,
		      const struct profile *p, const struct explain_stats *own,
		      const struct explain_stats *others, unsigned nothers);

/* Is that what a run of this fault should get? No fault: nothing. */
bool explain_is_right(const char *fault, enum explain_kind kind);

struct injected_count {
	unsigned right, none, cannot, wrong, invisible;
	unsigned chunks, far; /* that were used, and left out: far before anything was done */
	char first_wrong[160];
};

/*
 * Every episode of e judged by a profile of the others (in folds), from its start or from a frame
 * in its middle; all: by a profile of all of them.
 */
void explain_injected_set(struct injected_count *n, const struct episodes *e, bool start, bool all,
			  const struct explain_stats *other, uint64_t seed);

/* Adds one chunk with every kind of fault. other: statistics of another set, NULL none. */
void explain_injected(struct injected_count *n, const struct first_chunk *c, bool start,
		      const struct profile *p, const struct explain_stats *other, uint64_t seed);

#endif
