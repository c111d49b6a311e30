/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/screen.h"

#include <stdio.h>
#include <string.h>

#include "ui/layout.h"
#include "ui/panel_chunk.h"
#include "ui/plot.h"

enum { SPAN_S = 8, PAIRS_FROM_W = 76 };

/* The second of a pair stands beside the first, so that all keys fit in 24 lines. */
static bool beside(enum action action, int w)
{
	return w >= PAIRS_FROM_W && (action == ACTION_UP || action == ACTION_PAGE_UP ||
				     action == ACTION_LAST || action == ACTION_TRAFFIC ||
				     action == ACTION_CAMERAS || action == ACTION_DIFFERENCE);
}

static int help_lines(int w)
{
	int n = 1;

	for (unsigned i = 0; i < ACTION_N; i++)
		n += !beside((enum action)i, w);
	return n;
}

static void draw_help(struct canvas *c, int first)
{
	struct area a = canvas_area(c), body = area_sub(a, 0, 1, a.w, a.h - 2);
	int most = help_lines(a.w) - body.h, y;

	y = -(first < most ? first : most > 0 ? most : 0);
	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_HEADER, ' ');
	area_text(a, 0, 0, ROLE_HEADER, "policytop: keys");
	for (unsigned i = 0; i < ACTION_N; i++) {
		const struct key_row *r = &key_table[i];
		bool second = beside(r->action, a.w);
		int x = second ? a.w / 2 : 2;

		if (r->action == ACTION_SUCCESS)
			area_text(body, 1, y++, ROLE_COLUMN,
				  "when an episode ends or starts (after e)");
		y -= second;
		area_text(body, x, y, ROLE_KEY, r->label);
		area_text(body, x + 8, y++, ROLE_TEXT, r->help);
	}
	area_text(a, 1, a.h - 1, ROLE_DIM,
		  most > 0 ? "j k: scroll   any other key: back" : "any key: back");
}

static void draw_too_small(struct canvas *c)
{
	char text[80];

	snprintf(text, sizeof(text), "need %dx%d, have %dx%d", LAYOUT_MIN_W, LAYOUT_MIN_H, c->w,
		 c->h);
	area_text(canvas_area(c), 0, c->h / 2, ROLE_WARN, text);
}

void screen_draw(struct canvas *c, const struct scene *v)
{
	struct layout l;

	canvas_clear(c);
	layout_make(&l, v, c->w, c->h);
	if (l.n == 0) {
		draw_too_small(c);
		return;
	}
	if (v->ui->mode == MODE_HELP) {
		draw_help(c, v->ui->help_first);
		return;
	}
	for (unsigned i = 0; i < l.n; i++) {
		const struct placed *p = &l.at[i];

		p->panel->draw(v, area_sub(canvas_area(c), p->x, p->y, p->w, p->h));
	}
}

unsigned screen_history(const struct canvas *c, const struct scene *v, double *span_s)
{
	const struct placed *p;
	struct layout l;

	*span_s = SPAN_S;
	layout_make(&l, v, c->w, c->h);
	p = layout_find(&l, &panel_chunk);
	if (p)
		return panel_chunk_columns(v, p->w, p->h, c->symbols, span_s);
	p = layout_find(&l, &panel_plot);
	return p ? plot_columns(p->w, p->h, c->symbols) : 0;
}

unsigned screen_cameras(const struct canvas *c, const struct scene *v,
			struct camera_row row[CAMERA_ROWS])
{
	const struct placed *p;
	struct layout l;
	unsigned total;

	layout_make(&l, v, c->w, c->h);
	p = layout_find(&l, &panel_cameras);
	return p ? camera_shown(v, p->w, p->h, row, &total) : 0;
}
