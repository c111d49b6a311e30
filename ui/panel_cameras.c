/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cameras see beside what training saw: each live picture, the one that training has of
 * that camera or what differs between both, and all that is known of its health.
 */
#include "ui/panel_cameras.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/cameras.h"
#include "ui/pace.h"
#include "ui/pixels.h"

enum {
	TITLE_H = 1,
	FACTS_H = 3,
	CAPTION_H = 1,
	GAP = 2,
	BLOCK_W = 2 * PIXELS_W + GAP,
	BLOCK_H = FACTS_H + CAPTION_H + PIXELS_H,
	FACTS_BYTES = 512,
};

static int at_least(int n, int least)
{
	return n > least ? n : least;
}

static int columns_of(int w)
{
	return at_least((w - 1 + GAP) / (BLOCK_W + GAP), 1);
}

unsigned panel_cameras_fit(int w, int h)
{
	return (unsigned)(columns_of(w) * at_least((h - TITLE_H) / BLOCK_H, 1));
}

static int want(const struct scene *v, int w)
{
	struct camera_row row[CAMERA_ROWS];
	int n = (int)camera_rows(v->s, row), columns = columns_of(w);

	return n ? TITLE_H + (n + columns - 1) / columns * BLOCK_H : 3;
}

static enum role facts_role(const struct camera_row *row)
{
	const struct camera *c = row->eye ? &row->eye->v : NULL;
	const struct view_frame *f = row->frame;

	if (c && c->is[0] && strcmp(c->is, c->name) != 0)
		return ROLE_WARN;
	if (c && c->state != CAMERA_STREAMING && c->state != CAMERA_UNKNOWN)
		return ROLE_NOTE;
	return f && (f->dark > 0.5 || f->bright > 0.5) ? ROLE_NOTE : ROLE_DIM;
}

/* As many whole facts as fit on a line; returns what is left of them. */
static char *cut_line(struct area a, char *text)
{
	char *end = NULL;

	for (char *p = text; (p = strstr(p, ", ")) != NULL; p++) {
		char was = p[1];

		p[1] = '\0';
		if (text_width(a.c, text) <= a.w)
			end = p + 1;
		p[1] = was;
	}
	if (!end || text_width(a.c, text) <= a.w)
		return NULL;
	*end = '\0';
	return end + 1;
}

static void draw_facts(const struct camera_row *row, struct area a)
{
	char facts[FACTS_BYTES], text[FACTS_BYTES + NAME_BYTES], *line = text;
	enum role r = facts_role(row);

	camera_facts(row, facts, sizeof(facts));
	snprintf(text, sizeof(text), "%s: %s", row->name, facts);
	for (int y = 0; y < a.h && line; y++) {
		char *rest = y + 1 < a.h ? cut_line(a, line) : NULL;

		area_fit(a, 0, y, a.w, r, FIT_LEFT, line);
		line = rest;
	}
	area_fit(a, 0, 0, text_width(a.c, row->name), ROLE_TEXT, FIT_LEFT, row->name);
}

static void caption(const struct scene *v, const struct camera_row *row, struct area left,
		    struct area right)
{
	const struct view_reference *r = camera_reference(v, row->name);
	char text[96] = "live", age[NUMBER_BYTES];

	if (row->frame)
		snprintf(text, sizeof(text), "live, %s old", number_age(age, row->frame->age_s));
	area_fit(left, 0, 0, left.w, ROLE_COLUMN, FIT_LEFT, text);
	if (v->ui->difference)
		text_copy(text, sizeof(text), "what differs from training");
	else if (r && r->episodes)
		snprintf(text, sizeof(text), "training, %u episode%s", r->episodes,
			 r->episodes == 1 ? "" : "s");
	else
		text_copy(text, sizeof(text), "training");
	area_fit(right, 0, 0, right.w, ROLE_COLUMN, FIT_LEFT, text);
}

static void draw_difference(const struct pixels *live, const struct pixels *trained, struct area a)
{
	uint8_t *rgb = xcalloc((size_t)live->width * live->height, 3);
	struct pixels p = {live->width, live->height, rgb};

	pixels_difference(rgb, live, trained);
	pixels_draw(a, &p);
	free(rgb);
}

