/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Curves of one joint: got as a line, asked dotted, the remaining plan right of now, the training
 * band as two lines. Braille has 2x4 dots a cell, block 1x2, ASCII 1x1. Pure.
 */
#ifndef POLICYTOP_UI_PLOT_H
#define POLICYTOP_UI_PLOT_H

#include "ui/canvas.h"
#include "view/snapshot.h"

struct plot {
	const struct history *hist;
	double lo, hi;	 /* y range, lo < hi */
	double q01, q99; /* training band, NaN none */
	int now_x;	 /* cell column right of which the future is */
	double step_s;	 /* time of one dot column */
};

/* Cell columns of a plot panel of that size that show the past, as history columns (dots). */
unsigned plot_columns(int w, int h, enum symbols symbols);

/* Columns of that panel for the y labels, the curves, and the facts beside them (0: not beside). */
struct plot_widths {
	int label, curves, past, facts;
};
struct plot_widths plot_widths(int w, int h);

/*
 * The y range for a history: all that was and is planned with a margin, but never under 4 % of the
 * training span (noise must not fill the screen). False: nothing to show.
 */
bool plot_range(const struct history *h, const struct view_joint *j, double *lo, double *hi);

/* Draws on an area of plot_widths.curves columns. Gaps in the data stay gaps. */
void plot_draw(struct area a, const struct plot *p);

/* The range of all that the last chunks predicted, too. */
bool plot_chunks_range(const struct history *h, const struct view_joint *j, double *lo, double *hi);

/*
 * As plot_draw(), with the newest chunk from its beginning on, the ones before as they were
 * predicted, and a line where each began. Returns the column of the newest chunk's line; -1: it
 * lies outside, or no time is known.
 */
int plot_draw_chunks(struct area a, const struct plot *p);

#endif
