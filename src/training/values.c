/* SPDX-License-Identifier: Apache-2.0 */
#include "training/values.h"

#include <math.h>

bool value_is_number(enum parquet_type type)
{
	return type == PARQUET_BOOL || type == PARQUET_INT32 || type == PARQUET_INT64 ||
	       type == PARQUET_FLOAT || type == PARQUET_DOUBLE;
}

double value_double(enum parquet_type type, const struct parquet_batch *b, size_t i)
{
	double v = NAN;

	value_doubles(&v, type, b, i, 1);
	return v;
}

void value_doubles(double *dst, enum parquet_type type, const struct parquet_batch *b, size_t at,
		   size_t n)
{
	switch (type) {
	case PARQUET_FLOAT:
		for (size_t i = 0; i < n; i++)
			dst[i] = (double)b->f32[at + i];
		break;
	case PARQUET_DOUBLE:
		for (size_t i = 0; i < n; i++)
			dst[i] = b->f64[at + i];
		break;
	case PARQUET_INT32:
		for (size_t i = 0; i < n; i++)
			dst[i] = (double)b->i32[at + i];
		break;
	case PARQUET_INT64:
		for (size_t i = 0; i < n; i++)
			dst[i] = (double)b->i64[at + i];
		break;
	case PARQUET_BOOL:
		for (size_t i = 0; i < n; i++)
			dst[i] = (double)b->boolean[at + i];
		break;
	case PARQUET_INT96:
	case PARQUET_BYTES:
	case PARQUET_FIXED:
	default:
		for (size_t i = 0; i < n; i++)
			dst[i] = NAN;
	}
}
