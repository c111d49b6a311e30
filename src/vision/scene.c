/* SPDX-License-Identifier: Apache-2.0 */
#include "vision/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "vision/scene_impl.h"

static const float noise = 0.12f; /* of contrast, where nothing moves */
static const float scene_blur[SCENE_LEVELS] = {2.5f, 1.2f, 0.5f};

float scene_level_blur(unsigned level)
{
	return scene_blur[level];
}

const char *scene_flip_word(enum scene_flip f)
{
	static const char *const words[] = {
		[FLIP_NONE] = "upright",
		[FLIP_MIRRORED] = "mirrored",
		[FLIP_UPSIDE_DOWN] = "mirrored and upside down",
		[FLIP_TURNED] = "upside down",
	};

	return words[f];
}

/* Grey against its surroundings: the same in brighter and darker light. */
void scene_contrast(float out[VIEW_PIXELS], const float grey[VIEW_PIXELS])
{
	enum { SIGMA = 5, FLOOR = 6 };
	float base[VIEW_PIXELS], power[VIEW_PIXELS];

	view_blur(base, grey, SIGMA);
	for (unsigned i = 0; i < VIEW_PIXELS; i++) {
		out[i] = grey[i] - base[i];
		power[i] = out[i] * out[i];
	}
	view_blur(power, power, SIGMA);
	for (unsigned i = 0; i < VIEW_PIXELS; i++)
		out[i] /= sqrtf(power[i]) + FLOOR;
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Median and deviation of n values; sorts them. */
static float median(float *v, unsigned n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static float deviation(const float *v, unsigned n)
{
	float sum = 0, squares = 0;

	for (unsigned i = 0; i < n; i++)
		sum += v[i];
	sum /= (float)n;
	for (unsigned i = 0; i < n; i++)
		squares += (v[i] - sum) * (v[i] - sum);
	return sqrtf(squares / (float)n);
}

/* One kind of value, pixel by pixel over all views. */
struct pile {
	unsigned n;
	float *plane[SCENE_VIEWS_MAX];
};

static void pile_median(const struct pile *p, float *middle, float *spread)
{
	float v[SCENE_VIEWS_MAX];

	for (unsigned i = 0; i < VIEW_PIXELS; i++) {
		for (unsigned k = 0; k < p->n; k++)
			v[k] = p->plane[k][i];
		spread[i] = deviation(v, p->n);
		middle[i] = median(v, p->n);
	}
}

static void find_steady(struct scene *s)
{
	float sorted[VIEW_PIXELS], limit;

	memcpy(sorted, s->grey_spread, sizeof(sorted));
	qsort(sorted, VIEW_PIXELS, sizeof(float), by_value);
	limit = sorted[VIEW_PIXELS * 2 / 5];
	for (unsigned i = 0; i < VIEW_PIXELS; i++)
		s->steady[i] = s->grey_spread[i] <= limit;
}

static void make_level(struct scene_level *l, const float *contrast, float sigma)
{
	view_blur(l->value, contrast, sigma);
	for (unsigned y = 0; y < VIEW_HEIGHT; y++) {
		unsigned up = y ? y - 1 : y, down = y + 1 < VIEW_HEIGHT ? y + 1 : y;

		for (unsigned x = 0; x < VIEW_WIDTH; x++) {
			unsigned left = x ? x - 1 : x, right = x + 1 < VIEW_WIDTH ? x + 1 : x;
			const float *row = l->value + y * VIEW_WIDTH;

			l->along_x[y * VIEW_WIDTH + x] = (row[right] - row[left]) /
							 (float)(right - left);
			l->along_y[y * VIEW_WIDTH + x] =
				(l->value[down * VIEW_WIDTH + x] - l->value[up * VIEW_WIDTH + x]) /
				(float)(down - up);
		}
	}
}

static void take_colours(struct scene *s, const struct view *const *view, unsigned n)
{
	float v[SCENE_VIEWS_MAX];

	for (unsigned i = 0; i < VIEW_PIXELS; i++) {
		for (unsigned c = 0; c < 3; c++) {
			for (unsigned k = 0; k < n; k++)
				v[k] = view[k]->rgb[i / VIEW_WIDTH][i % VIEW_WIDTH][c];
			s->rgb[i][c] = (uint8_t)median(v, n);
		}
	}
}

void scene_build(struct scene *s, const struct view *const *view, unsigned n)
{
	float grey[VIEW_PIXELS];
	struct pile p = {.n = n};
	float *planes = xcalloc((size_t)VIEW_PIXELS * n, sizeof(float));

	memset(s, 0, sizeof(*s));
	s->views = n;
	for (unsigned k = 0; k < n; k++) {
		p.plane[k] = planes + (size_t)k * VIEW_PIXELS;
		view_grey(view[k], p.plane[k]);
	}
	pile_median(&p, grey, s->grey_spread);
	find_steady(s);
	for (unsigned k = 0; k < n; k++) {
		memcpy(grey, p.plane[k], sizeof(grey));
		scene_contrast(p.plane[k], grey);
	}
	pile_median(&p, s->contrast, s->spread);
	free(planes);
	for (unsigned i = 0; i < VIEW_PIXELS; i++) {
		s->weight[i] = 1 / (noise * noise + 4 * s->spread[i] * s->spread[i]);
		s->root_weight[i] = sqrtf(s->weight[i]);
	}
	take_colours(s, view, n);
	for (unsigned i = 0; i < SCENE_LEVELS; i++)
		make_level(&s->level[i], s->contrast, scene_blur[i]);
}

void scene_light(struct scene_light *l, const struct scene *s, const struct view *v)
{
	enum { FEW = 100, DARK = 25, BRIGHT = 235 };
	float gain[VIEW_PIXELS], red[VIEW_PIXELS], blue[VIEW_PIXELS];
	double both = 0, own = 0, its = 0, squares = 0;
	unsigned n = 0, coloured = 0;

	for (unsigned i = 0; i < VIEW_PIXELS; i++) {
		const uint8_t *a = v->rgb[i / VIEW_WIDTH][i % VIEW_WIDTH], *b = s->rgb[i];
		float w = 1 / (25 + s->grey_spread[i] * s->grey_spread[i]);
		int x = a[0] - a[2], y = b[0] - b[2],
		    light = (77 * b[0] + 150 * b[1] + 29 * b[2]) >> 8;

		both += w * (float)(x * y);
		own += w * (float)(x * x);
		its += w * (float)(y * y);
		squares += y * y;
		if (!s->steady[i] || light < DARK || light > BRIGHT)
			continue;
		gain[n++] = (float)((77 * a[0] + 150 * a[1] + 29 * a[2]) >> 8) / (float)light;
		if (a[0] && a[1] && a[2] && b[0] && b[1] && b[2]) {
			red[coloured] = logf((float)a[0] * b[1] / ((float)a[1] * b[0]));
			blue[coloured++] = logf((float)a[2] * b[1] / ((float)a[1] * b[2]));
		}
	}
	l->gain = n >= FEW ? median(gain, n) : NAN;
	l->red = coloured >= FEW ? median(red, coloured) : NAN;
	l->blue = coloured >= FEW ? median(blue, coloured) : NAN;
	l->warm = (float)sqrt(squares / VIEW_PIXELS);
	l->like = own > 0 && its > 0 ? (float)(both / sqrt(own * its)) : NAN;
}
