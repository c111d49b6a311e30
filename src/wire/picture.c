/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "vision/facts.h"

enum { SIDE_MIN = 8, SIDE_MAX = FACTS_SIDE_MAX, SAMPLES = 1 << 16 };

/* How the last dimensions of an array make a picture. */
struct plan {
	uint64_t first; /* element: of the picture meant */
	uint64_t width, height, channels;
	uint64_t row, column, channel; /* distances in elements, C order */
	double scale;
};

static bool is_side(uint64_t n)
{
	return n >= SIDE_MIN && n <= SIDE_MAX;
}

static bool make_plan(struct plan *p, const struct ndarray *a)
{
	uint64_t h, w, c, size = 1;
	unsigned d = a->dims;

	if ((a->kind != 'f' && (a->kind != 'u' || a->bytes != 1)) || a->plain || d < 2)
		return false;
	if (d >= 3 && (a->shape[d - 1] == 3 || a->shape[d - 1] == 4 || a->shape[d - 1] == 1) &&
	    is_side(a->shape[d - 2]) && is_side(a->shape[d - 3])) {
		h = a->shape[d - 3];
		w = a->shape[d - 2];
		c = a->shape[d - 1];
		*p = (struct plan){.row = w * c, .column = c, .channel = 1};
		d -= 3;
	} else if (d >= 3 && (a->shape[d - 3] == 3 || a->shape[d - 3] == 1) &&
		   is_side(a->shape[d - 2]) && is_side(a->shape[d - 1])) {
		c = a->shape[d - 3];
		h = a->shape[d - 2];
		w = a->shape[d - 1];
		*p = (struct plan){.row = w, .column = 1, .channel = h * w};
		d -= 3;
	} else if (d == 2 && a->kind == 'u' && is_side(a->shape[0]) && is_side(a->shape[1])) {
		h = a->shape[0];
		w = a->shape[1];
		c = 1;
		*p = (struct plan){.row = w, .column = 1, .channel = 1};
		d = 0;
	} else {
		return false;
	}
	p->width = w;
	p->height = h;
	p->channels = c == 1 ? 1 : 3;
	size = h * w * c;
	if (d) /* the last one in time of the first batch */
		p->first = (a->shape[d - 1] - 1) * size;
	return a->count >= size;
}

bool picture_is(const struct ndarray *a)
{
	struct plan p;

	return make_plan(&p, a);
}

static double pixel(const struct ndarray *a, const struct plan *p, uint64_t y, uint64_t x,
		    uint64_t c)
{
	uint64_t at = p->first + y * p->row + x * p->column + c * p->channel;
	double v;

	v = ndarray_at(a, at) * p->scale;
	return v > 0 ? fmin(v, 1) : 0; /* NaN is dark */
}

/* Floats mostly run to 1, but some clients send bytes as floats. */
static double float_scale(const struct ndarray *a, const struct plan *p, uint64_t step)
{
	double most = 0;

	for (uint64_t y = 0; y < p->height; y += step) {
		for (uint64_t x = 0; x < p->width; x += step)
			most = fmax(most, ndarray_at(a, p->first + y * p->row + x * p->column));
	}
	return most > 1.5 ? 1 / 255.0 : 1;
}

/* A row as RGB bytes; straight from the array where it lies there so. */
static const uint8_t *row_of(uint8_t *rgb, const struct ndarray *a, const struct plan *p,
			     uint64_t y)
{
	bool bytes = a->kind == 'u' && !a->fortran;
	const uint8_t *from = bytes ? a->data + p->first + y * p->row : NULL;

	if (bytes && p->channels == 3 && p->column == 3 && p->channel == 1)
		return from;
	for (uint64_t x = 0; x < p->width; x++) {
		for (uint64_t c = 0; c < 3; c++) {
			uint64_t k = p->channels == 3 ? c : 0;

			rgb[3 * x + c] = bytes ? from[x * p->column + k * p->channel]
					       : (uint8_t)lrint(255 * pixel(a, p, y, x, k));
		}
	}
	return rgb;
}

static void measure(struct frame *f, uint8_t *thumb, const struct ndarray *a, const struct plan *p)
{
	struct facts *facts = xcalloc(1, sizeof(*facts));
	uint8_t *row = xcalloc(p->width, 3);

	facts_begin(facts, thumb, (unsigned)p->width, (unsigned)p->height);
	for (uint64_t y = 0; y < p->height; y++) {
		if (y % facts->step == 0)
			facts_row(facts, row_of(row, a, p, y));
		else
			facts_row(facts, row);
	}
	facts_end(facts, f);
	for (unsigned c = 1; c < 3 && p->channels == 1; c++)
		f->mean[c] = f->std[c] = NAN;
	free(row);
	free(facts);
}

bool picture_facts(struct frame *f, uint8_t *thumb, const struct ndarray *a)
{
	uint64_t step = 1;
	struct plan p;

	if (!a->data || !make_plan(&p, a))
		return false;
	while ((p.width / step) * (p.height / step) > SAMPLES)
		step++;
	p.scale = a->kind == 'f' ? float_scale(a, &p, step) : 1 / 255.0;
	f->width = (uint32_t)p.width;
	f->height = (uint32_t)p.height;
	f->channels = (uint8_t)p.channels;
	measure(f, thumb, a, &p);
	return true;
}

void picture_measure(struct frame *f, const uint8_t *rgb, unsigned width, unsigned height)
{
	const struct ndarray a = {.kind = 'u', .bytes = 1, .data = rgb};
	const struct plan p = {
		.height = height,
		.width = width,
		.channels = 3,
		.row = (uint64_t)width * 3,
		.column = 3,
		.channel = 1,
	};
	uint8_t thumb[PICTURE_THUMB_BYTES];
	const uint8_t *keep = f->thumb;
	uint8_t thumb_width = f->thumb_width, thumb_height = f->thumb_height;

	measure(f, thumb, &a, &p);
	f->thumb = keep;
	f->thumb_width = thumb_width;
	f->thumb_height = thumb_height;
	f->sharpness = NAN; /* that of a picture is not that of its thumbnail */
}
