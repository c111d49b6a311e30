/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet values as doubles. Any thread. */
#ifndef POLICYTOP_TRAINING_VALUES_H
#define POLICYTOP_TRAINING_VALUES_H

#include "wire/parquet.h"

/* True for the types that the functions below know. */
bool value_is_number(enum parquet_type type);

/* Value i of a batch. */
double value_double(enum parquet_type type, const struct parquet_batch *b, size_t i);

/* Values at..at+n of a batch. */
void value_doubles(double *dst, enum parquet_type type, const struct parquet_batch *b, size_t at,
		   size_t n);

#endif
