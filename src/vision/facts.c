/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums run down the columns, byte by byte over whole rows, because that is what compilers turn
 * into vector code; channels are told apart once a row of cells.
 */
#include "vision/facts.h"

#include <math.h>
#include <string.h>

static const double dark = 0.05, bright = 0.95; /* see struct frame */

enum { HASH_STEP = 25 };

static unsigned step_of(uint64_t width, uint64_t height)
{
	unsigned step = 1;

	while (width / step > FACTS_ROOM || height / step > FACTS_ROOM ||
	       (width / step) * (height / step) > FACTS_SAMPLES)
		step++;
	return step;
}

void facts_begin(struct facts *f, uint8_t *thumb, unsigned width, unsigned height)
{
	unsigned step = step_of(width, height);
	double scale;

	memset(f, 0, offsetof(struct facts, column));
	f->step = step;
	width = width / step ? width / step : 1;
	height = height / step ? height / step : 1;
	scale = fmin(1,
		     fmin(FRAME_THUMB_WIDTH / (double)width, FRAME_THUMB_HEIGHT / (double)height));
	f->width = width;
	f->height = height;
	f->thumb = thumb;
	f->thumb_width = (unsigned)fmax(1, floor(width * scale + 1e-9));
	f->thumb_height = (unsigned)fmax(1, floor(height * scale + 1e-9));
	memset(f->column, 0, sizeof(f->column[0]) * width * 3);
	memset(f->squares, 0, sizeof(f->squares[0]) * width * 3);
	memset(f->sum, 0, sizeof(f->sum));
	f->darks = f->brights = 0;
	f->hash = 14695981039346656037u;
	f->laplace.rows = 0;
	f->laplace.sum = f->laplace.squares = f->laplace.n = 0;
}

static void add_columns(uint32_t *restrict sums, uint32_t *restrict squares,
			const uint8_t *restrict row, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t v = row[i];

		sums[i] += v;
		squares[i] += v * v;
	}
}

static void take_grey(struct facts *f, const uint8_t *restrict rgb)
{
	const unsigned least = (unsigned)ceil(dark * 255 * 3), most = (unsigned)(bright * 255 * 3);
	unsigned darks = 0, brights = 0;
	uint16_t light[FACTS_ROOM];
	uint8_t *restrict grey = f->grey;

	for (unsigned x = 0; x < f->width; x++) {
		uint16_t r = rgb[3 * x], g = rgb[3 * x + 1], b = rgb[3 * x + 2];

		light[x] = (uint16_t)(r + g + b);
		grey[x] = (uint8_t)((77 * r + 150 * g + 29 * b) >> 8);
	}
	for (unsigned x = 0; x < f->width; x++) {
		darks += light[x] < least;
		brights += light[x] > most;
	}
	f->darks += darks;
	f->brights += brights;
}

/* Grey alone would not see colours that change places. */
static void take_hash(struct facts *f, const uint8_t *rgb)
{
	uint64_t hash = f->hash;

	for (unsigned i = 0; i < f->width * 3; i += HASH_STEP)
		hash = (hash ^ rgb[i]) * 1099511628211u;
	f->hash = hash;
}

static void laplace_row(struct facts_laplace *l, const int16_t *up, const int16_t *mid,
			const int16_t *down, unsigned n)
{
	int64_t sum = 0, squares = 0;

	for (unsigned x = 1; x + 1 < n; x++) {
		int32_t v = up[x] + down[x] + mid[x - 1] + mid[x + 1] - 4 * mid[x];

		sum += v;
		squares += v * v;
	}
	l->sum += sum;
	l->squares += squares;
	l->n += n > 2 ? n - 2 : 0;
}

/* Every second row completes one of half size; with three of these the middle one is measured. */
static void take_half(struct facts *f)
{
	struct facts_laplace *l = &f->laplace;
	unsigned n = f->width / 2;
	int16_t *row = l->row[l->rows % 3];

	if (f->y % 2 == 0) {
		for (unsigned x = 0; x < n; x++)
			l->pair[x] = (uint16_t)(f->grey[2 * x] + f->grey[2 * x + 1]);
		return;
	}
	for (unsigned x = 0; x < n; x++)
		row[x] = (int16_t)((l->pair[x] + f->grey[2 * x] + f->grey[2 * x + 1] + 2) >> 2);
	l->rows++;
	if (l->rows >= 3)
		laplace_row(l, l->row[l->rows % 3], l->row[(l->rows + 1) % 3],
			    l->row[(l->rows + 2) % 3], n);
}

/* The row of cells is complete: their means. */
static void close_cells(struct facts *f)
{
	uint8_t *out = f->thumb + (size_t)f->cell * f->thumb_width * 3;

	for (unsigned i = 0; i < f->width * 3; i += 3) {
		for (unsigned c = 0; c < 3; c++)
			f->sum[c] += f->column[i + c];
	}
	for (unsigned cell = 0; cell < f->thumb_width; cell++) {
		unsigned from = cell * f->width / f->thumb_width;
		unsigned to = (cell + 1) * f->width / f->thumb_width;
		uint32_t n = (to - from) * f->cell_rows;

		for (unsigned c = 0; c < 3; c++) {
			uint32_t sum = n / 2;

			for (unsigned x = from; x < to; x++)
				sum += f->column[3 * x + c];
			*out++ = (uint8_t)(sum / n);
		}
	}
	memset(f->column, 0, sizeof(f->column[0]) * f->width * 3);
	f->cell_rows = 0;
	f->cell++;
}

/* Every step-th pixel of the row; NULL: the row is not looked at. */
static const uint8_t *sampled(struct facts *f, const uint8_t *rgb)
{
	if (f->y == f->height || f->rows++ % f->step)
		return NULL;
	if (f->step == 1)
		return rgb;
	for (unsigned x = 0; x < f->width; x++)
		memcpy(f->few + 3 * x, rgb + (size_t)3 * f->step * x, 3);
	return f->few;
}

void facts_row(struct facts *f, const uint8_t *rgb)
{
	rgb = sampled(f, rgb);
	if (!rgb)
		return;
	add_columns(f->column, f->squares, rgb, f->width * 3);
	take_grey(f, rgb);
	take_hash(f, rgb);
	take_half(f);
	f->cell_rows++;
	f->y++;
	if (f->y == (f->cell + 1) * f->height / f->thumb_height)
		close_cells(f);
}

uint64_t facts_end(struct facts *f, struct frame *out)
{
	double n = (double)f->width * f->height, squares[3] = {0};
	const struct facts_laplace *l = &f->laplace;

	for (unsigned i = 0; i < f->width * 3; i++)
		squares[i % 3] += f->squares[i];
	for (unsigned c = 0; c < 3; c++) {
		double mean = (double)f->sum[c] / n;

		out->mean[c] = mean / 255;
		out->std[c] = sqrt(fmax(0, squares[c] / n - mean * mean)) / 255;
	}
	out->dark = (double)f->darks / n;
	out->bright = (double)f->brights / n;
	out->sharpness = NAN;
	if (l->n) {
		double mean = (double)l->sum / (double)l->n;

		out->sharpness = (double)l->squares / (double)l->n - mean * mean;
	}
	out->repeats = out->repeat_s = NAN;
	out->thumb = f->thumb;
	out->thumb_width = (uint8_t)f->thumb_width;
	out->thumb_height = (uint8_t)f->thumb_height;
	return f->hash;
}
