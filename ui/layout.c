/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen is a stack of bands of one panel, or of two side by side on wide screens. Every band
 * gets what makes it good; until that fits, the least important ones are left out and the others
 * shrink to their minimum. Lines to spare are dealt one by one to the band that has least for its
 * weight and could use more; what nobody can use is the plot's.
 */
#include "ui/layout.h"

enum { BANDS_MAX = 10, GAP = 2, FOCUSED_LINES = 9, ESSENTIAL_RANK = 4, EXTRA_RANK = 10 };

struct band {
	const struct panel_class *left, *right;
	int left_percent;
	int rank;   /* left out first: highest */
	int weight; /* share of spare lines */
};

static const struct band narrow[] = {
	{&panel_header, NULL, 100, 0, 1}, {&panel_alarms, NULL, 100, 1, 3},
	{&panel_task, NULL, 100, 3, 1},	  {&panel_joints, NULL, 100, 2, 9},
	{&panel_motion, NULL, 100, 5, 1}, {&panel_plot, NULL, 100, 8, 4},
	{&panel_checks, NULL, 100, 7, 2}, {&panel_sources, NULL, 100, 4, 1},
	{&panel_events, NULL, 100, 6, 2}, {&panel_keys, NULL, 100, 0, 1},
};

/* A page stands in the place of the plot, and first of all: the joints come beside it if they can. */
static const struct band narrow_page[] = {
	{&panel_header, NULL, 100, 0, 1},  {&panel_alarms, NULL, 100, 1, 3},
	{&panel_task, NULL, 100, 6, 1},	   {&panel_joints, NULL, 100, 7, 6},
	{&panel_plot, NULL, 100, 2, 9},	   {&panel_checks, NULL, 100, 9, 2},
	{&panel_sources, NULL, 100, 4, 1}, {&panel_events, NULL, 100, 8, 2},
	{&panel_keys, NULL, 100, 0, 1},
};

static const struct band wide[] = {
	{&panel_header, NULL, 100, 0, 1},
	{&panel_alarms, NULL, 100, 1, 3},
	{&panel_task, NULL, 100, 3, 1},
	{&panel_joints, NULL, 100, 2, 9},
	{&panel_motion, NULL, 100, 5, 1},
	{&panel_plot, &panel_checks, 50, 6, 4},
	{&panel_traffic, &panel_cadence, 50, EXTRA_RANK, 3},
	{&panel_sources, &panel_events, 50, 4, 2},
	{&panel_keys, NULL, 100, 0, 1},
};

static const struct band wide_page[] = {
	{&panel_header, NULL, 100, 0, 1},
	{&panel_alarms, NULL, 100, 1, 3},
	{&panel_task, NULL, 100, 5, 1},
	{&panel_joints, NULL, 100, 3, 9},
	{&panel_motion, NULL, 100, 6, 1},
	{&panel_plot, &panel_checks, 62, 2, 6},
	{&panel_sources, &panel_events, 50, 4, 2},
	{&panel_keys, NULL, 100, 0, 1},
};

static const struct panel_class *const page_panel[PAGE_N] = {
	&panel_plot, &panel_chunk, &panel_traffic, &panel_cadence, &panel_cameras, &panel_motors};

struct plan {
	struct band band;
	bool focused;
	int h, want;
};

static const struct panel_class *focused_panel(const struct scene *v)
{
	static const struct panel_class *const panels[FOCUS_N] = {&panel_joints, &panel_checks,
								  &panel_events};

	return panels[v->ui->focus < FOCUS_N ? v->ui->focus : FOCUS_JOINTS];
}

static int band_min(const struct band *b)
{
	int r = b->right ? b->right->min_h : 0;

	return b->left->min_h > r ? b->left->min_h : r;
}

static int left_width(const struct band *b, int w)
{
	return b->right ? (w - GAP) * b->left_percent / 100 : w;
}

static const struct panel_class *page_of(const struct scene *v)
{
	return page_panel[v->ui->page < PAGE_N ? v->ui->page : PAGE_MAIN];
}

static struct plan plan_band(const struct band *b, const struct scene *v, int w)
{
	int lw = left_width(b, w), want = b->left->want(v, lw), min = band_min(b);
	const struct panel_class *f = focused_panel(v);
	bool focused = f != &panel_joints && (b->left == f || b->right == f);
	int good = focused ? FOCUSED_LINES : b->left->good_h;

	if (b->right && b->right->want(v, w - lw - GAP) > want)
		want = b->right->want(v, w - lw - GAP);
	good = good > want ? want : good;
	return (struct plan){
		.band = *b,
		.focused = focused,
		.h = good > min ? good : min,
		.want = want < min ? min : want,
	};
}

static int total(const struct plan *p, unsigned n)
{
	int sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += p[i].h;
	return sum;
}

/* The least important band that may go; a focused one and the essential ones may not. */
static struct plan *least_important(struct plan *p, unsigned n)
{
	struct plan *least = NULL;

