/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/msgpack_put.h"

#include <string.h>

/* First bytes, msgpack specification. */
enum {
	FIXMAP = 0x80,
	FIXARRAY = 0x90,
	FIXSTR = 0xa0,
	NIL = 0xc0,
	FALSE = 0xc2,
	BIN_8 = 0xc4,
	FLOAT_64 = 0xcb,
	UINT_8 = 0xcc,
	STR_8 = 0xd9,
	ARRAY_16 = 0xdc,
	MAP_16 = 0xde,
};

static void put_be(struct buf *b, uint8_t first, uint64_t v, unsigned bytes)
{
	uint8_t p[9] = {first};

	for (unsigned i = 0; i < bytes; i++)
		p[1 + i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
	buf_add(b, p, 1 + bytes);
}

/* A length in the smallest of the three forms, whose first bytes follow each other from `first`. */
static void put_length(struct buf *b, uint8_t first, uint32_t n)
{
	if (n <= UINT8_MAX)
		put_be(b, first, n, 1);
	else if (n <= UINT16_MAX)
		put_be(b, (uint8_t)(first + 1), n, 2);
	else
		put_be(b, (uint8_t)(first + 2), n, 4);
}

/* Maps and arrays have no form with one byte of length. */
static void put_count(struct buf *b, uint8_t fix, uint8_t first, uint32_t n)
{
	if (n < 16)
		put_be(b, (uint8_t)(fix | n), 0, 0);
	else if (n <= UINT16_MAX)
		put_be(b, first, n, 2);
	else
		put_be(b, (uint8_t)(first + 1), n, 4);
}

void msgpack_put_map(struct buf *b, uint32_t pairs)
{
	put_count(b, FIXMAP, MAP_16, pairs);
}

void msgpack_put_array(struct buf *b, uint32_t items)
{
	put_count(b, FIXARRAY, ARRAY_16, items);
}

void msgpack_put_str(struct buf *b, const char *text)
{
	uint32_t n = (uint32_t)strlen(text);

	if (n < 32)
		put_be(b, (uint8_t)(FIXSTR | n), 0, 0);
	else
		put_length(b, STR_8, n);
	buf_add(b, text, n);
}

void msgpack_put_bin(struct buf *b, const void *p, uint32_t n)
{
	put_length(b, BIN_8, n);
	if (n)
		buf_add(b, p, n);
}

void msgpack_put_uint(struct buf *b, uint32_t v)
{
	if (v < 128)
		put_be(b, (uint8_t)v, 0, 0);
	else
		put_length(b, UINT_8, v);
}

void msgpack_put_nil(struct buf *b)
{
	put_be(b, NIL, 0, 0);
}

void msgpack_put_bool(struct buf *b, bool v)
{
	put_be(b, (uint8_t)(FALSE + v), 0, 0);
}

void msgpack_put_double(struct buf *b, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	put_be(b, FLOAT_64, bits, 8);
}

void msgpack_put_ndarray(struct buf *b, const char *dtype, const uint32_t *shape, unsigned dims,
			 const void *p, uint32_t n)
{
	static const char marker[] = "__ndarray__", data[] = "data", type[] = "dtype",
			  extent[] = "shape";

	/* openpi's keys are bytes, not text. */
	msgpack_put_map(b, 4);
	msgpack_put_bin(b, marker, sizeof(marker) - 1);
	msgpack_put_bool(b, true);
	msgpack_put_bin(b, data, sizeof(data) - 1);
	msgpack_put_bin(b, p, n);
	msgpack_put_bin(b, type, sizeof(type) - 1);
	msgpack_put_str(b, dtype);
	msgpack_put_bin(b, extent, sizeof(extent) - 1);
	msgpack_put_array(b, dims);
	for (unsigned i = 0; i < dims; i++)
		msgpack_put_uint(b, shape[i]);
}
