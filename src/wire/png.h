/* SPDX-License-Identifier: Apache-2.0 */
/* RGB pixels as a PNG file's bytes. Pure; any thread. */
#ifndef POLICYTOP_WIRE_PNG_H
#define POLICYTOP_WIRE_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { PNG_SIDE_MAX = 1 << 14 };

/* Appends it; rgb is [height][width][3], sides 1 to PNG_SIDE_MAX. 0, -EINVAL or -ENOMEM. */
int png_encode(struct buf *b, const uint8_t *rgb, unsigned width, unsigned height);

#endif
