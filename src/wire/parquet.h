/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of Apache Parquet files, as far as robot data needs it: flat columns and one-level
 * lists, nulls, data pages v1 and v2; encodings PLAIN, RLE (booleans) and RLE_DICTIONARY;
 * uncompressed, SNAPPY, GZIP, ZSTD and LZ4_RAW. Only the columns that are asked for are read; a
 * column that is nested deeper, or uses anything else, is refused when it is asked for.
 *
 * Memory: the footer, one column chunk of one row group as stored, one page of it unpacked, and a
 * batch; never more than the file's size, PARQUET_PAGE_MAX a page and some kilobytes, whatever
 * the file claims. One thread a struct parquet.
 */
#ifndef POLICYTOP_WIRE_PARQUET_H
#define POLICYTOP_WIRE_PARQUET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	PARQUET_BATCH = 2048,		/* entries of a batch at most */
	PARQUET_PAGE_MAX = 256 << 20,	/* bytes of an unpacked page; a larger one is refused */
	PARQUET_FOOTER_MAX = 256 << 20, /* bytes */
};

/* The physical types, numbered as in the file. */
enum parquet_type {
	PARQUET_BOOL,
	PARQUET_INT32,
	PARQUET_INT64,
	PARQUET_INT96,
	PARQUET_FLOAT,
	PARQUET_DOUBLE,
	PARQUET_BYTES,
	PARQUET_FIXED,
};

const char *parquet_type_word(enum parquet_type t); /* "FLOAT" … */

/* Where the bytes come from. */
struct parquet_io {
	void *host;
	uint64_t size; /* of the file */
	/* n bytes at offset, within size; valid until the next call. NULL with e. */
	const uint8_t *(*at)(void *host, uint64_t offset, size_t n, struct err *e);
};

/* A leaf of the schema. */
struct parquet_column {
	char *name; /* of the top level: "action", "stats/action/min" */
	char *path; /* down to the leaf, with dots: "action.list.element" */
	enum parquet_type type;
	uint8_t max_def, max_rep;
	uint8_t list_def; /* of the repeated node, 0 without one: an entry whose definition level is
			   * list_def or more is an element, list_def - 1 an empty list, less no list */
};

struct parquet_bytes {
	const uint8_t *p;
	uint32_t len;
};

/* A run of entries of a column; lives during the call. */
struct parquet_batch {
	size_t entries;
	const uint8_t *def, *rep; /* levels [entries]; NULL: all max_def, all 0 */
	size_t values;		  /* entries with def == max_def: their values, dense */
	union {
		const uint8_t *boolean; /* 0 or 1 */
		const int32_t *i32;
		const int64_t *i64;
		const float *f32;
		const double *f64;
		const struct parquet_bytes *bytes;
		const void *any;
	};
};

struct parquet;

/* 0, or a negative errno with e: not Parquet, no footer (-ENODATA), a footer that lies. */
int parquet_open(struct parquet **out, const struct parquet_io *io, struct err *e);

/*
 * Opens a file that has no footer (its writer died): finds the row groups by walking from page to
 * page. columns are the leaves it must have, in the order of the file, copied; width[i] is how
 * many entries of column i make a row. Incomplete row groups at the end are left out;
 * *left_bytes is how much of the file that is. -EBADMSG when the first pages do not fit.
 */
int parquet_recover(struct parquet **out, const struct parquet_io *io,
		    const struct parquet_column *columns, const unsigned *width, size_t n,
		    uint64_t *left_bytes, struct err *e);
void parquet_close(struct parquet *p); /* NULL is allowed */

size_t parquet_columns(const struct parquet *p);
const struct parquet_column *parquet_column(const struct parquet *p, size_t i);

/* Index of the first leaf under the top-level column called name, or -1. */
int parquet_find(const struct parquet *p, const char *name);

size_t parquet_groups(const struct parquet *p);
uint64_t parquet_group_rows(const struct parquet *p, size_t group);
uint64_t parquet_rows(const struct parquet *p);

/*
 * Reads one column of one row group, batch by batch. take returns 0, or a negative errno with e
 * that ends the reading. e names row group and column.
 */
int parquet_read(struct parquet *p, size_t group, size_t column,
		 int (*take)(void *host, const struct parquet_batch *b, struct err *e), void *host,
		 struct err *e);

/* The libraries that unpack pages, and which versions of them run. */
struct parquet_libraries {
	const char *zlib, *zstd, *lz4;
};
struct parquet_libraries parquet_libraries(void);

#endif
