/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs to bytes and back by a table of their fields. Decoding makes every value valid: texts are
 * terminated and clean, bools are 0 or 1, enums are within their range (else 0). Any thread.
 */
#ifndef POLICYTOP_VIEW_FIELDS_H
#define POLICYTOP_VIEW_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
	FIELD_END,
	FIELD_8,    /* double, int64_t, uint64_t */
	FIELD_4,    /* float, int, unsigned, uint32_t */
	FIELD_BOOL, /* one byte */
	FIELD_ENUM, /* 4 bytes, at most `limit` */
	FIELD_TEXT, /* char[limit] */
};

struct field {
	enum field_type type;
	size_t offset;
	size_t limit;
};

/* A place in a buffer; failed sticks when the bytes ran out. */
struct cursor {
	unsigned char *put;	  /* writing */
	const unsigned char *get; /* reading */
	size_t left;
	bool failed;
};

void cursor_put(struct cursor *c, const void *p, size_t n);
void cursor_get(struct cursor *c, void *p, size_t n);

void fields_put(struct cursor *c, const struct field *table, const void *object);
void fields_get(struct cursor *c, const struct field *table, void *object);

#endif
