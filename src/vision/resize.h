/* SPDX-License-Identifier: Apache-2.0 */
/* A picture in another size, as a policy's client makes it. Pure; any thread. */
#ifndef POLICYTOP_VISION_RESIZE_H
#define POLICYTOP_VISION_RESIZE_H

#include <stdint.h>

/*
 * Fits src, RGB [src_h][src_w][3], into dst [h][w][3], which keeps its shape: centred, black beside
 * it. A pixel is the mean of those it covers, at least the nearest one. No side is 0.
 */
void resize_fit(uint8_t *dst, uint32_t w, uint32_t h, const uint8_t *src, uint32_t src_w,
		uint32_t src_h);

#endif
