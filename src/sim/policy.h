/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripted policy: it knows the path it was shown and answers an observation with a chunk of
 * actions, as a learned one does: roughly right, each answer with an error of its own, so that
 * chunks do not meet exactly where one follows another. One owner, one thread.
 */
#ifndef POLICYTOP_SIM_POLICY_H
#define POLICYTOP_SIM_POLICY_H

#include <stdbool.h>

#include "base/rng.h"
#include "sim/plan.h"

enum { CHUNK_HORIZON = 30, CHUNK_EXECUTE = 20 };

struct policy {
	double phase;	  /* where in the plan the chunk begins, ticks */
	unsigned used;	  /* actions of the chunk that were executed */
	unsigned execute; /* that many are, before the next answer */
	bool started;	  /* has a chunk */
	double action[CHUNK_HORIZON][SO101_JOINTS];
	struct rng rng;
};

/* Forgets everything, as policy.reset() between episodes. */
void policy_reset(struct policy *p, struct rng rng);

/* The next action needs an answer first. */
bool policy_wants_chunk(const struct policy *p);

/* Answers an observation: fills action and moves phase. */
void policy_answer(struct policy *p, const struct plan *plan, const double seen[SO101_JOINTS]);

/* Where in the plan the next action is. */
double policy_tick(const struct policy *p);

/* Takes the next action of the chunk. */
void policy_act(struct policy *p, double action[SO101_JOINTS]);

#endif
