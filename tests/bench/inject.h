/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other half of the quiet figures: steps and seams of known size put into clean episodes, and
 * how many of them are found, how soon, by the code that fits.
 */
#ifndef POLICYTOP_TESTS_BENCH_INJECT_H
#define POLICYTOP_TESTS_BENCH_INJECT_H

#include "base/rng.h"
#include "tests/bench/tape.h"

enum inject_kind {
	INJECT_STEP,  /* one step inside a chunk that lasts: code jump */
	INJECT_SPIKE, /* one tick there and back: code jump */
	INJECT_SEAM,  /* one seam that lasts: code seam */
	INJECT_SEAMS, /* every second chunk is shifted: code seam */
	INJECT_KINDS,
};

enum { INJECT_SIZES = 5, INJECT_MAX = 256 };
extern const double inject_size[INJECT_SIZES]; /* in training maxima */

struct curve {
	unsigned n, noted[INJECT_SIZES], found[INJECT_SIZES];
	int64_t delay[INJECT_SIZES][INJECT_MAX]; /* steps from the injection to the warning */
};

/* Injects every kind and size once into the tape (restored afterwards) and adds to curves. */
void inject_all(struct tape *t, const struct profile *p, struct rng *rng,
		struct curve curves[INJECT_KINDS]);

/* Prints what was found; returns how many of the promised 95 % were not kept. */
unsigned inject_print(const char *name, struct curve curves[INJECT_KINDS]);

/* The figures of the field reports, put into a clean rollout judged by p. Returns what was missed. */
unsigned inject_field(struct tape *t, const struct profile *p);

#endif
