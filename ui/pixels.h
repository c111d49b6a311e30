/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small pictures on cells: two coloured pixels a cell where the far end has 256 colours, else
 * brightness as dots (braille), shades or letters. Pure; any thread.
 */
#ifndef POLICYTOP_UI_PIXELS_H
#define POLICYTOP_UI_PIXELS_H

#include "ui/canvas.h"

/* RGB, [height][width][3]; width or height 0: none. */
struct pixels {
	unsigned width, height;
	const uint8_t *rgb;
};

enum { PIXELS_W = 38, PIXELS_H = 14 /* cells that a picture has at most */ };

/* The size in cells with square pixels, at most max_w x max_h; a cell is twice as high as wide. */
void pixels_fit(const struct pixels *p, int max_w, int max_h, int *w, int *h);

/* The mean colour of spot (x, y) of a grid of w x h over the picture; all within their bounds. */
void pixels_spot(uint8_t rgb[3], const struct pixels *p, int x, int y, int w, int h);

/* How bright the eye finds a colour, 0 to 255, and the letter that stands for that. */
int pixels_brightness(const uint8_t rgb[3]);
char pixels_letter(int brightness);

/*
 * dst, [a.height][a.width][3], becomes what differs: black where both are equal. b is stretched
 * onto a.
 */
void pixels_difference(uint8_t *dst, const struct pixels *a, const struct pixels *b);

/* At the upper left of the area, as large as fits. */
void pixels_draw(struct area area, const struct pixels *p);

#endif
