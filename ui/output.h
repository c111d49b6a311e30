/* SPDX-License-Identifier: Apache-2.0 */
/* A canvas as text, as ANSI text, as a role map (for tests) and as an SVG picture. Pure. */
#ifndef POLICYTOP_UI_OUTPUT_H
#define POLICYTOP_UI_OUTPUT_H

#include "base/buf.h"
#include "ui/canvas.h"

/* UTF-8 lines without trailing spaces. */
void output_text(struct buf *b, const struct canvas *c);

/* The letter of each cell's role (theme.h), upper case when selected, ' ' for plain spaces. */
void output_roles(struct buf *b, const struct canvas *c);

/* Lines with SGR sequences, each ending in a reset; nothing moves the cursor. */
void output_ansi(struct buf *b, const struct canvas *c, enum colours depth);

/*
 * A picture on a dark ground with the theme's 256 colours. Every run of text is held to the grid,
 * braille is drawn as dots, so no font changes the alignment. title names it for screen readers.
 */
void output_svg(struct buf *b, const struct canvas *c, const char *title);

#endif
