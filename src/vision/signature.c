/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On recordings of four robots plain differences, correlations and histograms alone each confuse
 * some cameras; this sum kept every own picture under 0.85 and other robots' above it.
 */
#include "vision/signature.h"

#include <math.h>
#include <string.h>

static const float cell_floor = 150; /* grey levels: what is flat must not count as a direction */

static void normalise(float *v, unsigned n, float floor)
{
	float sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += v[i] * v[i];
	sum = sqrtf(sum) + floor;
	for (unsigned i = 0; i < n && sum > 0; i++)
		v[i] /= sum;
}

/* The eighth of a half turn that an edge runs in: its sign does not matter. */
static unsigned direction(float gx, float gy)
{
	float turn = atan2f(gy, gx) / (float)M_PI;

	if (turn < 0)
		turn += 1;
	return (unsigned)(turn * SIGNATURE_DIRECTIONS) % SIGNATURE_DIRECTIONS;
}

static void add_edges(struct signature *s, const float *grey)
{
	const unsigned high = VIEW_HEIGHT / SIGNATURE_ROWS, wide = VIEW_WIDTH / SIGNATURE_COLUMNS;

	for (unsigned y = 1; y + 1 < VIEW_HEIGHT; y++) {
		for (unsigned x = 1; x + 1 < VIEW_WIDTH; x++) {
			const float *p = grey + y * VIEW_WIDTH + x;
			float gx = p[1] - p[-1], gy = p[VIEW_WIDTH] - p[-VIEW_WIDTH];
			unsigned cell = y / high * SIGNATURE_COLUMNS + x / wide;

			s->edge[cell * SIGNATURE_DIRECTIONS + direction(gx, gy)] +=
				sqrtf(gx * gx + gy * gy);
		}
	}
}

void signature_make(struct signature *s, const struct view *v)
{
	const uint8_t *p = v->rgb[0][0];
	float grey[VIEW_PIXELS];

	memset(s, 0, sizeof(*s));
	view_grey(v, grey);
	add_edges(s, grey);
	for (unsigned i = 0; i < SIGNATURE_EDGES; i += SIGNATURE_DIRECTIONS)
		normalise(s->edge + i, SIGNATURE_DIRECTIONS, cell_floor);
	normalise(s->edge, SIGNATURE_EDGES, 0);
	for (unsigned i = 0; i < VIEW_PIXELS; i++, p += 3)
		s->colour[p[0] >> 6 << 4 | p[1] >> 6 << 2 | p[2] >> 6]++;
	for (unsigned i = 0; i < SIGNATURE_COLOURS; i++)
		s->colour[i] = sqrtf(s->colour[i] / VIEW_PIXELS);
}

float signature_distance(const struct signature *a, const struct signature *b)
{
	float edges = 0, colours = 0;

	for (unsigned i = 0; i < SIGNATURE_EDGES; i++)
		edges += a->edge[i] * b->edge[i];
	for (unsigned i = 0; i < SIGNATURE_COLOURS; i++)
		colours += a->colour[i] * b->colour[i];
	return 1 - edges + sqrtf(fmaxf(0, 1 - colours));
}
