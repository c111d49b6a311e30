/* SPDX-License-Identifier: Apache-2.0 */
/* Whole columns of a small Parquet file (tasks, episodes, their statistics) in memory. */
#ifndef POLICYTOP_TRAINING_TABLE_H
#define POLICYTOP_TRAINING_TABLE_H

#include <stddef.h>

#include "base/err.h"
#include "wire/parquet.h"

enum { TABLE_ENTRIES_MAX = 1 << 25 };

/* Row r holds the entries from first[r] to first[r + 1]; one each in a flat column. */
struct table_column {
	size_t rows, entries;
	size_t *first; /* [rows + 1] */
	double *value; /* numbers; NaN for null; NULL in a column of texts */
	char **text;   /* cleaned; NULL in a column of numbers, "" for null */
};

/* Reads column (an index of p). 0, or a negative errno with e; fini only after 0. */
int table_read(struct table_column *t, struct parquet *p, size_t column, struct err *e);
void table_fini(struct table_column *t);

/* The same of a flat column of numbers by its name; 1: there is none (nothing to fini). */
int table_numbers(struct table_column *t, struct parquet *p, const char *name, struct err *e);

#endif
