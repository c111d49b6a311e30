/* SPDX-License-Identifier: Apache-2.0 */
/* A small picture and what is drawn on it. Plain data; any thread. */
#ifndef POLICYTOP_SIM_PAINT_H
#define POLICYTOP_SIM_PAINT_H

#include <stdint.h>

enum { PAINT_WIDTH = 160, PAINT_HEIGHT = 120 };

struct paint {
	uint8_t rgb[PAINT_HEIGHT][PAINT_WIDTH][3];
};

struct colour {
	uint8_t r, g, b;
};

/* A place in the picture, in pixels from its upper left corner; may lie outside of it. */
struct spot {
	double x, y;
};

void paint_box(struct paint *p, struct spot from, struct spot to, struct colour c);

/* A rounded bar from a to b, thick as 2 * radius, lit from its upper left. */
void paint_bar(struct paint *p, struct spot a, struct spot b, double radius, struct colour c);

/* Cloth, wood or paper: patches of like colour that are always the same for one seed. */
struct colour paint_weave(struct colour c, int x, int y, uint32_t seed, unsigned depth);

/* What a sensor makes of it: gain times as bright, and noise of one or two levels. */
void paint_expose(struct paint *p, double gain, uint64_t seed);

#endif
