/* SPDX-License-Identifier: Apache-2.0 */
/* Curves: gaps stay gaps, jumps are joined, values stand where they belong. */
#include <math.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/ui/world.h"
#include "ui/bar.h"
#include "ui/plot.h"

static void fill(struct history *h, unsigned columns)
{
	memset(h, 0, sizeof(*h));
	h->columns = columns;
	h->span_s = 8;
	for (unsigned i = 0; i < HISTORY_COLUMNS; i++) {
		h->got_min[i] = h->got_max[i] = 0;
		h->asked_min[i] = h->asked_max[i] = (float)NAN;
	}
}

/* Cells of column x that show a curve. */
static int inked(const struct canvas *c, int x)
{
	int n = 0;

	for (int y = 0; y < c->h; y++) {
		uint8_t r = c->cell[y * c->w + x].role;

		n += r == ROLE_GOT || r == ROLE_ASKED || r == ROLE_PLAN;
	}
	return n;
}

static void test_gaps(struct tap *t, enum symbols symbols, unsigned dots)
{
	static struct history h;
	struct plot p = {.hist = &h,
			 .lo = -1,
			 .hi = 1,
			 .q01 = (double)NAN,
			 .q99 = (double)NAN,
			 .now_x = 40,
			 .step_s = 0.1};
	struct canvas c;
	bool gap = true, rest = true;

	fill(&h, 40 * dots);
	for (unsigned i = 10 * dots; i < 20 * dots; i++)
		h.got_min[i] = h.got_max[i] = (float)NAN;
	h.got_min[30 * dots] = -(float)INFINITY;
	for (unsigned i = 20 * dots; i < 40 * dots; i++)
		h.got_min[i] = h.got_max[i] = 0.9f;
	canvas_init(&c, 50, 10, symbols);
	plot_draw(canvas_area(&c), &p);
	for (int x = 10; x < 20; x++)
		gap = gap && inked(&c, x) == 0;
	for (int x = 0; x < 40; x++)
		rest = rest && (inked(&c, x) == 1) == (x < 10 || x >= 20);
	ok(t, gap, "symbols %d: no data, no curve", (int)symbols);
	ok(t, rest, "and nothing joins both sides of the gap");
	ok(t, inked(&c, 45) == 0, "no plan, no future");
	canvas_fini(&c);
}

static void test_jump(struct tap *t)
{
	static struct history h;
	struct plot p = {
		.hist = &h, .lo = -1, .hi = 1, .q01 = -0.5, .q99 = 2, .now_x = 40, .step_s = 0.1};
	struct canvas c;
	int band = 0;

	fill(&h, 80);
	for (unsigned i = 0; i < 80; i++)
		h.got_min[i] = h.got_max[i] = i < 40 ? -0.95f : 0.95f;
	h.nplan = 2;
	h.plan_dt_s = 0.2;
	h.plan[0] = 0.5f;
	h.plan[1] = (float)NAN;
	canvas_init(&c, 50, 10, SYMBOLS_BRAILLE);
	plot_draw(canvas_area(&c), &p);
	ok(t, inked(&c, 20) == 10, "a jump is a vertical line");
	ok(t, inked(&c, 41) == 1 && inked(&c, 43) == 0, "the plan ends where it ends");
	for (int x = 0; x < 50; x++)
		band += c.cell[7 * 50 + x].role == ROLE_BAND;
	ok(t, band > 40, "q01 is a line where it belongs, q99 is beyond");
	canvas_fini(&c);
}

/* One step of asked that jumps is seen, whichever column it falls into. */
static void test_spike(struct tap *t)
{
	static struct history h;
	struct plot p = {
		.hist = &h, .lo = -1, .hi = 1, .q01 = (double)NAN, .q99 = (double)NAN, .now_x = 40};
	bool seen = true;

	for (unsigned at = 20; at < 24; at++) {
		struct canvas c;

		fill(&h, 80);
		for (unsigned i = 0; i < 80; i++)
			h.asked_min[i] = h.asked_max[i] = i == at ? 0.9f : 0;
		canvas_init(&c, 50, 10, SYMBOLS_BRAILLE);
		plot_draw(canvas_area(&c), &p);
		seen = seen && inked(&c, (int)at / 2) >= 5;
		canvas_fini(&c);
	}
	ok(t, seen, "a spike of one step in a dotted line is seen");
}

static void test_range(struct tap *t)
{
	static struct history h;
	struct view_joint j = {.trained = true, .min = -100, .max = 100};
	double lo = 0, hi = 0;
	bool good;

	fill(&h, 100);
	good = plot_range(&h, &j, &lo, &hi);
	ok(t, good && hi - lo > 8 && lo < 0 && hi > 0, "noise does not fill the screen: %g..%g", lo,
	   hi);
	h.got_max[3] = 50;
	h.got_min[4] = -(float)INFINITY;
	ok(t, plot_range(&h, &j, &lo, &hi) && hi > 50 && lo < 0 && isfinite(lo),
	   "infinite is left out");
	for (unsigned i = 0; i < 100; i++)
		h.got_min[i] = h.got_max[i] = (float)NAN;
	ok(t, !plot_range(&h, &j, &lo, &hi), "nothing known, nothing to show");
	ok(t, plot_columns(80, 24, SYMBOLS_BRAILLE) == 2 * plot_columns(80, 24, SYMBOLS_ASCII),
	   "braille asks for two columns a cell");
	ok(t,
	   plot_columns(1, 24, SYMBOLS_ASCII) >= 1 &&
		   plot_columns(512, 24, SYMBOLS_BRAILLE) <= HISTORY_COLUMNS,
	   "never none, never too many");
}

/* Column of the only cell with that role, -1 none. */
static int find_role(const struct canvas *c, enum role r)
{
	for (int x = 0; x < c->w; x++) {
		if (c->cell[x].role == (uint8_t)r)
			return x;
	}
	return -1;
}

static int got_at(double got)
{
	struct view_joint j = {
		.trained = true, .min = 0, .q01 = 10, .q99 = 90, .max = 100, .got = got};
	struct canvas c;
	int x;

	j.asked = (double)NAN;
	canvas_init(&c, 25, 1, SYMBOLS_BRAILLE);
	bar_draw(canvas_area(&c), 0, 0, 25, &j);
	x = find_role(&c, ROLE_GOT);
	if (x < 0)
		x = find_role(&c, ROLE_WARN) == 0 ? -1 : 25;
	canvas_fini(&c);
	return x;
}

static void test_bar(struct tap *t)
{
	bool rising = true;

	for (double v = 0; v < 100; v += 1)
		rising = rising && got_at(v) <= got_at(v + 1);
	ok(t, rising, "the marker moves with the value");
	ok(t, got_at(0) == 2 && got_at(100) == 22, "training's ends are the ends");
	ok(t, got_at(-0.1) == -1 && got_at(100.1) == 25, "beyond them is outside");
}

int main(void)
{
	struct tap t = {0};

	test_gaps(&t, SYMBOLS_BRAILLE, 2);
	test_gaps(&t, SYMBOLS_BLOCK, 1);
	test_gaps(&t, SYMBOLS_ASCII, 1);
	test_jump(&t);
	test_spike(&t);
	test_range(&t);
	test_bar(&t);
	return tap_done(&t);
}
