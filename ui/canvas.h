/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A screen of cells in memory. Panels draw on areas of it; it becomes a terminal screen (term.h),
 * text, ANSI text or a picture (output.h). Pure: no terminal, no locale. Owned by its user, one
 * thread at a time. Nothing is ever written outside an area: coordinates may be anything.
 */
#ifndef POLICYTOP_UI_CANVAS_H
#define POLICYTOP_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/theme.h"

enum { CANVAS_MAX_W = 512, CANVAS_MAX_H = 256 };

/* Which characters the far end can show. */
enum symbols { SYMBOLS_BRAILLE, SYMBOLS_BLOCK, SYMBOLS_ASCII };

struct cell {
	uint32_t rune; /* 0: right half of the wide rune before it */
	uint32_t mark; /* a combining mark on it, 0 none */
	uint8_t role;
	bool selected;
	uint8_t top, bottom; /* of ROLE_PIXELS: palette entries of its two halves */
};

struct canvas {
	int w, h;
	enum symbols symbols;
	bool colourful;	   /* the far end shows 256 colours: pictures may have them */
	struct cell *cell; /* [h * w] */
};

/* A canvas of spaces, not colourful; sizes are brought within 1..CANVAS_MAX_*. */
void canvas_init(struct canvas *c, int w, int h, enum symbols symbols);
void canvas_fini(struct canvas *c);
void canvas_clear(struct canvas *c);

/* A rectangle of a canvas with coordinates of its own; w or h may be 0. */
struct area {
	struct canvas *c;
	int x, y, w, h;
};

struct area canvas_area(struct canvas *c);
struct area area_sub(struct area a, int x, int y, int w, int h); /* clipped to a */

/* Columns a rune takes: 0 combining, 1, or 2 (East Asian wide, emoji). */
int rune_width(uint32_t rune);

/* Columns of a text on this canvas (what no terminal shows is replaced). */
int text_width(const struct canvas *c, const char *s);

/*
 * Text from (x, y) on, cut at the right edge. Control characters become '?', and on an ASCII
 * canvas every other rune its nearest ASCII form or '?'. Returns the column after the text, cut or
 * not (x when y is outside): the next piece goes there.
 */
int area_text(struct area a, int x, int y, enum role r, const char *s);
int area_textf(struct area a, int x, int y, enum role r, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/*
 * s in at most w columns: cut with a mark before its last `tail` columns, which stay. The result
 * is cut at size bytes, too.
 */
void text_fit(char *dst, size_t size, const struct canvas *c, const char *s, int w, int tail);

/* Text in exactly w columns: cut with a mark in the middle or at the end, padded with spaces. */
enum fit { FIT_LEFT, FIT_RIGHT, FIT_MIDDLE };
void area_fit(struct area a, int x, int y, int w, enum role r, enum fit fit, const char *s);

void area_rune(struct area a, int x, int y, enum role r, uint32_t rune);
void area_fill(struct area a, enum role r, uint32_t rune);

/* Two pixels, one above the other, as palette entries (theme_nearest). */
void area_pixels(struct area a, int x, int y, uint8_t top, uint8_t bottom);

void area_select(struct area a); /* marks every cell as selected */

#endif
