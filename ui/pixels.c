/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pixels.h"

#include <stdlib.h>

void pixels_fit(const struct pixels *p, int max_w, int max_h, int *w, int *h)
{
	int width = (int)p->width, height = (int)p->height;

	*w = max_w < 1 || max_h < 1 || !width || !height ? 0 : max_w;
	*h = *w ? (*w * height + width) / (2 * width) : 0;
	if (*h > max_h) {
		*h = max_h;
		*w = max_h * 2 * width / height;
	}
	*w = *w > max_w ? max_w : *w;
	if (max_w > 0 && max_h > 0 && width && height) { /* at least a cell */
		*w = *w ? *w : 1;
		*h = *h ? *h : 1;
	}
}

void pixels_spot(uint8_t rgb[3], const struct pixels *p, int x, int y, int w, int h)
{
	unsigned x0 = (unsigned)x * p->width / (unsigned)w;
	unsigned x1 = (unsigned)(x + 1) * p->width / (unsigned)w;
	unsigned y0 = (unsigned)y * p->height / (unsigned)h;
	unsigned y1 = (unsigned)(y + 1) * p->height / (unsigned)h;
	unsigned sum[3] = {0}, n;

	x1 = x1 > x0 ? x1 : x0 + 1;
	y1 = y1 > y0 ? y1 : y0 + 1;
	for (unsigned row = y0; row < y1; row++) {
		for (unsigned column = x0; column < x1; column++) {
			const uint8_t *at = p->rgb + 3 * ((size_t)row * p->width + column);

			for (unsigned c = 0; c < 3; c++)
				sum[c] += at[c];
		}
	}
	n = (x1 - x0) * (y1 - y0);
	for (unsigned c = 0; c < 3; c++)
		rgb[c] = (uint8_t)((sum[c] + n / 2) / n);
}

int pixels_brightness(const uint8_t rgb[3])
{
	return (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000;
}

char pixels_letter(int brightness)
{
	static const char letters[] = " .:-=+*#%@";

	return letters[brightness * 10 / 256];
}

void pixels_difference(uint8_t *dst, const struct pixels *a, const struct pixels *b)
{
	for (unsigned y = 0; y < a->height; y++) {
		for (unsigned x = 0; x < a->width; x++) {
			size_t at = 3 * ((size_t)y * a->width + x);
			uint8_t other[3];

			pixels_spot(other, b, (int)x, (int)y, (int)a->width, (int)a->height);
			for (unsigned c = 0; c < 3; c++) {
				int d = 2 * abs(a->rgb[at + c] - other[c]);

				dst[at + c] = (uint8_t)(d > 255 ? 255 : d);
			}
		}
	}
}

/* Ordered dithering: the share of dots that is set is the brightness. */
static bool dot_set(int level, int x, int y)
{
	static const int bayer[4][4] = {
		{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

	return level * 16 > 255 * bayer[y & 3][x & 3] + 127;
}

static int brightness_at(const struct pixels *p, int x, int y, int w, int h)
{
	uint8_t rgb[3];

	pixels_spot(rgb, p, x, y, w, h);
	return pixels_brightness(rgb);
}

static uint32_t braille(const struct pixels *p, int cx, int cy, int w, int h)
{
	static const uint8_t bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	uint32_t rune = 0x2800;

	for (int i = 0; i < 8; i++) {
		int x = 2 * cx + i % 2, y = 4 * cy + i / 2;

		if (dot_set(brightness_at(p, x, y, 2 * w, 4 * h), x, y))
			rune |= bit[i / 2][i % 2];
	}
	return rune;
}

static uint32_t shade(int level, enum symbols s)
{
	static const uint32_t blocks[5] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};

	return s == SYMBOLS_BLOCK ? blocks[level * 5 / 256] : (uint32_t)pixels_letter(level);
}

static void draw_colours(struct area a, const struct pixels *p, int x, int y, int w, int h)
{
	uint8_t top[3], bottom[3];

	pixels_spot(top, p, x, 2 * y, w, 2 * h);
	pixels_spot(bottom, p, x, 2 * y + 1, w, 2 * h);
	area_pixels(a, x, y, theme_nearest(top), theme_nearest(bottom));
}

void pixels_draw(struct area a, const struct pixels *p)
{
	int w, h;

	pixels_fit(p, a.w, a.h, &w, &h);
	for (int y = 0; y < h; y++) {
		for (int x = 0; x < w; x++) {
			if (a.c->colourful && a.c->symbols != SYMBOLS_ASCII)
				draw_colours(a, p, x, y, w, h);
			else if (a.c->symbols == SYMBOLS_BRAILLE)
				area_rune(a, x, y, ROLE_TEXT, braille(p, x, y, w, h));
			else
				area_rune(a, x, y, ROLE_TEXT,
					  shade(brightness_at(p, x, y, w, h), a.c->symbols));
		}
	}
}
