/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cameras saw last: facts and a thumbnail in shades of grey, as dots (braille), shades
 * (block) or letters, so that it needs no colours. Bright is many dots, as on a dark terminal.
 */
#include <math.h>
#include <stdio.h>

#include "ui/panel.h"

enum { MOST = 26, TITLE_H = 1, FACTS_H = 2, GAP = 2 };

static int want(const struct scene *v, int w)
{
	(void)w;
	return v->s->nframes ? MOST : 3;
}

/* Brightness of a spot of the picture, both in 0..1, as the eye weighs it; 0 to 255. */
static int brightness(const struct view_thumb *t, double x, double y)
{
	unsigned px = (unsigned)(x * t->width), py = (unsigned)(y * t->height);
	const uint8_t *rgb;

	px = px < t->width ? px : t->width - 1;
	py = py < t->height ? py : t->height - 1;
	rgb = &t->rgb[3 * ((size_t)py * t->width + px)];
	return (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000;
}

/* Ordered dithering: the share of dots that is set is the brightness. */
static bool dot_set(int level, int x, int y)
{
	static const int bayer[4][4] = {
		{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

	return level * 16 > 255 * bayer[y & 3][x & 3] + 127;
}

static uint32_t braille(const struct view_thumb *t, int cx, int cy, int w, int h)
{
	uint32_t bits = 0;

	for (int i = 0; i < 8; i++) {
		int x = 2 * cx + i / 4, y = 4 * cy + i % 4;
		int level = brightness(t, (x + 0.5) / (2 * w), (y + 0.5) / (4 * h));

		if (dot_set(level, x, y))
			bits |= i % 4 < 3 ? 1u << (3 * (i / 4) + i % 4) : 0x40u << (i / 4);
	}
	return 0x2800 + bits;
}

static uint32_t shade(const struct view_thumb *t, enum symbols s, int cx, int cy, int w, int h)
{
	static const uint32_t blocks[] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
	static const char letters[] = " .:-=+*#%@";
	int level = brightness(t, (cx + 0.5) / w, (cy + 0.5) / h);

	return s == SYMBOLS_BLOCK ? blocks[level * 5 / 256] : (uint32_t)letters[level * 10 / 256];
}

/* As large as fits with square pixels; a cell is twice as high as wide. */
static void draw_picture(const struct view_thumb *t, struct area a)
{
	int w = a.w, h = w * (int)t->height / (2 * (int)t->width);

	if (h > a.h) {
		h = a.h;
		w = h * 2 * (int)t->width / (int)t->height;
	}
	for (int y = 0; y < h; y++) {
		for (int x = 0; x < w; x++)
			area_rune(a, x, y, ROLE_TEXT,
				  a.c->symbols == SYMBOLS_BRAILLE
					  ? braille(t, x, y, w, h)
					  : shade(t, a.c->symbols, x, y, w, h));
	}
}

static void draw_facts(const struct view_frame *f, struct area a)
{
	char text[128], age[NUMBER_BYTES], dark[NUMBER_BYTES], bright[NUMBER_BYTES];

	area_fit(a, 0, 0, a.w, ROLE_COLUMN, FIT_MIDDLE, f->camera);
	snprintf(text, sizeof(text), "%ux%u %s old, dark %s%% bright %s%%", (unsigned)f->width,
		 (unsigned)f->height, number_age(age, f->age_s),
		 number_text(dark, 100 * f->dark, 5, 0),
		 number_text(bright, 100 * f->bright, 5, 0));
	area_fit(a, 0, 1, a.w, f->dark > 0.5 || f->bright > 0.5 ? ROLE_NOTE : ROLE_DIM, FIT_LEFT,
		 text);
}

static void draw_camera(const struct scene *v, unsigned i, struct area a)
{
	const struct view_thumb *t = v->thumb ? &v->thumb[i] : NULL;
	struct area body = area_sub(a, 0, FACTS_H, a.w, a.h - FACTS_H);

	draw_facts(&v->s->frame[i], a);
	if (t && t->width && t->height)
		draw_picture(t, body);
	else
		area_text(body, 0, 0, ROLE_UNKNOWN,
			  t && t->count ? "no thumbnail" : "no thumbnail yet");
}

static void draw(const struct scene *v, struct area a)
{
	int n = v->s->nframes < VIEW_CAMERAS ? (int)v->s->nframes : VIEW_CAMERAS, w;

	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	area_text(a, 1, 0, ROLE_COLUMN, "CAMERAS as the policy sees them");
	if (!n) {
		area_text(a, 1, 1, ROLE_UNKNOWN, "no source sees pictures");
		return;
	}
	w = (a.w - 2 - (n - 1) * GAP) / n;
	for (int i = 0; i < n; i++)
		draw_camera(v, (unsigned)i,
			    area_sub(a, 1 + i * (w + GAP), TITLE_H, w, a.h - TITLE_H));
}

const struct panel_class panel_cameras = {
	.name = "cameras",
	.summary = "the last picture of each camera, and how bright it is",
	.min_h = 5,
	.good_h = 14,
	.want = want,
	.draw = draw,
};
