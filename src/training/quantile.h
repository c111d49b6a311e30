/* SPDX-License-Identifier: Apache-2.0 */
/* Exact quantiles without sorting everything. Any thread; one thread a struct. */
#ifndef POLICYTOP_TRAINING_QUANTILE_H
#define POLICYTOP_TRAINING_QUANTILE_H

#include <stddef.h>
#include <stdint.h>

/* Memory that is used again from call to call; {0} to begin with. */
struct quantile_room {
	double *v;
	uint16_t *id;
	size_t size;
};
void quantile_room_fini(struct quantile_room *r);

/*
 * out[i] = the q[i]-quantile of v[0..n], none of them NaN, by linear interpolation between the
 * two values around it at q * (n - 1), as numpy.quantile does by default. min and max are those
 * of v. q ascends, k <= 8. n = 0 gives NaN.
 */
void quantiles(struct quantile_room *r, const double *v, size_t n, double min, double max,
	       const double *q, double *out, unsigned k);

#endif
