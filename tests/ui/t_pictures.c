/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures on cells: sizes, colours, which pair of them has which number, how much is sent. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/tap.h"
#include "ui/output.h"
#include "ui/pace.h"
#include "ui/pairs.h"
#include "ui/pixels.h"

static int square(int a, int b)
{
	return (a - b) * (a - b);
}

static int off(const uint8_t rgb[3], int index)
{
	uint32_t has = theme_rgb(index);

	return square(rgb[0], (int)(has >> 16)) + square(rgb[1], (int)(has >> 8 & 255)) +
	       square(rgb[2], (int)(has & 255));
}

/* Against a search through the whole palette. */
static void test_nearest(struct tap *t)
{
	struct rng rng = rng_seed(7);
	int worse = 0, low = 0;

	for (int i = 0; i < 20000; i++) {
		uint8_t rgb[3];
		int best = 16;

		for (int c = 0; c < 3; c++)
			rgb[c] = (uint8_t)(i < 256 ? i : (int)(rng_u32(&rng) >> 24));
		for (int k = 17; k < 256; k++)
			best = off(rgb, k) < off(rgb, best) ? k : best;
		worse += off(rgb, theme_nearest(rgb)) > off(rgb, best);
		low += theme_nearest(rgb) < 16;
	}
	ok(t, worse == 0, "the nearest entry of the palette (%d of 20000 are not)", worse);
	ok(t, low == 0, "never one of those that every terminal has its own of");
}

static void test_fit(struct tap *t)
{
	struct pixels p = {.width = 64, .height = 48};
	int w, h, bad = 0;

	pixels_fit(&p, PIXELS_W, PIXELS_H, &w, &h);
	ok(t, w == 38 && h == 14, "64 x 48 in 38 x 14 cells: %d x %d", w, h);
	pixels_fit(&p, 20, 100, &w, &h);
	ok(t, w == 20 && h == 8, "in a narrow place: %d x %d", w, h);
	for (p.width = 0; p.width <= 64; p.width++) {
		for (p.height = 0; p.height <= 48; p.height++) {
			for (int k = 0; k < 40; k++) {
				pixels_fit(&p, k, 40 - k, &w, &h);
				bad += w < 0 || h < 0 || w > k || h > 40 - k || !w != !h;
			}
		}
	}
	ok(t, bad == 0, "never larger than the place, whatever the size");
}

static void test_spots(struct tap *t)
{
	static const uint8_t rgb[2 * 2 * 3] = {0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255};
	struct pixels p = {2, 2, rgb}, one = {1, 1, rgb + 3};
	uint8_t all[3], same[12], at[3];

	pixels_spot(all, &p, 0, 0, 1, 1);
	ok(t, all[0] == 64 && all[1] == 64 && all[2] == 64, "a spot is the mean of its pixels");
	pixels_spot(at, &p, 30, 2, 31, 31);
	ok(t, at[0] == 255 && at[1] == 0, "and of the nearest where there are more spots");
	pixels_difference(same, &p, &p);
	ok(t, !memcmp(same, (uint8_t[12]){0}, 12), "a picture does not differ from itself");
	pixels_difference(same, &p, &one);
	ok(t, same[0] == 255 && same[3] == 0 && same[6] == 255 && same[7] == 255,
	   "it does from another, of any size");
}

static void test_draw(struct tap *t)
{
	static const uint8_t rgb[2 * 2 * 3] = {255, 0, 0, 255, 0, 0, 0, 0, 255, 255, 0, 0};
	struct pixels p = {2, 2, rgb}, none = {0, 0, NULL};
	struct canvas c;

	canvas_init(&c, 2, 1, SYMBOLS_BRAILLE);
	pixels_draw(canvas_area(&c), &none);
	ok(t, c.cell[0].rune == ' ', "no picture, no cell");
	c.colourful = true;
	pixels_draw(canvas_area(&c), &p);
	ok(t,
	   c.cell[0].rune == 0x2580 && c.cell[0].role == ROLE_PIXELS && c.cell[0].top == 196 &&
		   c.cell[0].bottom == 21,
	   "red over blue: %u over %u", c.cell[0].top, c.cell[0].bottom);
	ok(t, c.cell[1].rune == ' ' && c.cell[1].bottom == 196, "one colour is a space");
	area_text(canvas_area(&c), 0, 0, ROLE_TEXT, "ab");
	ok(t, c.cell[0].top == 0 && c.cell[0].role == ROLE_TEXT, "text takes the cell over");
	c.symbols = SYMBOLS_ASCII;
	pixels_draw(canvas_area(&c), &p);
	ok(t, c.cell[0].rune < 0x7f && c.cell[0].role == ROLE_TEXT, "letters in ASCII");
	canvas_fini(&c);
}

