/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/sha1.h"

#include <string.h>

enum { BLOCK = 64, LENGTH_AT = 56 /* the bit count is the end of the last block */ };

static uint32_t rotate(uint32_t v, unsigned by)
{
	return v << by | v >> (32 - by);
}

/* The function and constant of round t, FIPS 180-4 section 4.1.1 and 4.2.1. */
static uint32_t mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20)
		return ((b & c) ^ (~b & d)) + 0x5a827999u;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ed9eba1u;
	if (t < 60)
		return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdcu;
	return (b ^ c ^ d) + 0xca62c1d6u;
}

static void take_block(uint32_t h[5], const uint8_t p[BLOCK])
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (unsigned t = 0; t < 16; t++)
		w[t] = (uint32_t)p[4 * t] << 24 | (uint32_t)p[4 * t + 1] << 16 |
		       (uint32_t)p[4 * t + 2] << 8 | p[4 * t + 3];
	for (unsigned t = 16; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	for (unsigned t = 0; t < 80; t++) {
		uint32_t next = rotate(a, 5) + mix(t, b, c, d) + e + w[t];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void sha1(uint8_t digest[SHA1_BYTES], const void *p, size_t n)
{
	uint32_t h[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
	uint64_t bits = (uint64_t)n * 8;
	const uint8_t *at = p;
	uint8_t last[2 * BLOCK] = {0};
	size_t left, size;

	for (left = n; left >= BLOCK; left -= BLOCK, at += BLOCK)
		take_block(h, at);
	if (left)
		memcpy(last, at, left);
	last[left] = 0x80;
	size = left < LENGTH_AT ? BLOCK : 2 * BLOCK;
	for (unsigned i = 0; i < 8; i++)
		last[size - 1 - i] = (uint8_t)(bits >> 8 * i);
	take_block(h, last);
	if (size > BLOCK)
		take_block(h, last + BLOCK);
	for (unsigned i = 0; i < SHA1_BYTES; i++)
		digest[i] = (uint8_t)(h[i / 4] >> 8 * (3 - i % 4));
}
