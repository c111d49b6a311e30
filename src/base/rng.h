/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small seeded random generator (PCG-XSH-RR 64/32, M. E. O'Neill, 2014): the same seed gives the
 * same numbers on every machine, which the simulation and the tests need. Not for secrets.
 */
#ifndef POLICYTOP_BASE_RNG_H
#define POLICYTOP_BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

struct rng rng_seed(uint64_t seed);
uint32_t rng_u32(struct rng *r);
double rng_unit(struct rng *r); /* uniform in [0, 1) */
double rng_range(struct rng *r, double lo, double hi);
double rng_gauss(struct rng *r); /* mean 0, standard deviation 1 */

#endif
