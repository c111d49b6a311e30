/* SPDX-License-Identifier: Apache-2.0 */
/* Cells, widths, cutting, and the ways out: text, ANSI, SVG. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/ui/world.h"
#include "ui/output.h"
#include "ui/screen.h"

static const char *row(struct buf *b, const struct canvas *c)
{
	buf_clear(b);
	output_text(b, c);
	return buf_text(b);
}

static void test_text(struct tap *t)
{
	struct buf b = {0};
	struct canvas c;
	struct area a;
	int x;

	canvas_init(&c, 8, 1, SYMBOLS_BRAILLE);
	a = canvas_area(&c);
	x = area_text(a, 0, 0, ROLE_TEXT,
		      "a\xe6\xbc\xa2"
		      "b");
	ok(t,
	   x == 4 && !strcmp(row(&b, &c), "a\xe6\xbc\xa2"
					  "b\n"),
	   "a wide rune takes two cells");
	area_text(a, 2, 0, ROLE_TEXT, "z");
	ok(t, !strcmp(row(&b, &c), "a zb\n"),
	   "its right half overwritten, its left half is a space");
	canvas_clear(&c);
	area_text(a, 7, 0, ROLE_TEXT, "\xe6\xbc\xa2");
	ok(t, !strcmp(row(&b, &c), "\n"), "no half of a wide rune at the edge");
	canvas_clear(&c);
	x = area_text(a, 0, 0, ROLE_TEXT, "e\xcc\x81x");
	ok(t, x == 2 && !strcmp(row(&b, &c), "e\xcc\x81x\n"), "a combining mark joins its rune");
	canvas_clear(&c);
	area_text(a, 0, 0, ROLE_TEXT, "\x1b[31m\x7f\xc2\x9b\xff\xe2\x80\xae");
	ok(t, !strcmp(row(&b, &c), "?[31m???\n"), "controls, C1, bidi and broken bytes: %s",
	   buf_text(&b));
	canvas_fini(&c);
	canvas_init(&c, 8, 1, SYMBOLS_ASCII);
	area_text(canvas_area(&c), 0, 0, ROLE_TEXT, "\xe2\x97\x8f\xc3\xa9\xe6\xbc\xa2\xe2\x80\xa6");
	ok(t, !strcmp(row(&b, &c), "o??~\n"), "ASCII canvas: %s", buf_text(&b));
	canvas_fini(&c);
	buf_fini(&b);
}

static void test_fit(struct tap *t)
{
	struct canvas c;
	char s[64];
	bool good = true;

	canvas_init(&c, 8, 1, SYMBOLS_BRAILLE);
	text_fit(s, sizeof(s), &c, "left/finger_14_flexion", 10, 4);
	ok(t, !strcmp(s, "left/\xe2\x80\xa6xion"), "a cut keeps its tail: %s", s);
	for (int w = 0; w < 12; w++) {
		for (int tail = 0; tail < 14; tail++) {
			text_fit(s, sizeof(s), &c, "a\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2xyz", w,
				 tail);
			good = good && text_width(&c, s) <= w;
		}
	}
	ok(t, good, "never wider than asked, wide runes included");
	canvas_fini(&c);
}

static void test_clip(struct tap *t)
{
	struct canvas c;
	struct area a;
	struct buf b = {0};

	canvas_init(&c, 6, 3, SYMBOLS_BRAILLE);
	a = area_sub(canvas_area(&c), 2, 1, 3, 1);
	area_text(a, -2, 0, ROLE_TEXT, "abcdefgh");
	area_text(a, 0, 1, ROLE_TEXT, "below");
	area_text(a, 0, -1, ROLE_TEXT, "above");
	ok(t, !strcmp(row(&b, &c), "\n  cde\n\n"), "nothing outside its area: %s", buf_text(&b));
	a = area_sub(canvas_area(&c), 5, 2, 100, 100);
	ok(t, a.w == 1 && a.h == 1, "a part is within the whole");
	a = area_sub(canvas_area(&c), 9, 9, 4, 4);
	ok(t, a.w == 0 && a.h == 0, "or empty");
	canvas_fini(&c);
	buf_fini(&b);
}

/* Tags balance, attributes are quoted, no stray '<' or '&'. */
static bool well_formed(const char *s)
{
	int depth = 0;

	for (; *s; s++) {
		if (*s == '&') {
			if (strncmp(s, "&lt;", 4) && strncmp(s, "&gt;", 4) &&
			    strncmp(s, "&amp;", 5))
				return false;
		} else if (*s == '<') {
			bool closing = s[1] == '/', quoted = false;

			if (!closing && !isalpha((unsigned char)s[1]))
				return false;
			for (s++; *s && (quoted || *s != '>'); s++) {
				if (*s == '<')
					return false;
				quoted ^= *s == '"';
			}
			if (*s != '>' || quoted)
				return false;
			depth += closing ? -1 : s[-1] == '/' ? 0 : 1;
			if (depth < 0)
				return false;
		} else if ((unsigned char)*s < 0x20 && *s != '\n') {
			return false;
		}
	}
	return depth == 0;
}

