/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

#include <math.h>

struct rng rng_seed(uint64_t seed)
{
	struct rng r = {.state = seed * 0x9e3779b97f4a7c15u + 0xda3e39cb94b95bdbu};

	rng_u32(&r);
	rng_u32(&r);
	return r;
}

uint32_t rng_u32(struct rng *r)
{
	uint64_t old = r->state;
	uint32_t x = (uint32_t)(((old >> 18) ^ old) >> 27);
	uint32_t rot = (uint32_t)(old >> 59);

	r->state = old * 6364136223846793005u + 1442695040888963407u;
	return x >> rot | x << (-rot & 31);
}

double rng_unit(struct rng *r)
{
	return rng_u32(r) * 0x1p-32;
}

double rng_range(struct rng *r, double lo, double hi)
{
	return lo + (hi - lo) * rng_unit(r);
}

double rng_gauss(struct rng *r)
{
	double u = 1.0 - rng_unit(r), v = rng_unit(r);

	return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}
