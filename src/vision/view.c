/* SPDX-License-Identifier: Apache-2.0 */
#include "vision/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RADIUS_MAX = 15 };

bool view_of(struct view *v, const struct frame *f)
{
	if (!f->thumb || !f->thumb_width || !f->thumb_height)
		return false;
	for (unsigned y = 0; y < VIEW_HEIGHT; y++) {
		unsigned from_y = (2 * y + 1) * f->thumb_height / (2 * VIEW_HEIGHT);

		for (unsigned x = 0; x < VIEW_WIDTH; x++) {
			unsigned from_x = (2 * x + 1) * f->thumb_width / (2 * VIEW_WIDTH);

			memcpy(v->rgb[y][x],
			       f->thumb + 3 * ((size_t)from_y * f->thumb_width + from_x), 3);
		}
	}
	return true;
}

static int grey_of(const uint8_t *p)
{
	return (77 * p[0] + 150 * p[1] + 29 * p[2]) >> 8;
}

void view_grey(const struct view *v, float grey[VIEW_PIXELS])
{
	const uint8_t *p = v->rgb[0][0];

	for (unsigned i = 0; i < VIEW_PIXELS; i++)
		grey[i] = (float)grey_of(p + 3 * i);
}

float view_change(const struct view *a, const struct view *b)
{
	const uint8_t *p = a->rgb[0][0], *q = b->rgb[0][0];
	int sum = 0;

	for (unsigned i = 0; i < VIEW_PIXELS; i++)
		sum += abs(grey_of(p + 3 * i) - grey_of(q + 3 * i));
	return (float)sum / VIEW_PIXELS;
}

/* One line with its ends repeated, then the kernel over it: the inner loop runs along the line. */
static void blur_line(float *dst, const float *src, unsigned step, unsigned n, const float *kernel,
		      unsigned radius)
{
	float line[VIEW_WIDTH + 2 * RADIUS_MAX], out[VIEW_WIDTH] = {0};

	for (unsigned i = 0; i < n + 2 * radius; i++) {
		unsigned at = i < radius ? 0 : i - radius < n ? i - radius : n - 1;

		line[i] = src[(size_t)at * step];
	}
	for (unsigned k = 0; k <= 2 * radius; k++) {
		for (unsigned i = 0; i < n; i++)
			out[i] += kernel[k] * line[i + k];
	}
	for (unsigned i = 0; i < n; i++)
		dst[(size_t)i * step] = out[i];
}

void view_blur(float dst[VIEW_PIXELS], const float src[VIEW_PIXELS], float sigma)
{
	unsigned radius = (unsigned)fminf(RADIUS_MAX, ceilf(2.5f * sigma));
	float kernel[2 * RADIUS_MAX + 1], sum = 0;

	for (unsigned k = 0; k <= 2 * radius; k++) {
		float d = (float)k - (float)radius;

		kernel[k] = expf(-d * d / (2 * sigma * sigma));
		sum += kernel[k];
	}
	for (unsigned k = 0; k <= 2 * radius; k++)
		kernel[k] /= sum;
	for (unsigned y = 0; y < VIEW_HEIGHT; y++)
		blur_line(dst + y * VIEW_WIDTH, src + y * VIEW_WIDTH, 1, VIEW_WIDTH, kernel,
			  radius);
	for (unsigned x = 0; x < VIEW_WIDTH; x++)
		blur_line(dst + x, dst + x, VIEW_WIDTH, VIEW_HEIGHT, kernel, radius);
}
