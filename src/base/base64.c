/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdbool.h>
#include <stdint.h>

void base64_add(struct buf *b, const unsigned char *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned left = n - i < 3 ? (unsigned)(n - i) : 3;
		uint32_t bits = 0;
		char four[4];

		for (unsigned k = 0; k < 3; k++)
			bits = bits << 8 | (k < left ? p[i + k] : 0u);
		for (unsigned k = 0; k < 4; k++)
			four[k] = k > left ? '=' : digits[bits >> (18 - 6 * k) & 63];
		buf_add(b, four, sizeof(four));
	}
}

static int sextet(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

size_t base64_bytes(unsigned char *dst, const char *text, size_t n)
{
	size_t len = 0;

	if (n % 4)
		return SIZE_MAX;
	for (size_t i = 0; i < n; i += 4) {
		bool last = i + 4 == n;
		unsigned pad = last && text[i + 3] == '=' ? text[i + 2] == '=' ? 2 : 1 : 0;
		uint32_t bits = 0;

		for (unsigned k = 0; k < 4; k++) {
			int v = k >= 4 - pad ? 0 : sextet((unsigned char)text[i + k]);

			if (v < 0)
				return SIZE_MAX;
			bits = bits << 6 | (uint32_t)v;
		}
		for (unsigned k = 0; k < 3 - pad; k++)
			dst[len++] = (unsigned char)(bits >> (16 - 8 * k));
	}
	return len;
}
