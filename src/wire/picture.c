/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/picture.h"

#include <math.h>
#include <string.h>

enum { SIDE_MIN = 8, SIDE_MAX = 1 << 15, SAMPLES = 1 << 16 };

static const double dark = 0.05, bright = 0.95; /* see struct frame */

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

	if (a->kind == 'u' && !a->fortran)
		return a->data[at] / 255.0;
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

/* Sums over the pixels of a picture; 1 is full light. */
struct sums {
	double sum[3], squares[3];
	uint64_t n, darks, brights;
};

static struct sums sum_bytes(const struct ndarray *a, const struct plan *p, uint64_t step)
{
	double least = dark * 255 * (double)p->channels, most = bright * 255 * (double)p->channels;
	uint64_t sum[3] = {0}, squares[3] = {0};
	struct sums s = {0};

	for (uint64_t y = 0; y < p->height; y += step) {
		const uint8_t *row = a->data + p->first + y * p->row;

		for (uint64_t x = 0; x < p->width; x += step, s.n++) {
			const uint8_t *at = row + x * p->column;
			unsigned light = 0;

			for (uint64_t c = 0; c < p->channels; c++) {
				unsigned v = at[c * p->channel];

				sum[c] += v;
				squares[c] += (uint64_t)v * v;
				light += v;
			}
			s.darks += light < least;
			s.brights += light > most;
		}
	}
	for (unsigned c = 0; c < 3; c++) {
		s.sum[c] = (double)sum[c] / 255;
		s.squares[c] = (double)squares[c] / (255 * 255);
	}
	return s;
}

static struct sums sum_others(const struct ndarray *a, const struct plan *p, uint64_t step)
{
	struct sums s = {0};

	for (uint64_t y = 0; y < p->height; y += step) {
		for (uint64_t x = 0; x < p->width; x += step, s.n++) {
			double light = 0;

			for (unsigned c = 0; c < p->channels; c++) {
				double v = pixel(a, p, y, x, c);

				s.sum[c] += v;
				s.squares[c] += v * v;
				light += v / (double)p->channels;
			}
			s.darks += light < dark;
			s.brights += light > bright;
		}
	}
	return s;
}

static void measure(struct frame *f, const struct ndarray *a, const struct plan *p, uint64_t step)
{
	struct sums s = a->kind == 'u' && !a->fortran ? sum_bytes(a, p, step)
						      : sum_others(a, p, step);
	double n = (double)s.n;

	for (unsigned c = 0; c < 3; c++) {
		double mean = s.sum[c] / n;

		f->mean[c] = c < p->channels ? mean : (double)NAN;
		f->std[c] = c < p->channels ? sqrt(fmax(0, s.squares[c] / n - mean * mean))
					    : (double)NAN;
	}
	f->dark = (double)s.darks / n;
	f->bright = (double)s.brights / n;
}

static void shrink(struct frame *f, uint8_t *thumb, const struct ndarray *a, const struct plan *p)
{
	double scale = fmin(1, fmin(FRAME_THUMB_WIDTH / (double)p->width,
				    FRAME_THUMB_HEIGHT / (double)p->height));
	unsigned w = (unsigned)fmax(1, floor((double)p->width * scale + 1e-9));
	unsigned h = (unsigned)fmax(1, floor((double)p->height * scale + 1e-9));

	for (unsigned y = 0; y < h; y++) {
		for (unsigned x = 0; x < w; x++) {
			uint64_t from_y = (2 * y + 1) * p->height / (2 * h);
			uint64_t from_x = (2 * x + 1) * p->width / (2 * w);

			for (unsigned c = 0; c < 3; c++)
				*thumb++ = (uint8_t)lrint(255 * pixel(a, p, from_y, from_x,
								      p->channels == 3 ? c : 0));
		}
	}
	f->thumb_width = (uint8_t)w;
	f->thumb_height = (uint8_t)h;
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
	measure(f, a, &p, step);
	f->thumb = thumb;
	shrink(f, thumb, a, &p);
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

	measure(f, &a, &p, 1);
}
