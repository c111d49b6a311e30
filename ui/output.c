/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/output.h"

#include <ctype.h>
#include <stdio.h>

static void add_rune(struct buf *b, uint32_t r)
{
	char s[4];
	size_t n = 0;

	if (r < 0x80) {
		s[n++] = (char)r;
	} else if (r < 0x800) {
		s[n++] = (char)(0xc0 | r >> 6);
		s[n++] = (char)(0x80 | (r & 0x3f));
	} else if (r < 0x10000) {
		s[n++] = (char)(0xe0 | r >> 12);
		s[n++] = (char)(0x80 | (r >> 6 & 0x3f));
		s[n++] = (char)(0x80 | (r & 0x3f));
	} else {
		s[n++] = (char)(0xf0 | r >> 18);
		s[n++] = (char)(0x80 | (r >> 12 & 0x3f));
		s[n++] = (char)(0x80 | (r >> 6 & 0x3f));
		s[n++] = (char)(0x80 | (r & 0x3f));
	}
	buf_add(b, s, n);
}

static void add_cell(struct buf *b, const struct cell *c)
{
	if (c->rune)
		add_rune(b, c->rune);
	if (c->mark)
		add_rune(b, c->mark);
}

static const struct cell *line_of(const struct canvas *c, int y)
{
	return &c->cell[y * c->w];
}

static int used_columns(const struct canvas *c, int y)
{
	int n = c->w;

	while (n > 0 && line_of(c, y)[n - 1].rune == ' ' &&
	       line_of(c, y)[n - 1].role != ROLE_PIXELS)
		n--;
	return n;
}

void output_text(struct buf *b, const struct canvas *c)
{
	for (int y = 0; y < c->h; y++) {
		int n = used_columns(c, y);

		for (int x = 0; x < n; x++)
			add_cell(b, &line_of(c, y)[x]);
		buf_str(b, "\n");
	}
}

void output_roles(struct buf *b, const struct canvas *c)
{
	for (int y = 0; y < c->h; y++) {
		char line[CANVAS_MAX_W + 1];
		int n = 0;

		for (int x = 0; x < c->w; x++) {
			const struct cell *at = &line_of(c, y)[x];
			char letter = theme_row((enum role)at->role)->letter;

			line[x] = at->selected ? (char)toupper(letter) : letter;
			if (line[x] == 't' && at->rune == ' ')
				line[x] = ' ';
			if (line[x] != ' ')
				n = x + 1;
		}
		buf_add(b, line, (size_t)n);
		buf_str(b, "\n");
	}
}

static bool same_look(const struct cell *a, const struct cell *b)
{
	return a->role == b->role && a->selected == b->selected && a->top == b->top &&
	       a->bottom == b->bottom;
}

static void add_colour(struct buf *b, int index, enum colours depth, int base)
{
	if (index < 0)
		return;
	if (depth == COLOURS_256)
		buf_printf(b, ";%d;5;%d", base + 8, index);
	else
		buf_printf(b, ";%d", index < 8 ? base + index : base + 60 + index - 8);
}

static void add_sgr(struct buf *b, const struct cell *c, enum colours depth)
{
	static const struct {
		unsigned attr;
		const char *sgr;
	} attrs[] = {
		{ATTR_BOLD, ";1"}, {ATTR_DIM, ";2"}, {ATTR_UNDERLINE, ";4"}, {ATTR_REVERSE, ";7"}};
	struct style s = theme_style((enum role)c->role, c->selected, depth);

	if (c->role == ROLE_PIXELS)
		s = (struct style){.fg = c->top, .bg = c->bottom};
	buf_str(b, "\x1b[0");
	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		if (s.attr & attrs[i].attr)
			buf_str(b, attrs[i].sgr);
	}
	add_colour(b, s.fg, depth, 30);
	add_colour(b, s.bg, depth, 40);
	buf_str(b, "m");
}

void output_ansi(struct buf *b, const struct canvas *c, enum colours depth)
{
	for (int y = 0; y < c->h; y++) {
		const struct cell *line = line_of(c, y);

		for (int x = 0; x < c->w; x++) {
			if (x == 0 || !same_look(&line[x], &line[x - 1]))
				add_sgr(b, &line[x], depth);
			add_cell(b, &line[x]);
		}
		buf_str(b, "\x1b[0m\n");
	}
}

enum { CELL_W = 9, CELL_H = 19, BASELINE = 14, MARGIN = 12, DOT_PITCH_Y = 4 };

static bool is_braille(const struct cell *c)
{
	return c->rune >= 0x2800 && c->rune <= 0x28ff;
}

static void svg_escape(struct buf *b, const struct cell *c)
{
	switch (c->rune) {
	case '<':
		buf_str(b, "&lt;");
		return;
	case '>':
		buf_str(b, "&gt;");
		return;
	case '&':
		buf_str(b, "&amp;");
		return;
	default:
		add_cell(b, c);
	}
}

