/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of Thrift's compact protocol, as far as Parquet needs it: a cursor over bytes in
 * memory that allocates nothing and never reads past its end. The first thing wrong is kept in
 * `error` and ends everything: later calls give 0. Any thread; one thread a struct thrift.
 *
 * A struct is read as
 *	struct thrift_field f = {0};
 *	while (thrift_next(t, &f))
 *		switch (f.id) { case 1: x = thrift_int(t, &f); break; default: thrift_skip(t, &f); }
 */
#ifndef POLICYTOP_WIRE_THRIFT_H
#define POLICYTOP_WIRE_THRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum thrift_type {
	THRIFT_STOP,
	THRIFT_TRUE,
	THRIFT_FALSE,
	THRIFT_BYTE,
	THRIFT_I16,
	THRIFT_I32,
	THRIFT_I64,
	THRIFT_DOUBLE,
	THRIFT_BINARY,
	THRIFT_LIST,
	THRIFT_SET,
	THRIFT_MAP,
	THRIFT_STRUCT,
	THRIFT_TYPES,
};

struct thrift {
	const uint8_t *p, *end;
	const char *error; /* static; NULL while nothing is wrong */
};

struct thrift_field {
	int32_t id;	       /* {0} before the first */
	enum thrift_type type; /* never THRIFT_STOP after thrift_next() returned true */
};

void thrift_init(struct thrift *t, const void *p, size_t n);

/* The header of the next field; false at the end of the struct, or when something is wrong. */
bool thrift_next(struct thrift *t, struct thrift_field *f);

/* The value of field f; one of another type is an error. */
int64_t thrift_int(struct thrift *t, const struct thrift_field *f);
bool thrift_bool(struct thrift *t, const struct thrift_field *f);
const char *thrift_binary(struct thrift *t, const struct thrift_field *f, size_t *len);

/*
 * Number of elements of a list field, all of the given type; they follow. Never more than there
 * are bytes left. Elements are read by the functions above with {.type = element}.
 */
size_t thrift_list(struct thrift *t, const struct thrift_field *f, enum thrift_type element);

/* False, with the error, when f is no struct; its fields follow. */
bool thrift_struct(struct thrift *t, const struct thrift_field *f);

void thrift_skip(struct thrift *t, const struct thrift_field *f);

#endif