static void test_svg(struct tap *t)
{
	static const char *const worlds[] = {"seam", "odd", "blind", "humanoid", "empty"};
	static struct world w;
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(worlds) / sizeof(worlds[0]); i++) {
		struct scene v;
		struct canvas c;

		world_make(&w, worlds[i]);
		v = world_scene(&w);
		canvas_init(&c, 132, 43, SYMBOLS_BRAILLE);
		screen_draw(&c, &v);
		buf_clear(&b);
		output_svg(&b, &c, "a <title> & more");
		ok(t, well_formed(buf_text(&b)), "svg of %s is well-formed", worlds[i]);
		if (strcmp(worlds[i], "odd") == 0)
			ok(t,
			   strstr(buf_text(&b), "&lt;b&gt;&amp;amp;") &&
				   !strstr(buf_text(&b), "<b>"),
			   "texts are escaped in it");
		canvas_fini(&c);
	}
	buf_fini(&b);
}

/* Without colours there is no colour, and every level still has its word. */
static void test_mono(struct tap *t)
{
	static struct world w;
	struct buf b = {0};
	struct canvas c;
	struct scene v;
	bool coloured = false;

	world_make(&w, "seam");
	v = world_scene(&w);
	canvas_init(&c, 80, 24, SYMBOLS_ASCII);
	screen_draw(&c, &v);
	output_ansi(&b, &c, COLOURS_MONO);
	for (const char *p = buf_text(&b); (p = strstr(p, "\x1b[0")) != NULL; p++) {
		const char *end = strchr(p, 'm');

		for (const char *q = p + 3; q < end; q++)
			coloured = coloured || *q == '3' || *q == '9' ||
				   (*q == '4' && q[1] != 'm' && q[1] != ';');
	}
	ok(t, !coloured, "mono has attributes only");
	ok(t,
	   strstr(buf_text(&b), "FAIL") && strstr(buf_text(&b), "!!SEAM") &&
		   strstr(buf_text(&b), "warn"),
	   "levels are words, too");
	buf_clear(&b);
	output_ansi(&b, &c, COLOURS_256);
	ok(t, strstr(buf_text(&b), "48;5;160"), "256 colours: the alert's ground");
	buf_clear(&b);
	output_ansi(&b, &c, COLOURS_16);
	ok(t, strstr(buf_text(&b), ";97;41m") && !strstr(buf_text(&b), ";5;"), "16 colours");
	canvas_fini(&c);
	buf_fini(&b);
}

static void test_theme(struct tap *t)
{
	bool letters = true;

	for (int i = 0; i < ROLE_N; i++) {
		for (int k = 0; k < i; k++)
			letters = letters && theme_row((enum role)i)->letter !=
						     theme_row((enum role)k)->letter;
	}
	ok(t, letters, "every role has its own letter");
	ok(t, theme_rgb(160) == 0xd70000 && theme_rgb(237) == 0x3a3a3a && theme_rgb(1) == 0xcd3131,
	   "palette");
	for (int i = LEVEL_UNKNOWN; i < LEVEL_FAIL; i++)
		ok(t, strcmp(level_mark((enum level)i), level_mark((enum level)(i + 1))),
		   "marks of levels %d and %d differ", i, i + 1);
}

static void test_numbers(struct tap *t)
{
	static const struct {
		double v;
		int width, decimals;
		const char *want;
	} rows[] = {
		{-87.06, 7, 1, "-87.1"},      {0.0 / 1, 7, 1, "0.0"},	  {-0.04, 7, 1, "0.0"},
		{12345.678, 7, 3, "12345.7"}, {1e9, 7, 1, "1e+09"},	  {-1e300, 7, 1, "-1e+300"},
		{-1e300, 6, 1, "-big"},	      {123456.5, 6, 1, "123456"},
	};
	char s[NUMBER_BYTES];
	bool fits = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(t,
		   !strcmp(number_text(s, rows[i].v, rows[i].width, rows[i].decimals),
			   rows[i].want),
		   "%g is %s", rows[i].v, s);
	ok(t, !strcmp(number_text(s, (double)NAN, 7, 1), "-"), "unknown is no number");
	ok(t, !strcmp(number_short(s, 10.0, 7), "10") && !strcmp(number_short(s, 0.25, 7), "0.25"),
	   "limits without trailing zeros");
	ok(t,
	   !strcmp(number_clock(s, 59.96), "01:00.0") && !strcmp(number_clock(s, 4.3), "00:04.3"),
	   "clock");
	for (double v = 1e-12; v < 1e300; v *= 3.7)
		fits = fits && strlen(number_text(s, -v, 8, 3)) <= 8;
	ok(t, fits, "numbers are never wider than 8 columns");
}

int main(void)
{
	struct tap t = {0};

	test_text(&t);
	test_fit(&t);
	test_clip(&t);
	test_svg(&t);
	test_mono(&t);
	test_theme(&t);
	test_numbers(&t);
	return tap_done(&t);
}
