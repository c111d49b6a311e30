/* SPDX-License-Identifier: Apache-2.0 */
/* Loops over a column of values, made for vector instructions. Any thread. */
#ifndef POLICYTOP_TRAINING_COLUMN_H
#define POLICYTOP_TRAINING_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

/* Of n values; without any INFINITY, -INFINITY and 0. Where a value is not finite, nor is sum. */
struct extent {
	double min, max, sum;
};
struct extent column_extent(const double *v, size_t n);

/* The sum of (v[i] - mean)². */
double column_squares(const double *v, size_t n, double mean);

/* dst[i] = |a[i] - b[i]|; dst may be a, and b = a + 1. */
void column_distances(double *dst, const double *a, const double *b, size_t n);

/* dst[i] = src[i * width] */
void column_copy(double *dst, const double *src, size_t n, size_t width);

#endif
