/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a Protocol Buffers message, one after the other, without its schema: who asks knows
 * which number means what. Bytes stay the caller's; lengths are checked before they are believed.
 * Any thread.
 */
#ifndef POLICYTOP_WIRE_PROTOBUF_H
#define POLICYTOP_WIRE_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum protobuf_type {
	PROTOBUF_VARINT = 0,
	PROTOBUF_FIXED64 = 1,
	PROTOBUF_BYTES = 2, /* text and messages, too */
	PROTOBUF_FIXED32 = 5,
};

struct protobuf {
	/* The field that protobuf_next() found. */
	uint64_t number;
	enum protobuf_type type;
	uint64_t value;	      /* of all but BYTES */
	const uint8_t *bytes; /* of BYTES, len of them */
	size_t len;
	bool error; /* what followed is no field */
	/* private */
	const uint8_t *at, *end;
};

void protobuf_init(struct protobuf *p, const void *bytes, size_t n);

/* False: there is no more, or an error. */
bool protobuf_next(struct protobuf *p);

#endif
