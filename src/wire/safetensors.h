/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of a safetensors file: eight bytes of length, then JSON that says where each tensor
 * lies. Every offset is checked against the file before it is told. The tensors themselves are the
 * caller's to read, or to leave alone. Pure; any thread.
 */
#ifndef POLICYTOP_WIRE_SAFETENSORS_H
#define POLICYTOP_WIRE_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	SAFETENSORS_FIRST = 8,		   /* bytes before the JSON */
	SAFETENSORS_HEADER_MAX = 16 << 20, /* bytes of JSON; a model of 10 GB has some 200 kB */
	SAFETENSORS_DIMS = 8,
	SAFETENSORS_NAME = 256,
};

enum tensor_type {
	TENSOR_OTHER, /* not read here */
	TENSOR_F64,
	TENSOR_F32,
	TENSOR_F16,
	TENSOR_BF16,
	TENSOR_I64,
	TENSOR_I32,
	TENSOR_U8,
	TENSOR_BOOL,
};

struct tensor {
	char name[SAFETENSORS_NAME]; /* cleaned */
	enum tensor_type type;
	unsigned bytes; /* of an element; 0: TENSOR_OTHER */
	unsigned dims;	/* 0: a single value */
	uint64_t shape[SAFETENSORS_DIMS];
	uint64_t count; /* elements */
	uint64_t from;	/* in the file */
	uint64_t size;	/* bytes; count * bytes where bytes is known */
};

/*
 * How long the JSON is, from the first eight bytes of a file of this size. 0, or -EBADMSG or
 * -EFBIG with e.
 */
int safetensors_length(const uint8_t first[SAFETENSORS_FIRST], uint64_t file_size, size_t *length,
		       struct err *e);

/*
 * Calls tensor() for each in the order of the JSON; a result other than 0 ends it and is returned.
 * -EBADMSG with e: no header, or one that lies about its file.
 */
int safetensors_each(const char *json, size_t length, uint64_t file_size,
		     int (*tensor)(void *host, const struct tensor *t, struct err *e), void *host,
		     struct err *e);

/* An element as a double, at p; NaN: TENSOR_OTHER. */
double tensor_value(enum tensor_type type, const uint8_t *p);

#endif
