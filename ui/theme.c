/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colours are picked for dark and light terminals alike: middle tones on the terminal's own
 * background, reverse video only where something has to be seen from across the room. A healthy
 * screen is nearly colourless, so that colour means something.
 */
#include "ui/theme.h"

enum { SELECT_BG_256 = 237, SELECT_BG_16 = 8 };

static const struct theme_row rows[ROLE_N] = {
	[ROLE_TEXT] = {'t', "text", -1, -1, -1, -1, 0, 0},
	[ROLE_DIM] = {'d', "dim", 245, -1, -1, -1, 0, 0},
	[ROLE_HEADER] = {'h', "header", 255, 24, 15, 4, ATTR_BOLD, ATTR_REVERSE},
	[ROLE_COLUMN] = {'c', "column", 250, 236, -1, -1, 0, ATTR_UNDERLINE},
	[ROLE_OK] = {'o', "ok", 71, -1, 2, -1, 0, 0},
	[ROLE_NOTE] = {'n', "note", 74, -1, 6, -1, 0, 0},
	[ROLE_WARN] = {'w', "warn", 214, -1, 3, -1, ATTR_BOLD, ATTR_BOLD},
	[ROLE_FAIL] = {'f', "fail", 203, -1, 9, -1, ATTR_BOLD, ATTR_BOLD},
	[ROLE_ALERT] = {'z', "alert", 231, 160, 15, 1, ATTR_BOLD, ATTR_BOLD | ATTR_REVERSE},
	[ROLE_UNKNOWN] = {'u', "unknown", 139, -1, 5, -1, 0, 0},
	[ROLE_GOT] = {'g', "got", 80, -1, 14, -1, ATTR_BOLD, ATTR_BOLD},
	[ROLE_ASKED] = {'a', "asked", 215, -1, 11, -1, 0, 0},
	[ROLE_PLAN] = {'p', "plan", 176, -1, 13, -1, 0, 0},
	[ROLE_BAND] = {'b', "band", 65, -1, 2, -1, 0, 0},
	[ROLE_AXIS] = {'x', "axis", 241, -1, -1, -1, 0, 0},
	[ROLE_KEY] = {'k', "key", 255, 24, 15, 4, ATTR_BOLD, ATTR_BOLD},
	[ROLE_BAR] = {'y', "bar", 250, 236, -1, -1, 0, 0},
	[ROLE_PROMPT] = {'q', "prompt", 16, 179, 0, 3, 0, ATTR_REVERSE},
	[ROLE_REC] = {'r', "rec", 231, 160, 15, 1, ATTR_BOLD, ATTR_REVERSE},
	[ROLE_DRIVER] = {'e', "driver", 16, 116, 0, 6, ATTR_BOLD, ATTR_BOLD | ATTR_REVERSE},
	[ROLE_PIXELS] = {'i', "pixels", -1, -1, -1, -1, 0, 0},
};

const struct theme_row *theme_row(enum role r)
{
	return &rows[r < ROLE_N ? r : ROLE_TEXT];
}

struct style theme_style(enum role r, int selected, enum colours depth)
{
	const struct theme_row *t = theme_row(r);
	struct style s = {-1, -1, t->attr};

	switch (depth) {
	case COLOURS_256:
		s.fg = t->fg256;
		s.bg = selected && t->bg256 < 0 ? SELECT_BG_256 : t->bg256;
		return s;
	case COLOURS_16:
		s.fg = t->fg16;
		s.bg = selected && t->bg16 < 0 ? SELECT_BG_16 : t->bg16;
		return s;
	case COLOURS_8:
		s.fg = t->fg16 < 0 ? -1 : t->fg16 & 7;
		s.bg = t->bg16 < 0 ? -1 : t->bg16 & 7;
		s.attr |= (t->fg16 >= 8 ? ATTR_BOLD : 0u) | (selected ? ATTR_UNDERLINE : 0u);
		return s;
	case COLOURS_MONO:
		break;
	}
	s.attr = t->mono | (selected ? ATTR_UNDERLINE : 0u);
	return s;
}

enum { CUBE_FIRST = 16, GREY_FIRST = 232, GREYS = 24 };

static const uint8_t cube[6] = {0, 95, 135, 175, 215, 255};

uint32_t theme_rgb(int index)
{
	static const uint32_t low[16] = {
		0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc, 0x11a8cd, 0xe5e5e5,
		0x666666, 0xf14c4c, 0x23d18b, 0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff,
	};
	unsigned i = (unsigned)index & 255u;

	if (i < 16)
		return low[i];
	if (i >= GREY_FIRST)
		return (8 + (i - GREY_FIRST) * 10) * 0x010101u;
	i -= CUBE_FIRST;
	return (uint32_t)cube[i / 36] << 16 | (uint32_t)cube[i / 6 % 6] << 8 | cube[i % 6];
}

static unsigned nearest_step(unsigned v)
{
	return v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
}

static int square(int a, int b)
{
	return (a - b) * (a - b);
}

uint8_t theme_nearest(const uint8_t rgb[3])
{
	unsigned step[3], sum = (unsigned)rgb[0] + rgb[1] + rgb[2];
	unsigned shade = sum < 9 ? 0 : (sum - 9) / 30 < GREYS ? (sum - 9) / 30 : GREYS - 1;
	int grey = (int)(8 + 10 * shade), by_cube = 0, by_grey = 0;

	for (unsigned c = 0; c < 3; c++) {
		step[c] = nearest_step(rgb[c]);
		by_cube += square(rgb[c], cube[step[c]]);
		by_grey += square(rgb[c], grey);
	}
	if (by_grey < by_cube)
		return (uint8_t)(GREY_FIRST + shade);
	return (uint8_t)(CUBE_FIRST + 36 * step[0] + 6 * step[1] + step[2]);
}

enum role level_role(enum level l)
{
	static const enum role roles[] = {ROLE_UNKNOWN, ROLE_OK, ROLE_NOTE, ROLE_WARN, ROLE_FAIL};

	return l <= LEVEL_FAIL ? roles[l] : ROLE_UNKNOWN;
}

const char *level_mark(enum level l)
{
	static const char *const marks[] = {" -- ", " ok ", "note", "warn", "FAIL"};

	return l <= LEVEL_FAIL ? marks[l] : marks[0];
}
