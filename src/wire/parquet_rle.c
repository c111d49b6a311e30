/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "wire/parquet_impl.h"

void rle_init(struct rle *r, const uint8_t *p, size_t n, unsigned width)
{
	*r = (struct rle){.p = p, .end = p + n, .width = width};
}

static bool read_header(struct rle *r, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 63 && r->p < r->end; shift += 7) {
		uint8_t b = *r->p++;

		*out |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return true;
	}
	return false;
}

/*
 * Begins the next run. The last bit-packed group of a page may be cut short: only as many values
 * count as there are bytes for.
 */
static bool next_run(struct rle *r)
{
	size_t left, bytes = (r->width + 7) / 8;
	uint64_t head;

	while (!r->run && !r->packed) {
		if (!read_header(r, &head))
			return false;
		left = (size_t)(r->end - r->p);
		if (head & 1) {
			uint64_t groups = head >> 1;

			r->bits = r->p;
			r->at = 0;
			if (r->width == 0 || groups <= left / r->width) {
				r->packed = groups <= UINT64_MAX / 64 ? groups * 8 : 0;
				r->p += r->width ? groups * r->width : 0;
			} else {
				r->packed = left * 8 / r->width;
				r->p = r->end;
			}
			continue;
		}
		if (bytes > left)
			return false;
		r->value = 0;
		for (size_t i = 0; i < bytes; i++)
			r->value |= (uint32_t)r->p[i] << (8 * i);
		r->p += bytes;
		r->run = head >> 1;
	}
	return true;
}

static uint32_t mask_of(unsigned width)
{
	return width >= 32 ? UINT32_MAX : (1U << width) - 1;
}

/* One value, bit by bit position; reads no byte outside the packed groups. */
static uint32_t unpack_one(const struct rle *r, uint64_t at)
{
	uint64_t bit = at * r->width, word = 0;
	const uint8_t *p = r->bits + bit / 8;

	for (unsigned i = 0; i < 5 && p + i < r->end; i++)
		word |= (uint64_t)p[i] << (8 * i);
	return (uint32_t)(word >> (bit & 7)) & mask_of(r->width);
}

static void unpack_words(const struct rle *r, uint32_t *out, size_t n)
{
	const uint8_t *bits = r->bits;
	const uint32_t mask = mask_of(r->width);
	const unsigned width = r->width;
	uint64_t bit = r->at * width;
	/* Eight bytes are loaded at once: the values near the end go one by one. */
	uint64_t room = (uint64_t)(r->end - bits) * 8;
	size_t fast = 0;

	if (width && room > bit + 64)
		fast = (size_t)((room - bit - 64) / width);
	fast = fast < n ? fast : n;
	for (size_t i = 0; i < fast; i++, bit += width) {
		uint64_t word;

		memcpy(&word, bits + bit / 8, 8);
		out[i] = (uint32_t)(word >> (bit & 7)) & mask;
	}
	for (size_t i = fast; i < n; i++)
		out[i] = unpack_one(r, r->at + i);
}

/* Eight single bits become eight bytes of 0 or 1 (little-endian). */
static uint64_t spread_bits(uint8_t b)
{
	uint64_t x = (b * 0x0101010101010101ULL) & 0x8040201008040201ULL;

	return ((x + 0x7f7f7f7f7f7f7f7fULL) >> 7) & 0x0101010101010101ULL;
}

static void unpack_bytes(const struct rle *r, uint8_t *out, size_t n)
{
	size_t i = 0;

	if (r->width == 1) {
		for (; i < n && (r->at + i) % 8; i++)
			out[i] = (uint8_t)unpack_one(r, r->at + i);
		for (; i + 8 <= n; i += 8) {
			uint64_t x = spread_bits(r->bits[(r->at + i) / 8]);

			memcpy(out + i, &x, 8);
		}
	}
	for (; i < n; i++)
		out[i] = (uint8_t)unpack_one(r, r->at + i);
}

bool rle_bytes(struct rle *r, uint8_t *out, size_t n)
{
	while (n) {
		size_t k;

		if (!next_run(r))
			return false;
		if (r->run) {
			k = r->run < n ? (size_t)r->run : n;
			memset(out, (int)r->value, k);
			r->run -= k;
		} else {
			k = r->packed < n ? (size_t)r->packed : n;
			unpack_bytes(r, out, k);
			r->packed -= k;
			r->at += k;
		}
		out += k;
		n -= k;
	}
	return true;
}

bool rle_words(struct rle *r, uint32_t *out, size_t n)
{
	while (n) {
		size_t k;

		if (!next_run(r))
			return false;
		if (r->run) {
			k = r->run < n ? (size_t)r->run : n;
			for (size_t i = 0; i < k; i++)
				out[i] = r->value;
			r->run -= k;
		} else {
			k = r->packed < n ? (size_t)r->packed : n;
			unpack_words(r, out, k);
			r->packed -= k;
			r->at += k;
		}
		out += k;
		n -= k;
	}
	return true;
}

bool rle_take_run(struct rle *r, uint32_t value, size_t n)
{
	if (!next_run(r) || r->run < n || r->value != value)
		return false;
	r->run -= n;
	return true;
}
