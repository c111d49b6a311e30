/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows of each table belong to a run. Inside of this room; const data. */
#ifndef POLICYTOP_DB_EXTRACT_PARTS_H
#define POLICYTOP_DB_EXTRACT_PARTS_H

#include <stdbool.h>

enum { EXTRACT_PARTS_MAX = 40 };

/*
 * Small tables have no key and are read at once. Long ones are read by their key, the first column,
 * in pieces: ?1 is the run, ?2 the last key that was read, ?3 the last one to read.
 */
struct extract_part {
	const char *table; /* NULL ends */
	const char *rows;  /* FROM … WHERE …; t is the table */
	const char *key;   /* NULL: small */
	const char *timed; /* where key and t_ns are: the table */
	const char *range; /* its rows of the run ?1, by an index */
	const char *mine;  /* the same, of rows that the key has found */
	const char *of;	   /* its key is that of this part << shift; NULL: its own */
	unsigned shift;
	bool cut; /* only the end of a long run */
};

extern const struct extract_part extract_parts[];

unsigned extract_part(const char *table); /* its place */

#endif