/* Printed, two halves are foreground and background; drawn, two boxes. */
static void test_output(struct tap *t)
{
	struct buf b = {0};
	struct canvas c;

	canvas_init(&c, 3, 1, SYMBOLS_BRAILLE);
	area_pixels(canvas_area(&c), 0, 0, 196, 21);
	area_pixels(canvas_area(&c), 1, 0, 196, 21);
	area_pixels(canvas_area(&c), 2, 0, 46, 46);
	output_ansi(&b, &c, COLOURS_256);
	ok(t,
	   !strcmp(b.p, "\x1b[0;38;5;196;48;5;21m\xe2\x96\x80\xe2\x96\x80"
			"\x1b[0;38;5;46;48;5;46m \x1b[0m\n"),
	   "one sequence for both: %zu bytes", b.len);
	buf_clear(&b);
	output_text(&b, &c);
	ok(t, !strcmp(b.p, "\xe2\x96\x80\xe2\x96\x80 \n"), "a last cell of one colour stays");
	buf_clear(&b);
	output_svg(&b, &c, "t");
	ok(t,
	   strstr(b.p, "#ff0000") && strstr(b.p, "#0000ff") && strstr(b.p, "#00ff00") &&
		   !strstr(b.p, "\xe2\x96\x80"),
	   "and boxes in a drawing");
	buf_fini(&b);
	canvas_fini(&c);
}

/* A screen of cells twice: every number must mean on the terminal what the screen wants. */
static void test_pairs(struct tap *t)
{
	enum { ROOM = 100, CELLS = 90 };
	struct pairs *p = xcalloc(1, sizeof(*p));
	unsigned told[ROOM], wrong = 0, out = 0, again = 0;
	struct rng rng = rng_seed(3);
	bool made;

	pairs_init(p, ROOM);
	for (int screen = 0; screen < 200; screen++) {
		unsigned number[CELLS], want[CELLS];

		pairs_next_screen(p);
		for (int i = 0; i < CELLS; i++) {
			int at;

			want[i] = rng_u32(&rng) >> 16 & 0x3f3f;
			at = pairs_get(p, (uint8_t)(want[i] >> 8), (uint8_t)want[i], &made);
			out += at < 0 || at >= ROOM;
			number[i] = (unsigned)at % ROOM;
			if (made)
				told[number[i]] = want[i];
		}
		for (int i = 0; i < CELLS; i++)
			wrong += told[number[i]] != want[i];
	}
	ok(t, wrong == 0 && out == 0, "200 screens of %d pairs with %d numbers: %u wrong", CELLS,
	   ROOM, wrong);
	pairs_next_screen(p);
	pairs_get(p, 200, 201, &made);
	ok(t, made, "a new pair is told to the terminal");
	pairs_get(p, 200, 201, &made);
	again += made;
	pairs_next_screen(p);
	pairs_get(p, 200, 201, &made);
	ok(t, again + made == 0, "and then known");
	free(p);
}

static void test_few_pairs(struct tap *t)
{
	struct pairs *p = xcalloc(1, sizeof(*p));
	bool made;
	int a, b;

	pairs_init(p, 0);
	ok(t, pairs_get(p, 1, 2, &made) == -1 && !made, "a terminal without pairs has none");
	pairs_init(p, 2);
	pairs_next_screen(p);
	a = pairs_get(p, 16, 16, &made);
	b = pairs_get(p, 231, 231, &made);
	ok(t, a != b && pairs_get(p, 231, 255, &made) == b && !made,
	   "with too few the nearest has to do");
	ok(t, pairs_get(p, 16, 17, &made) == a && pairs_get(p, 16, 16, &made) == a,
	   "without taking its place");
	pairs_init(p, 1 << 20);
	ok(t, p->room == PAIRS_MAX, "no more than there are");
	free(p);
}

static void test_pace(struct tap *t)
{
	struct pace p = {0};
	int64_t now = 5 * NS_PER_S;
	double sent = 0;
	int pictures = 0;

	ok(t, pace_may(&p, now) && isnan(pace_bytes_s(&p, now)), "nothing was sent yet");
	for (int i = 0; i < 600; i++, now += NS_PER_S / 10) {
		double bytes = 300;

		if (pace_may(&p, now)) {
			bytes += 14000;
			pictures++;
		}
		pace_spend(&p, bytes, now);
		sent += bytes;
	}
	ok(t, sent / 60 < 1.01 * PACE_BYTES_S && sent / 60 > 0.9 * PACE_BYTES_S,
	   "a minute of large pictures: %.0f bytes a second", sent / 60);
	ok(t, pictures > 60, "%d pictures", pictures);
	ok(t, fabs(pace_bytes_s(&p, now) - sent / 60) < 0.25 * PACE_BYTES_S,
	   "and it is known: %.0f", pace_bytes_s(&p, now));
	ok(t, pace_bytes_s(&p, now + 10 * NS_PER_S) == 0, "nothing for a while is nothing");
	now += 20 * NS_PER_S;
	for (pictures = 0; pictures < 20 && pace_may(&p, now); pictures++, now += NS_PER_S / 10)
		pace_spend(&p, 2000, now);
	ok(t, pictures == 20, "small ones come as fast as they can");
}

int main(void)
{
	struct tap t = {0};

	test_nearest(&t);
	test_fit(&t);
	test_spots(&t);
	test_draw(&t);
	test_output(&t);
	test_pairs(&t);
	test_few_pairs(&t);
	test_pace(&t);
	return tap_done(&t);
}
