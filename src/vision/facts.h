/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of one RGB picture, from its rows: channel means and deviations, dark and bright
 * shares, sharpness, a box-mean thumbnail and a sparse hash. One implementation for every place
 * where pictures are seen. Pure, no allocation; one struct facts a picture at work.
 */
#ifndef POLICYTOP_VISION_FACTS_H
#define POLICYTOP_VISION_FACTS_H

#include <stddef.h>
#include <stdint.h>

#include "model/event.h"

enum {
	FACTS_SIDE_MAX = 1 << 15, /* pixels of a row, and rows */
	FACTS_ROOM = 2048,	  /* of which so many are looked at */
	FACTS_SAMPLES = 1 << 19, /* and so many in all: of larger pictures every second, third … */
	FACTS_THUMB_BYTES = FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3,
};

/* Half-size rows of grey, and what their Laplacian sums up to. */
struct facts_laplace {
	unsigned rows;
	uint16_t pair[FACTS_ROOM / 2]; /* of the upper row of a pair: sums of two */
	int16_t row[3][FACTS_ROOM / 2];
	int64_t sum, squares, n;
};

struct facts {
	unsigned step, rows;			  /* every how many pixels; rows given so far */
	unsigned width, height, y;		  /* of what is looked at */
	unsigned thumb_width, thumb_height, cell; /* cell: row of the thumbnail under way */
	unsigned cell_rows;			  /* of the picture in it so far */
	uint8_t *thumb;
	uint32_t column[FACTS_ROOM * 3];  /* sums of the cell's rows */
	uint32_t squares[FACTS_ROOM * 3]; /* of the whole picture */
	uint8_t grey[FACTS_ROOM], few[FACTS_ROOM * 3];
	uint64_t sum[3];
	uint64_t darks, brights, hash;
	struct facts_laplace laplace;
};

/*
 * width and height from 1 to FACTS_SIDE_MAX; thumb holds FACTS_THUMB_BYTES and is filled, keeping
 * the picture's shape and never larger than it.
 */
void facts_begin(struct facts *f, uint8_t *thumb, unsigned width, unsigned height);

/* The next row, width x RGB; exactly height of them. */
void facts_row(struct facts *f, const uint8_t *rgb);

/*
 * Fills all of out but camera, size and channels; repeats are not known of one picture. Returns
 * the hash: equal pictures have the same one.
 */
uint64_t facts_end(struct facts *f, struct frame *out);

#endif