static void draw_trained(const struct scene *v, const struct camera_row *row,
			 const struct pixels *live, struct area a)
{
	const struct view_reference *r = camera_reference(v, row->name);
	struct pixels p = camera_trained(v, row);

	if (!p.width)
		area_fit(a, 0, 0, a.w, ROLE_UNKNOWN, FIT_LEFT,
			 !r	     ? "not asked for yet"
			 : r->why[0] ? r->why
				     : "no picture");
	else if (!v->ui->difference)
		pixels_draw(a, &p);
	else if (live->width)
		draw_difference(live, &p, a);
	else
		area_text(a, 0, 0, ROLE_UNKNOWN, "no picture to compare");
}

/* The picture comes first, unless hardly anything would be left of it. */
static int facts_lines(int h)
{
	int lines = h - CAPTION_H - PIXELS_H;

	if (lines < 2)
		lines = h < 9 ? 1 : 2;
	return lines < FACTS_H ? lines : FACTS_H;
}

static void draw_block(const struct scene *v, const struct camera_row *row, struct area a)
{
	int facts = facts_lines(a.h), top = facts + CAPTION_H;
	int w = (a.w - GAP) / 2 < PIXELS_W ? (a.w - GAP) / 2 : PIXELS_W;
	int h = a.h - top < PIXELS_H ? a.h - top : PIXELS_H;
	const struct view_thumb *t = v->thumb && row->frame ? &v->thumb[row->index] : NULL;
	struct pixels live = camera_live(v, row);
	struct area left = area_sub(a, 0, top, w, h), right = area_sub(a, w + GAP, top, w, h);

	draw_facts(row, area_sub(a, 0, 0, a.w, facts));
	caption(v, row, area_sub(a, 0, facts, w, 1), area_sub(a, w + GAP, facts, w, 1));
	if (live.width)
		pixels_draw(left, &live);
	else
		area_fit(left, 0, 0, left.w, ROLE_UNKNOWN, FIT_LEFT,
			 !row->frame	 ? "no source sees its picture"
			 : t && t->count ? "no thumbnail"
					 : "no thumbnail yet");
	draw_trained(v, row, &live, right);
}

static void title(const struct scene *v, struct area a, unsigned shown, unsigned total)
{
	char text[96], number[NUMBER_BYTES];

	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	if (shown < total)
		snprintf(text, sizeof(text), "CAMERAS  %u of %u, n: next   d: difference   p: PNG",
			 shown, total);
	else
		snprintf(text, sizeof(text), "CAMERAS  d: difference   p: PNG");
	area_text(a, 1, 0, ROLE_COLUMN, text);
	if (isnan(v->ui->bytes_s))
		return;
	snprintf(text, sizeof(text), "%s of %d kB/s ",
		 number_text(number, v->ui->bytes_s / 1e3, 5, 1), PACE_BYTES_S / 1000);
	area_fit(a, a.w - 18, 0, 18, ROLE_COLUMN, FIT_RIGHT, text);
}

static void draw(const struct scene *v, struct area a)
{
	struct camera_row row[CAMERA_ROWS];
	unsigned total, n = camera_shown(v, a.w, a.h, row, &total);
	int columns = columns_of(a.w);

	title(v, a, n, total);
	if (!n) {
		area_text(a, 1, 1, ROLE_UNKNOWN, "no source sees pictures");
		return;
	}
	for (int i = 0; i < (int)n; i++) {
		int x = 1 + i % columns * (BLOCK_W + GAP), y = TITLE_H + i / columns * BLOCK_H;
		int w = a.w - x < BLOCK_W ? a.w - x : BLOCK_W;

		draw_block(v, &row[i], area_sub(a, x, y, w, a.h - y < BLOCK_H ? a.h - y : BLOCK_H));
	}
}

const struct panel_class panel_cameras = {
	.name = "cameras",
	.summary = "what each camera sees beside what training saw, and its health",
	.min_h = 5,
	.good_h = TITLE_H + BLOCK_H,
	.want = want,
	.draw = draw,
};
