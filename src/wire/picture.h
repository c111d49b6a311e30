/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera picture in an array, as facts: size, brightness, a thumbnail. Arrays of policies come as
 * height x width x channels or channels first, as bytes or as floats, with batch and time before
 * them: of those the last picture of the first batch is meant. Pure; any thread.
 */
#ifndef POLICYTOP_WIRE_PICTURE_H
#define POLICYTOP_WIRE_PICTURE_H

#include "model/event.h"
#include "wire/ndarray.h"

enum { PICTURE_THUMB_BYTES = FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3 };

/* By its shape and dtype; its data is not needed. */
bool picture_is(const struct ndarray *a);

/*
 * Fills everything of f but the camera; thumb holds PICTURE_THUMB_BYTES and becomes f->thumb. Large
 * pictures are sampled on a grid. False: no picture, or its data is not there.
 */
bool picture_facts(struct frame *f, uint8_t *thumb, const struct ndarray *a);

/* Fills mean, std, dark and bright of f from RGB bytes, [height][width][3], of at least a pixel. */
void picture_measure(struct frame *f, const uint8_t *rgb, unsigned width, unsigned height);

#endif
