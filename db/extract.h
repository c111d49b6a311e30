/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run as a file of its own, with the schema and the version of the file it is from: for who has
 * to look at it elsewhere. It is read in pieces of a fraction of a second, so that the recorder of
 * the same file can empty its log meanwhile. One thread.
 */
#ifndef POLICYTOP_DB_EXTRACT_H
#define POLICYTOP_DB_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

struct db_extract {
	int64_t run;
	bool pictures;	 /* with thumbnails; else their columns are NULL */
	int64_t keep_ns; /* of steps, values, chunks and health, before the end of the run */
	void *host;
	/*
	 * Each text on its way, column by name: returns what is kept of it (valid until the next
	 * call) and sets *len. NULL: all as it is.
	 */
	const char *(*text)(void *host, const char *table, const char *column, const char *text,
			    size_t *len);
	bool (*stop)(void *host); /* asked several times a second: true ends it. NULL: never */
};

struct db_extracted {
	int64_t rows;
	double run_s, kept_s; /* from the first step to the last; equal when nothing was cut */
	bool of_path;	      /* what failed is the new file */
};

/*
 * Makes the file path (it must not exist; what is there after a failure is the caller's to remove).
 * 0, or -errno with e: EINTR: stopped.
 */
int db_extract(struct db *from, const char *path, const struct db_extract *x,
	       struct db_extracted *did, struct err *e);

#endif
