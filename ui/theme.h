/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roles: what a cell of the screen means, never how it looks. A role's row says how it looks with
 * 256, 16 and 8 colours, and with none (attributes only). Const data, any thread.
 *
 * Colour is never alone: whatever a role tells is told by a letter, word or symbol, too.
 */
#ifndef POLICYTOP_UI_THEME_H
#define POLICYTOP_UI_THEME_H

#include <stdint.h>

#include "model/verdict.h"

enum role {
	ROLE_TEXT,
	ROLE_DIM,    /* labels, units, what may be overlooked */
	ROLE_HEADER, /* the first line */
	ROLE_COLUMN, /* column titles */
	ROLE_OK,
	ROLE_NOTE,
	ROLE_WARN,
	ROLE_FAIL,
	ROLE_ALERT,   /* the word FAIL, a silent engine: seen from across the room */
	ROLE_UNKNOWN, /* not seen, not applicable */
	ROLE_GOT,
	ROLE_ASKED,
	ROLE_PLAN, /* what is left of the chunk */
	ROLE_BAND, /* the training band */
	ROLE_AXIS,
	ROLE_KEY,    /* a key of the key bar */
	ROLE_BAR,    /* text of the key bar */
	ROLE_PROMPT, /* a question to the operator */
	ROLE_REC,
	ROLE_DRIVER, /* who drives: POLICY, HUMAN … */
	ROLE_PIXELS, /* two pixels of a picture: the cell has colours of its own */
	ROLE_N,
};

enum attr { ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_UNDERLINE = 4, ATTR_REVERSE = 8 };

struct theme_row {
	char letter; /* in role maps of tests; a selected cell has it in upper case */
	const char *name;
	int16_t fg256, bg256; /* palette index, -1: the terminal's own */
	int8_t fg16, bg16;    /* 0..15, -1; with 8 colours the lower three bits and bold */
	uint8_t attr;	      /* with colours */
	uint8_t mono;	      /* without */
};

const struct theme_row *theme_row(enum role r);

/* How much colour there is to use. */
enum colours { COLOURS_MONO, COLOURS_8, COLOURS_16, COLOURS_256 };

/* What one cell looks like with that many colours; selected cells have a background of their own. */
struct style {
	int fg, bg; /* -1: the terminal's own */
	unsigned attr;
};
struct style theme_style(enum role r, int selected, enum colours depth);

/* 0xRRGGBB of an entry of the xterm 256-colour palette. */
uint32_t theme_rgb(int index);

/* The entry that is nearest to a colour: of the cube and the greys, the same in every terminal. */
uint8_t theme_nearest(const uint8_t rgb[3]);

/* The role of a level, and the word before a line of that level ("FAIL", "warn", " ok "). */
enum role level_role(enum level l);
const char *level_mark(enum level l);

#endif
