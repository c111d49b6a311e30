/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pixels from and to the bytes of a PNG, by libpng. Hostile bytes are expected: no more memory than
 * the picture's is taken. Pure; any thread.
 */
#ifndef POLICYTOP_WIRE_PNGFILE_H
#define POLICYTOP_WIRE_PNGFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { PNGFILE_SIDE_MAX = 1 << 14, PNGFILE_PIXELS_MAX = 1 << 23 };

/* Appends it; rgb is [height][width][3], sides 1 to PNGFILE_SIDE_MAX. 0, -EINVAL or -ENOMEM. */
int pngfile_encode(struct buf *b, const uint8_t *rgb, unsigned width, unsigned height);

/*
 * [*height][*width][3], the caller frees it; alpha is left out. NULL: no PNG, 16 bits a
 * channel (depth is no picture), more than PNGFILE_PIXELS_MAX, cut short or damaged.
 */
uint8_t *pngfile_rgb_dup(const void *bytes, size_t n, unsigned *width, unsigned *height);

const char *pngfile_library(void); /* version of the libpng that runs */

#endif
