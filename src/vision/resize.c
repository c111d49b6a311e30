/* SPDX-License-Identifier: Apache-2.0 */
#include "vision/resize.h"

#include <stddef.h>
#include <string.h>

/* The pixels of one side that a pixel of the other covers: [first, end), never none. */
struct span {
	uint32_t first, end;
};

static struct span covered(uint32_t i, uint32_t n, uint32_t of)
{
	struct span s = {(uint32_t)((uint64_t)i * of / n), (uint32_t)(((uint64_t)i + 1) * of / n)};

	if (s.end == s.first)
		s.end++;
	return s;
}

static void mean(uint8_t *dst, const uint8_t *src, uint32_t width, struct span x, struct span y)
{
	uint64_t sum[3] = {0}, n = (uint64_t)(x.end - x.first) * (y.end - y.first);

	for (uint32_t j = y.first; j < y.end; j++) {
		const uint8_t *p = src + ((size_t)j * width + x.first) * 3;

		for (uint32_t i = x.first; i < x.end; i++, p += 3) {
			for (unsigned c = 0; c < 3; c++)
				sum[c] += p[c];
		}
	}
	for (unsigned c = 0; c < 3; c++)
		dst[c] = (uint8_t)((sum[c] + n / 2) / n);
}

void resize_fit(uint8_t *dst, uint32_t w, uint32_t h, const uint8_t *src, uint32_t src_w,
		uint32_t src_h)
{
	uint32_t in_w = w, in_h = h, left, top;

	if ((uint64_t)w * src_h > (uint64_t)h * src_w)
		in_w = (uint32_t)((uint64_t)h * src_w / src_h);
	else
		in_h = (uint32_t)((uint64_t)w * src_h / src_w);
	in_w += in_w == 0;
	in_h += in_h == 0;
	left = (w - in_w) / 2;
	top = (h - in_h) / 2;
	memset(dst, 0, (size_t)w * h * 3);
	for (uint32_t y = 0; y < in_h; y++) {
		for (uint32_t x = 0; x < in_w; x++)
			mean(dst + ((size_t)(top + y) * w + left + x) * 3, src, src_w,
			     covered(x, in_w, src_w), covered(y, in_h, src_h));
	}
}
