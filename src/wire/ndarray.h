/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A numpy array as it crosses a wire: what its dtype and shape say, and its numbers as doubles. The
 * bytes stay the caller's. Shapes are hostile: their product is checked before it is believed, and
 * nothing is allocated by them. Any thread.
 */
#ifndef POLICYTOP_WIRE_NDARRAY_H
#define POLICYTOP_WIRE_NDARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NDARRAY_DIMS = 8 };

struct ndarray {
	char dtype[8];	/* numpy's, cleaned: "<f4"; "list": plain numbers, no array */
	char kind;	/* 'f' 'i' 'u' 'b', 'U' and 'S' text; 0: another one */
	uint32_t bytes; /* of an element */
	bool swapped;	/* big endian */
	bool fortran;	/* the first index runs fastest */
	unsigned dims;	/* 0: a single value */
	uint64_t shape[NDARRAY_DIMS];
	uint64_t count;	     /* elements */
	const uint8_t *data; /* count elements; NULL: not looked at */
	const double *plain; /* in place of data: the numbers themselves */
};

/* Reads a dtype like "<f8" into a. False: no dtype; a kind that is not known is one. */
bool ndarray_dtype(struct ndarray *a, const char *text, size_t n);

/* False: more than NDARRAY_DIMS, or more elements or bytes than could be counted. */
bool ndarray_shape(struct ndarray *a, const uint64_t *shape, unsigned dims);

/* Its elements are numbers, and are here. */
bool ndarray_numbers(const struct ndarray *a);

/* Element i < count in C order, whatever order they are stored in; exact but for large integers. */
double ndarray_at(const struct ndarray *a, uint64_t i);

/* NaN all three when there are no numbers; NaN among the elements does not count. */
void ndarray_range(const struct ndarray *a, double *min, double *max, double *mean);

/* The first element of an array of text as UTF-8, cut at size; returns its length, 0 none. */
size_t ndarray_text(const struct ndarray *a, char *dst, size_t size);

#endif