	for (unsigned i = 0; i < n; i++) {
		if (p[i].h && !p[i].focused && p[i].band.rank > ESSENTIAL_RANK &&
		    (!least || p[i].band.rank > least->band.rank))
			least = &p[i];
	}
	return least;
}

/* The band with most lines above its minimum. */
static struct plan *richest(struct plan *p, unsigned n)
{
	struct plan *best = NULL;

	for (unsigned i = 0; i < n; i++) {
		int over = p[i].h - band_min(&p[i].band);

		if (over > 0 && (!best || over > best->h - band_min(&best->band)))
			best = &p[i];
	}
	return best;
}

/* Leaves out what may go, then takes lines from the richest, until the rest fits. */
static void make_fit(struct plan *p, unsigned n, int h)
{
	while (total(p, n) > h) {
		struct plan *least = least_important(p, n), *rich = least ? NULL : richest(p, n);

		if (least)
			least->h = least->want = 0;
		else if (rich)
			rich->h--;
		else
			return;
	}
}

static struct plan *neediest(struct plan *p, unsigned n)
{
	struct plan *best = NULL;
	int best_share = 0;

	for (unsigned i = 0; i < n; i++) {
		int weight = p[i].focused ? 2 * p[i].band.weight + 6 : p[i].band.weight;
		int share = p[i].h * 1000 / weight;

		if (p[i].h && p[i].h < p[i].want && (!best || share < best_share)) {
			best = &p[i];
			best_share = share;
		}
	}
	return best;
}

/* The band that takes what is left over: the plot or the page, else the joints. */
static struct plan *elastic(struct plan *p, unsigned n, const struct panel_class *page)
{
	struct plan *joints = NULL;

	for (unsigned i = 0; i < n; i++) {
		if (p[i].h && p[i].band.left == page)
			return &p[i];
		if (p[i].h && p[i].band.left == &panel_joints)
			joints = &p[i];
	}
	return joints;
}

static void place(struct layout *l, const struct band *b, int y, int w, int h)
{
	int lw = left_width(b, w);

	l->at[l->n++] = (struct placed){b->left, 0, y, lw, h};
	if (b->right)
		l->at[l->n++] = (struct placed){b->right, lw + GAP, y, w - lw - GAP, h};
}

static const struct band *choose(const struct scene *v, int w, unsigned *n)
{
	static const struct {
		const struct band *band;
		unsigned n;
	} all[2][2] = {
		{{narrow, sizeof(narrow) / sizeof(narrow[0])},
		 {narrow_page, sizeof(narrow_page) / sizeof(narrow_page[0])}},
		{{wide, sizeof(wide) / sizeof(wide[0])},
		 {wide_page, sizeof(wide_page) / sizeof(wide_page[0])}},
	};
	bool is_wide = w >= LAYOUT_WIDE, is_page = page_of(v) != &panel_plot;

	*n = all[is_wide][is_page].n;
	return all[is_wide][is_page].band;
}

/* Extra bands are only there where every joint is on the screen, too. */
static void drop_extra(struct plan *p, unsigned n, int h)
{
	int all = total(p, n);

	for (unsigned i = 0; i < n; i++) {
		if (p[i].band.left == &panel_joints)
			all += p[i].want - p[i].h;
	}
	for (unsigned i = 0; i < n && all > h; i++) {
		if (p[i].band.rank != EXTRA_RANK)
			continue;
		all -= p[i].h;
		p[i].h = p[i].want = 0;
	}
}

void layout_make(struct layout *l, const struct scene *v, int w, int h)
{
	struct plan plan[BANDS_MAX], *next;
	const struct band *bands;
	unsigned n;
	int y = 0;

	l->n = 0;
	if (w < LAYOUT_MIN_W || h < LAYOUT_MIN_H)
		return;
	bands = choose(v, w, &n);
	for (unsigned i = 0; i < n; i++) {
		struct band b = bands[i];

		if (b.left == &panel_plot)
			b.left = page_of(v);
		if (b.left == &panel_traffic && b.rank == EXTRA_RANK && !v->s->traffic.seen)
			b = (struct band){b.right, NULL, 100, b.rank, b.weight};
		plan[i] = plan_band(&b, v, w);
	}
	drop_extra(plan, n, h);
	make_fit(plan, n, h);
	for (int spare = h - total(plan, n); spare > 0; spare--) {
		next = neediest(plan, n);
		if (!next)
			next = elastic(plan, n, page_of(v));
		if (next)
			next->h++;
	}
	for (unsigned i = 0; i < n; i++) {
		if (plan[i].h)
			place(l, &plan[i].band, y, w, plan[i].h);
		y += plan[i].h;
	}
}

const struct placed *layout_find(const struct layout *l, const struct panel_class *p)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (l->at[i].panel == p)
			return &l->at[i];
	}
	return NULL;
}
