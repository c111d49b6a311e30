/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums are kept in lanes, which vector registers take without reordering anything. That also
 * makes them more exact: the rounding error grows with the terms of a lane, not with all.
 */
#include "training/column.h"

#include <math.h>

enum { LANES = 8 };

static double sum_of(const double lane[LANES])
{
	return ((lane[0] + lane[1]) + (lane[2] + lane[3])) +
	       ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

struct extent column_extent(const double *v, size_t n)
{
	double lo[LANES], hi[LANES], sum[LANES];
	struct extent e;
	size_t i = 0;

	for (unsigned k = 0; k < LANES; k++) {
		lo[k] = INFINITY;
		hi[k] = -INFINITY;
		sum[k] = 0;
	}
	for (; i + LANES <= n; i += LANES) {
		for (unsigned k = 0; k < LANES; k++) {
			lo[k] = v[i + k] < lo[k] ? v[i + k] : lo[k];
			hi[k] = v[i + k] > hi[k] ? v[i + k] : hi[k];
			sum[k] += v[i + k];
		}
	}
	for (unsigned k = 0; i < n; i++, k++) {
		lo[k] = v[i] < lo[k] ? v[i] : lo[k];
		hi[k] = v[i] > hi[k] ? v[i] : hi[k];
		sum[k] += v[i];
	}
	e = (struct extent){lo[0], hi[0], sum_of(sum)};
	for (unsigned k = 1; k < LANES; k++) {
		e.min = lo[k] < e.min ? lo[k] : e.min;
		e.max = hi[k] > e.max ? hi[k] : e.max;
	}
	return e;
}

double column_squares(const double *v, size_t n, double mean)
{
	double sum[LANES] = {0};
	size_t i = 0;

	for (; i + LANES <= n; i += LANES) {
		for (unsigned k = 0; k < LANES; k++)
			sum[k] += (v[i + k] - mean) * (v[i + k] - mean);
	}
	for (unsigned k = 0; i < n; i++, k++)
		sum[k] += (v[i] - mean) * (v[i] - mean);
	return sum_of(sum);
}

void column_distances(double *dst, const double *a, const double *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dst[i] = fabs(a[i] - b[i]);
}

void column_copy(double *restrict dst, const double *restrict src, size_t n, size_t width)
{
	for (size_t i = 0; i < n; i++)
		dst[i] = src[i * width];
}
