/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every dot column has a range min..max; neighbours are joined, so that a jump is a vertical line
 * and not two far dots. A column without data joins nothing. The two curves differ by more than
 * colour: asked has every second dot column only.
 */
#include "ui/plot.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	LABEL_W = 9,
	FACTS_W = 36,
	FACTS_FROM_W = 76,
	TALL = 20,
	JUMP_DOTS = 3,
	FUTURE_PERCENT = 20
};

struct dots {
	int w, h;   /* cells */
	int sx, sy; /* dots a cell */
	uint8_t *bits, *role;
};

struct plot_widths plot_widths(int w, int h)
{
	struct plot_widths p = {.label = LABEL_W};

	p.facts = w >= FACTS_FROM_W && h < TALL ? FACTS_W : 0; /* a tall one has them below */
	p.curves = w - p.label - p.facts - (p.facts ? 1 : 0);
	if (p.curves < 4)
		p.curves = 4;
	p.past = p.curves - p.curves * FUTURE_PERCENT / 100 - 1;
	return p;
}

static int dots_x(enum symbols s)
{
	return s == SYMBOLS_BRAILLE ? 2 : 1;
}

static int dots_y(enum symbols s)
{
	return s == SYMBOLS_BRAILLE ? 4 : s == SYMBOLS_BLOCK ? 2 : 1;
}

unsigned plot_columns(int w, int h, enum symbols symbols)
{
	int n = plot_widths(w, h).past * dots_x(symbols);

	return n < 1 ? 1 : n > HISTORY_COLUMNS ? HISTORY_COLUMNS : (unsigned)n;
}

static void widen(double v, double *lo, double *hi)
{
	if (!isfinite(v))
		return;
	if (!(v >= *lo))
		*lo = v;
	if (!(v <= *hi))
		*hi = v;
}

static void widen_past(const struct history *h, double *lo, double *hi)
{
	*lo = *hi = (double)NAN;
	for (unsigned i = 0; i < h->columns && i < HISTORY_COLUMNS; i++) {
		widen((double)h->got_min[i], lo, hi);
		widen((double)h->got_max[i], lo, hi);
		widen((double)h->asked_min[i], lo, hi);
		widen((double)h->asked_max[i], lo, hi);
	}
	for (unsigned i = 0; i < h->nplan && i < HISTORY_PLAN; i++)
		widen((double)h->plan[i], lo, hi);
}

static bool add_margin(const struct view_joint *j, double *lo, double *hi)
{
	double span, least = 1e-6;

	if (isnan(*lo))
		return false;
	if (j->trained && j->max > j->min)
		least = 0.04 * (j->max - j->min);
	span = *hi - *lo;
	if (span < least) {
		*lo -= (least - span) / 2;
		*hi += (least - span) / 2;
	}
	span = *hi - *lo;
	*lo -= 0.05 * span;
	*hi += 0.05 * span;
	return *hi > *lo;
}

bool plot_range(const struct history *h, const struct view_joint *j, double *lo, double *hi)
{
	widen_past(h, lo, hi);
	return add_margin(j, lo, hi);
}

bool plot_chunks_range(const struct history *h, const struct view_joint *j, double *lo, double *hi)
{
	widen_past(h, lo, hi);
	for (unsigned k = 0; k < h->nchunks && k < HISTORY_CHUNKS; k++) {
		const struct history_chunk *c = &h->chunk[k];

		for (unsigned i = 0; i < c->n && i < HISTORY_PLAN; i++) {
			/* What was predicted for long ago is not on the screen. */
			if (c->start_s + i * h->plan_dt_s >= -h->span_s)
				widen((double)c->v[i], lo, hi);
		}
	}
	return add_margin(j, lo, hi);
}

static void set_dot(struct dots *d, int x, int y, enum role r)
{
	int at = y / d->sy * d->w + x / d->sx;
	int dx = x % d->sx, dy = y % d->sy;

	if (x < 0 || y < 0 || x >= d->w * d->sx || y >= d->h * d->sy)
		return;
	d->bits[at] |= (uint8_t)(d->sx == 1 ? 1 << dy : dy < 3 ? 1 << (dx * 3 + dy) : 0x40 << dx);
	d->role[at] = (uint8_t)r;
}

