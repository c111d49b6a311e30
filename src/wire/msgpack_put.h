/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes msgpack as openpi's client and server do (msgpack-python with use_bin_type, arrays through
 * its pack_array): for the simulated policy server and its client. Appends to a buf; any thread.
 */
#ifndef POLICYTOP_WIRE_MSGPACK_PUT_H
#define POLICYTOP_WIRE_MSGPACK_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

void msgpack_put_map(struct buf *b, uint32_t pairs);   /* then as many keys and values */
void msgpack_put_array(struct buf *b, uint32_t items); /* then as many values */
void msgpack_put_str(struct buf *b, const char *text);
void msgpack_put_bin(struct buf *b, const void *p, uint32_t n);
void msgpack_put_uint(struct buf *b, uint32_t v);
void msgpack_put_nil(struct buf *b);
void msgpack_put_bool(struct buf *b, bool v);
void msgpack_put_double(struct buf *b, double v);

/* A numpy array in C order: dtype as numpy writes it ("<f8"), shape[dims], p its n bytes. */
void msgpack_put_ndarray(struct buf *b, const char *dtype, const uint32_t *shape, unsigned dims,
			 const void *p, uint32_t n);

#endif
