/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a query as a table, CSV or JSON. The output is spooled into a temporary file first and
 * delivered when the query is done: a pager that does not read must not keep a read transaction
 * open, because the recorder could not empty its log then. Main thread.
 */
#ifndef POLICYTOP_CMD_ROWS_H
#define POLICYTOP_CMD_ROWS_H

#include <stdint.h>
#include <stdio.h>

#include "db/reader.h"

enum rows_format {
	ROWS_TABLE, /* for people: control characters escaped, NULL as "-", numbers shortened */
	ROWS_CSV,   /* RFC 4180, NULL empty, doubles exact */
	ROWS_JSON,  /* an array of objects, doubles exact; infinities as 9e999, as sqlite3 does */
};

FILE *rows_spool(struct err *e); /* NULL with e */

/* Appends the rows of q. Returns how many, or -errno with e. */
int64_t rows_write(FILE *spool, struct db *db, const struct query *q, enum rows_format format,
		   struct err *e);

/* Copies the spool to standard output and closes it. 0, or -errno with e. */
int rows_deliver(FILE *spool, struct err *e);

#endif