/* Dot row of a value; what lies outside the range is put on its edge. */
static int dot_row(const struct dots *d, const struct plot *p, double v)
{
	int last = d->h * d->sy - 1;
	double row = (p->hi - v) / (p->hi - p->lo) * last;

	return row < 0 ? 0 : row > last ? last : (int)(row + 0.5);
}

struct pen {
	int top, bottom; /* dot rows of the column before, -1 none */
	enum role role;
	bool dotted;
};

static void draw_column(struct dots *d, const struct plot *p, struct pen *pen, int x, double lo,
			double hi)
{
	int top, bottom, from, to;

	if (!isfinite(lo) || !isfinite(hi)) {
		pen->top = pen->bottom = -1;
		return;
	}
	from = top = dot_row(d, p, hi);
	to = bottom = dot_row(d, p, lo);
	if (pen->top >= 0) { /* joined with the column before */
		from = pen->bottom < top ? pen->bottom + 1 : top;
		to = pen->top > bottom ? pen->top - 1 : bottom;
	}
	/* A dotted line leaves columns out, but never one that jumps. */
	if (!pen->dotted || (x & 1) == 0 || to - from >= JUMP_DOTS) {
		for (int y = from; y <= to; y++)
			set_dot(d, x, y, pen->role);
	}
	pen->top = top;
	pen->bottom = bottom;
}

static void draw_past(struct dots *d, const struct plot *p, const float *lo, const float *hi,
		      struct pen pen)
{
	const struct history *h = p->hist;
	int n = p->now_x * d->sx, columns = (int)h->columns;

	for (int x = 0; x < n; x++) {
		/* The newest column is the last dot before now, whatever width it was made for. */
		int i = columns - 1 - (n - 1 - x) * columns / n;

		if (i >= 0 && i < HISTORY_COLUMNS)
			draw_column(d, p, &pen, x, (double)lo[i], (double)hi[i]);
	}
}

static void draw_plan(struct dots *d, const struct plot *p)
{
	struct pen pen = {-1, -1, ROLE_PLAN, false};
	const struct history *h = p->hist;
	int first = (p->now_x + 1) * d->sx;

	for (int x = first; x < d->w * d->sx; x++) {
		double at = (x - first) * p->step_s / (h->plan_dt_s > 0 ? h->plan_dt_s : 1.0);

		if (!(at >= 0 && at < h->nplan && at < HISTORY_PLAN))
			return;
		draw_column(d, p, &pen, x, (double)h->plan[(int)at], (double)h->plan[(int)at]);
	}
}

/* Dot column of a time from now on, in seconds; the axis of now takes a cell. */
static double time_x(const struct dots *d, const struct plot *p, double t_s)
{
	double x = p->now_x * d->sx + t_s / p->step_s;

	return t_s >= 0 ? x + d->sx : x;
}

static void draw_prediction(struct dots *d, const struct plot *p, const struct history_chunk *c,
			    struct pen pen, int every)
{
	double dt_s = p->hist->plan_dt_s;

	for (int x = 0; x < d->w * d->sx; x++) {
		double t_s = (x - p->now_x * d->sx) * p->step_s, at;

		if (x / d->sx == p->now_x)
			continue;
		if (x / d->sx > p->now_x)
			t_s -= d->sx * p->step_s;
		at = (t_s - c->start_s) / dt_s;
		if (!(at >= 0 && at < c->n && at < HISTORY_PLAN))
			pen.top = pen.bottom = -1;
		else if (x % every == 0)
			draw_column(d, p, &pen, x, (double)c->v[(int)at], (double)c->v[(int)at]);
	}
}

