/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a picture looks like, so that two can be compared however the arm stands: directions of
 * edges by place, and colours wherever they are. Pure; any thread.
 */
#ifndef POLICYTOP_VISION_SIGNATURE_H
#define POLICYTOP_VISION_SIGNATURE_H

#include "vision/view.h"

enum {
	SIGNATURE_ROWS = 6,
	SIGNATURE_COLUMNS = 8,
	SIGNATURE_DIRECTIONS = 8,
	SIGNATURE_EDGES = SIGNATURE_ROWS * SIGNATURE_COLUMNS * SIGNATURE_DIRECTIONS,
	SIGNATURE_COLOURS = 64,
};

struct signature {
	float edge[SIGNATURE_EDGES];	 /* of length 1 */
	float colour[SIGNATURE_COLOURS]; /* roots of shares: of length 1 */
};

void signature_make(struct signature *s, const struct view *v);

/* From 0 (the same) to 2. */
float signature_distance(const struct signature *a, const struct signature *b);

#endif
