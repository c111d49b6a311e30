/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the Parquet reader; nobody else includes it. */
#ifndef POLICYTOP_WIRE_PARQUET_IMPL_H
#define POLICYTOP_WIRE_PARQUET_IMPL_H

#include "wire/parquet.h"
#include "wire/thrift.h"

enum { LEVELS_MAX = 15, PAGE_HEADER_MAX = 1 << 20 };

/* A column of a row group, as the footer tells it. */
struct chunk {
	uint64_t offset, size; /* bytes of the file, checked to be inside it */
	uint64_t values;       /* entries, nulls included */
	int codec;
};

struct group {
	uint64_t rows;
};

/* Memory that grows and is used again. */
struct room {
	uint8_t *p;
	size_t size;
};

struct parquet {
	struct parquet_io io;
	size_t ncolumns, ngroups;
	struct parquet_column *column;
	struct group *group;
	struct chunk *chunk; /* [ngroups][ncolumns] */
	struct room page, dict, dict_bytes;
	struct batch_room *batch;
};

uint8_t *room_for(struct room *r, size_t n);

/* parquet_meta.c */
int parquet_parse_footer(struct parquet *p, const uint8_t *bytes, size_t n, struct err *e);
void parquet_copy_column(struct parquet_column *dst, const struct parquet_column *src);

/* parquet_page.c */
enum page_type { PAGE_DATA = 0, PAGE_INDEX = 1, PAGE_DICT = 2, PAGE_DATA_V2 = 3 };

enum encoding { ENC_PLAIN = 0, ENC_PLAIN_DICT = 2, ENC_RLE = 3, ENC_RLE_DICT = 8 };

struct page {
	int64_t type;
	uint32_t packed, unpacked; /* bytes, without the header */
	uint32_t entries;
	int64_t encoding, def_encoding, rep_encoding;
	uint32_t def_bytes, rep_bytes; /* v2 */
	bool plain_v2;		       /* v2: values are not compressed */
};

/* Parses a page header of at most n bytes. Its length, or 0 with *why (static). */
size_t page_parse(struct page *h, const uint8_t *p, size_t n, const char **why);

/*
 * The body of a page, unpacked: *body points into src or into room. h->packed bytes at src.
 * 0 or a negative errno with e.
 */
int page_unpack(const struct page *h, int codec, const uint8_t *src, struct room *room,
		const uint8_t **body, struct err *e);

/* parquet_rle.c: the hybrid of runs and bit-packed groups, for levels, indexes and booleans. */
struct rle {
	const uint8_t *p, *end;
	unsigned width;	      /* bits, 0..32 */
	uint64_t run, packed; /* values left of the run, of the bit-packed groups */
	uint32_t value;	      /* of the run */
	const uint8_t *bits;  /* of the bit-packed groups */
	uint64_t at;	      /* values of them already taken */
};

void rle_init(struct rle *r, const uint8_t *p, size_t n, unsigned width);

/* The next n values; false when there are not as many. width <= 8 for rle_bytes. */
bool rle_bytes(struct rle *r, uint8_t *out, size_t n);
bool rle_words(struct rle *r, uint32_t *out, size_t n);

/* True, and n values taken, when the next n values are one run of value. */
bool rle_take_run(struct rle *r, uint32_t value, size_t n);

#endif