static uint32_t dot_rune(const struct dots *d, int at)
{
	static const uint32_t halves[] = {' ', 0x2580, 0x2584, 0x2588};

	if (d->sx == 2)
		return 0x2800u + d->bits[at];
	if (d->sy == 2)
		return halves[d->bits[at] & 3];
	return d->role[at] == ROLE_GOT	   ? 'o'
	       : d->role[at] == ROLE_ASKED ? '>'
	       : d->role[at] == ROLE_PLAN  ? '+'
					   : '.';
}

static void draw_level(struct area a, const struct plot *p, double v, const char *name)
{
	double row = (p->hi - v) / (p->hi - p->lo) * a.h;
	int y;

	if (!(row >= 0) || !(row < a.h)) /* outside, or unknown */
		return;
	y = (int)row;
	area_fill(area_sub(a, 0, y, a.w, 1), ROLE_BAND, 0x2508);
	area_text(a, a.w - 4, y, ROLE_BAND, name);
}

static struct dots dots_new(struct area a)
{
	struct dots d = {a.w, a.h, dots_x(a.c->symbols), dots_y(a.c->symbols), NULL, NULL};

	d.bits = xcalloc((size_t)(a.w * a.h), 1);
	d.role = xcalloc((size_t)(a.w * a.h), 1);
	return d;
}

static void draw_ground(struct area a, const struct plot *p)
{
	draw_level(a, p, p->q99, " q99");
	draw_level(a, p, p->q01, " q01");
	for (int y = 0; y < a.h; y++)
		area_rune(a, p->now_x, y, ROLE_AXIS, 0x250a);
}

static void draw_curves(struct dots *d, const struct plot *p)
{
	draw_past(d, p, p->hist->asked_min, p->hist->asked_max,
		  (struct pen){-1, -1, ROLE_ASKED, d->sx == 2});
	draw_past(d, p, p->hist->got_min, p->hist->got_max, (struct pen){-1, -1, ROLE_GOT, false});
}

static void put_dots(struct area a, struct dots *d)
{
	for (int i = 0; i < a.w * a.h; i++) {
		if (d->bits[i])
			area_rune(a, i % a.w, i / a.w, (enum role)d->role[i], dot_rune(d, i));
	}
	free(d->bits);
	free(d->role);
}

void plot_draw(struct area a, const struct plot *p)
{
	struct dots d;

	if (a.w < 1 || a.h < 1)
		return;
	d = dots_new(a);
	draw_ground(a, p);
	draw_curves(&d, p);
	draw_plan(&d, p);
	put_dots(a, &d);
}

/* A line where a chunk began; its column, -1: outside. */
static int draw_seam(struct area a, const struct dots *d, const struct plot *p, double start_s)
{
	double x = time_x(d, p, start_s) / d->sx;

	if (!(x >= 0 && x < a.w)) /* or no time is known */
		return -1;
	for (int y = 0; y < a.h; y++)
		area_rune(a, (int)x, y, ROLE_AXIS, 0x2502);
	return (int)x;
}

int plot_draw_chunks(struct area a, const struct plot *p)
{
	const struct history *h = p->hist;
	unsigned n = h->nchunks < HISTORY_CHUNKS ? h->nchunks : HISTORY_CHUNKS;
	struct dots d;
	int seam = -1;

	if (a.w < 1 || a.h < 1)
		return -1;
	d = dots_new(a);
	draw_ground(a, p);
	for (unsigned i = n; i-- > 0 && h->plan_dt_s > 0;)
		seam = draw_seam(a, &d, p, h->chunk[i].start_s);
	for (unsigned i = n; i-- > 1 && h->plan_dt_s > 0;)
		draw_prediction(&d, p, &h->chunk[i], (struct pen){-1, -1, ROLE_AXIS, false}, 3);
	if (n && h->plan_dt_s > 0)
		draw_prediction(&d, p, &h->chunk[0], (struct pen){-1, -1, ROLE_PLAN, false}, 1);
	else
		draw_plan(&d, p);
	draw_curves(&d, p);
	put_dots(a, &d);
	return seam;
}
