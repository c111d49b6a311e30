/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every write goes through put(), which clips to the area, keeps both halves of wide runes
 * together and translates for canvases that show ASCII only. The width table is ours and small,
 * so that a drawing is the same in every locale; term.c replaces what the C library sees otherwise.
 */
#include "ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct range {
	uint32_t first, last;
};

static const struct range combining[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
	{0x093c, 0x093c}, {0x0941, 0x0948},   {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
	{0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x2060, 0x2064},
	{0x20d0, 0x20f0}, {0x302a, 0x302d},   {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
	{0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

static const struct range wide[] = {
	{0x1100, 0x115f},   {0x231a, 0x231b},	{0x23e9, 0x23ec},   {0x2614, 0x2615},
	{0x26a1, 0x26a1},   {0x2705, 0x2705},	{0x274c, 0x274c},   {0x2e80, 0x303e},
	{0x3041, 0x33ff},   {0x3400, 0x4dbf},	{0x4e00, 0xa4cf},   {0xa960, 0xa97c},
	{0xac00, 0xd7a3},   {0xf900, 0xfaff},	{0xfe30, 0xfe6f},   {0xff01, 0xff60},
	{0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
	{0x20000, 0x3fffd},
};

/* Own symbols and what stands for them in ASCII. */
static const struct {
	uint32_t rune;
	char ascii;
} ascii_forms[] = {
	{0x2026, '~'}, {0x2500, '-'}, {0x2502, '|'}, {0x2508, '.'}, {0x250a, ':'},
	{0x251c, '['}, {0x2524, ']'}, {0x2588, '#'}, {0x2591, '.'}, {0x25b6, '>'},
	{0x25cf, 'o'}, {0x00b7, '.'}, {0x00d7, 'x'}, {0x0394, 'd'}, {0x00b1, '+'},
	{0x03c3, 's'}, {0x2260, '#'}, {0x2265, '>'}, {0x2191, '^'}, {0x2193, 'v'},
	{0x2192, '>'}, {0x2190, '<'}, {0x258f, '|'}, {0x2581, '_'}, {0x2022, '*'},
};

static bool within(const struct range *r, size_t n, uint32_t rune)
{
	for (size_t i = 0; i < n; i++) {
		if (rune >= r[i].first && rune <= r[i].last)
			return true;
	}
	return false;
}

int rune_width(uint32_t rune)
{
	if (rune < 0x300)
		return 1;
	if (within(combining, sizeof(combining) / sizeof(combining[0]), rune))
		return 0;
	return within(wide, sizeof(wide) / sizeof(wide[0]), rune) ? 2 : 1;
}

static uint32_t shown(const struct canvas *c, uint32_t rune)
{
	if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || (rune >= 0x202a && rune <= 0x202e) ||
	    (rune >= 0x2066 && rune <= 0x2069))
		return '?';
	if (c->symbols != SYMBOLS_ASCII || rune < 0x7f)
		return rune;
	for (size_t i = 0; i < sizeof(ascii_forms) / sizeof(ascii_forms[0]); i++) {
		if (ascii_forms[i].rune == rune)
			return (uint32_t)ascii_forms[i].ascii;
	}
	return rune_width(rune) ? '?' : rune;
}

static int bounded(int v, int max)
{
	return v < 1 ? 1 : v > max ? max : v;
}

void canvas_init(struct canvas *c, int w, int h, enum symbols symbols)
{
	c->w = bounded(w, CANVAS_MAX_W);
	c->h = bounded(h, CANVAS_MAX_H);
	c->symbols = symbols;
	c->colourful = false;
	c->cell = xcalloc((size_t)c->w * (size_t)c->h, sizeof(*c->cell));
	canvas_clear(c);
}

void canvas_fini(struct canvas *c)
{
	free(c->cell);
	c->cell = NULL;
	c->w = c->h = 0;
}

void canvas_clear(struct canvas *c)
{
	for (int i = 0; i < c->w * c->h; i++)
		c->cell[i] = (struct cell){.rune = ' '};
}

struct area canvas_area(struct canvas *c)
{
	return (struct area){c, 0, 0, c->w, c->h};
}

struct area area_sub(struct area a, int x, int y, int w, int h)
{
	int x0 = x < 0 ? 0 : x > a.w ? a.w : x;
	int y0 = y < 0 ? 0 : y > a.h ? a.h : y;
	int x1 = w <= 0 || x + w < x0 ? x0 : x + w > a.w ? a.w : x + w;
	int y1 = h <= 0 || y + h < y0 ? y0 : y + h > a.h ? a.h : y + h;

	return (struct area){a.c, a.x + x0, a.y + y0, x1 - x0, y1 - y0};
}

/* Overwriting half of a wide rune leaves a space in its other half. */
static void unpair(struct canvas *c, int x, int y)
{
	struct cell *at = &c->cell[y * c->w + x];

	if (at->rune == 0 && x > 0)
		at[-1].rune = ' ';
	if (x + 1 < c->w && at[1].rune == 0)
		at[1].rune = ' ';
}

/* One translated rune of width 1 or 2 at area coordinates. */
static void put(struct area a, int x, int y, enum role r, uint32_t rune, int width)
{
	struct cell *at;

	if (x < 0 || y < 0 || y >= a.h || x >= a.w)
		return;
	if (x + width > a.w) {
		rune = ' ';
		width = 1;
	}
	at = &a.c->cell[(a.y + y) * a.c->w + a.x + x];
	for (int i = 0; i < width; i++) {
		unpair(a.c, a.x + x + i, a.y + y);
		at[i] = (struct cell){
			.rune = i ? 0 : rune, .role = (uint8_t)r, .selected = at[i].selected};
	}
}

static void put_mark(struct area a, int x, int y, uint32_t mark)
{
	struct cell *at;

	if (x < 1 || y < 0 || y >= a.h || x > a.w || a.c->symbols == SYMBOLS_ASCII)
		return;
	at = &a.c->cell[(a.y + y) * a.c->w + a.x + x - 1];
	if (at->rune == 0 && x > 1)
		at--;
	if (at->mark == 0)
		at->mark = mark;
}

/* Next rune of *s as this canvas shows it, 0 at the end. */
static uint32_t next_rune(const struct canvas *c, const char **s)
{
	uint32_t rune;
	size_t n;

	if (**s == '\0')
		return 0;
	n = text_rune(*s, strlen(*s) < 4 ? strlen(*s) : 4, &rune);
	*s += n ? n : 1;
	return n ? shown(c, rune) : '?';
}

int text_width(const struct canvas *c, const char *s)
{
	int width = 0;

	for (uint32_t rune; (rune = next_rune(c, &s)) != 0;)
		width += rune_width(rune);
	return width;
}

int area_text(struct area a, int x, int y, enum role r, const char *s)
{
	if (y < 0 || y >= a.h)
		return x;
	for (uint32_t rune; (rune = next_rune(a.c, &s)) != 0;) {
		int width = rune_width(rune);

		if (width)
			put(a, x, y, r, rune, width);
		else
			put_mark(a, x, y, rune);
		x += width;
	}
	return x;
}

int area_textf(struct area a, int x, int y, enum role r, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return area_text(a, x, y, r, line);
}

/* The byte where the columns [from, …) of s begin. */
static const char *skip_columns(const struct canvas *c, const char *s, int from)
{
	while (from > 0 && *s)
		from -= rune_width(next_rune(c, &s));
	return s;
}

/* The byte behind the runes that fit into the first w columns. */
static const char *cut_columns(const struct canvas *c, const char *s, int w)
{
	for (const char *next = s; *s; s = next) {
		w -= rune_width(next_rune(c, &next));
		if (w < 0)
			break;
	}
	return s;
}

void text_fit(char *dst, size_t size, const struct canvas *c, const char *s, int w, int tail)
{
	int len = text_width(c, s);
	const char *end;

	if (len <= w || w < 1) {
		text_copy(dst, size, w < 1 ? "" : s);
		return;
	}
	tail = tail > w - 1 ? w - 1 : tail;
	end = cut_columns(c, s, w - 1 - tail);
	snprintf(dst, size, "%.*s\xe2\x80\xa6%s", (int)(end - s), s,
		 tail > 0 ? skip_columns(c, s, len - tail) : "");
}

void area_fit(struct area a, int x, int y, int w, enum role r, enum fit fit, const char *s)
{
	struct area box = area_sub(a, x, y, w, 1);
	char text[1024];
	int len;

	area_fill(box, r, ' ');
	text_fit(text, sizeof(text), a.c, s, w, fit == FIT_MIDDLE ? (w - 1) / 2 : 0);
	len = text_width(a.c, text);
	area_text(box, fit == FIT_RIGHT && len < w ? w - len : 0, 0, r, text);
}

void area_rune(struct area a, int x, int y, enum role r, uint32_t rune)
{
	rune = shown(a.c, rune);
	put(a, x, y, r, rune, rune_width(rune) == 2 ? 2 : 1);
}

void area_fill(struct area a, enum role r, uint32_t rune)
{
	for (int y = 0; y < a.h; y++) {
		for (int x = 0; x < a.w; x++)
			area_rune(a, x, y, r, rune);
	}
}

void area_pixels(struct area a, int x, int y, uint8_t top, uint8_t bottom)
{
	struct cell *at;

	if (x < 0 || y < 0 || y >= a.h || x >= a.w)
		return;
	put(a, x, y, ROLE_PIXELS, top == bottom ? ' ' : 0x2580, 1); /* upper half block */
	at = &a.c->cell[(a.y + y) * a.c->w + a.x + x];
	at->top = top;
	at->bottom = bottom;
}

void area_select(struct area a)
{
	for (int y = 0; y < a.h; y++) {
		for (int x = 0; x < a.w; x++)
			a.c->cell[(a.y + y) * a.c->w + a.x + x].selected = true;
	}
}