static void svg_rect(struct buf *b, int x0, int x1, int top, int end, int index)
{
	buf_printf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
		   MARGIN + x0 * CELL_W, top, (x1 - x0) * CELL_W, end - top, theme_rgb(index));
}

static void svg_background(struct buf *b, const struct canvas *c, int y, int x0, int x1)
{
	const struct cell *cell = &line_of(c, y)[x0];
	struct style s = theme_style((enum role)cell->role, cell->selected, COLOURS_256);
	int top = MARGIN + y * CELL_H, middle = top + CELL_H / 2, end = top + CELL_H;

	if (cell->role == ROLE_PIXELS) {
		svg_rect(b, x0, x1, top, middle, cell->top);
		svg_rect(b, x0, x1, middle, end, cell->bottom);
	} else if (s.bg >= 0) {
		svg_rect(b, x0, x1, top, end, s.bg);
	}
}

/* Bit of a braille rune for dot column 0..1 and row 0..3. */
static unsigned braille_bit(int dx, int dy)
{
	return dy < 3 ? 1u << (dx * 3 + dy) : 0x40u << dx;
}

static void svg_dots(struct buf *b, const struct canvas *c, int y, int x0, int x1, uint32_t rgb)
{
	buf_printf(b, "<path fill=\"#%06x\" d=\"", rgb);
	for (int x = x0; x < x1; x++) {
		unsigned bits = line_of(c, y)[x].rune & 0xffu;

		for (int i = 0; i < 8; i++) {
			if (bits & braille_bit(i & 1, i >> 1))
				buf_printf(b, "M%d %dh3v3h-3z",
					   MARGIN + x * CELL_W + 1 + (i & 1) * 4,
					   MARGIN + y * CELL_H + 2 + (i >> 1) * DOT_PITCH_Y);
		}
	}
	buf_str(b, "\"/>\n");
}

static void svg_word(struct buf *b, const struct canvas *c, int y, int x0, int x1)
{
	const struct cell *line = line_of(c, y);
	struct style s = theme_style((enum role)line[x0].role, line[x0].selected, COLOURS_256);
	uint32_t rgb = s.fg < 0 ? 0xd8dee9 : theme_rgb(s.fg);

	if (is_braille(&line[x0])) {
		svg_dots(b, c, y, x0, x1, rgb);
		return;
	}
	buf_printf(b, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"%s>",
		   MARGIN + x0 * CELL_W, MARGIN + y * CELL_H + BASELINE, (x1 - x0) * CELL_W, rgb,
		   s.attr & ATTR_BOLD ? " font-weight=\"bold\"" : "");
	for (int x = x0; x < x1; x++)
		svg_escape(b, &line[x]);
	buf_str(b, "</text>\n");
}

/* Every word has its own place: viewers that ignore textLength stay on the grid, too. */
static void svg_run(struct buf *b, const struct canvas *c, int y, int x0, int x1)
{
	const struct cell *line = line_of(c, y);

	for (int x = x0; x < x1;) {
		int from;

		while (x < x1 && line[x].rune == ' ')
			x++;
		for (from = x; x < x1 && line[x].rune != ' ';)
			x++;
		if (x > from)
			svg_word(b, c, y, from, x);
	}
}

static void svg_line(struct buf *b, const struct canvas *c, int y)
{
	const struct cell *line = line_of(c, y);

	for (int pass = 0; pass < 2; pass++) {
		for (int x0 = 0, x1; x0 < c->w; x0 = x1) {
			for (x1 = x0 + 1; x1 < c->w && same_look(&line[x0], &line[x1]) &&
					  is_braille(&line[x0]) == is_braille(&line[x1]);)
				x1++;
			if (pass == 0)
				svg_background(b, c, y, x0, x1);
			else if (line[x0].role != ROLE_PIXELS)
				svg_run(b, c, y, x0, x1);
		}
	}
}

void output_svg(struct buf *b, const struct canvas *c, const char *title)
{
	int w = c->w * CELL_W + 2 * MARGIN, h = c->h * CELL_H + 2 * MARGIN;

	buf_printf(b,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		   "viewBox=\"0 0 %d %d\" role=\"img\" font-size=\"15\" font-family=\"'DejaVu Sans "
		   "Mono','Cascadia Mono',Menlo,Consolas,monospace\">\n<title>",
		   w, h, w, h);
	for (const char *p = title; *p; p++)
		svg_escape(b,
			   &(struct cell){.rune = (unsigned char)*p < 0x80 ? (uint32_t)*p : '?'});
	buf_printf(b, "</title>\n<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#12151a\"/>\n", w,
		   h);
	for (int y = 0; y < c->h; y++)
		svg_line(b, c, y);
	buf_str(b, "</svg>\n");
}
