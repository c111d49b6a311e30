/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture as the rules of identity see it: 64 x 48 colours, whatever its size and shape were.
 * Pure; any thread.
 */
#ifndef POLICYTOP_VISION_VIEW_H
#define POLICYTOP_VISION_VIEW_H

#include "model/event.h"

enum {
	VIEW_WIDTH = FRAME_THUMB_WIDTH,
	VIEW_HEIGHT = FRAME_THUMB_HEIGHT,
	VIEW_PIXELS = VIEW_WIDTH * VIEW_HEIGHT,
};

struct view {
	uint8_t rgb[VIEW_HEIGHT][VIEW_WIDTH][3];
};

/* A thumbnail, stretched. False: the frame has none. */
bool view_of(struct view *v, const struct frame *f);

/* Grey levels, 0..255, row by row. */
void view_grey(const struct view *v, float grey[VIEW_PIXELS]);

/* Gaussian blur of a plane, borders repeated; dst may be src. sigma at most 6. */
void view_blur(float dst[VIEW_PIXELS], const float src[VIEW_PIXELS], float sigma);

/* Mean distance of two pictures in grey levels: how much moved. */
float view_change(const struct view *a, const struct view *b);

#endif
