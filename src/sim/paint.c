/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/paint.h"

#include <math.h>

static int bound(double v, int most)
{
	return v < 0 ? 0 : v > most ? most : (int)v;
}

static uint8_t level(double v)
{
	return (uint8_t)bound(v, 255);
}

static void put(struct paint *p, int x, int y, struct colour c, double light)
{
	uint8_t *to = p->rgb[y][x];

	to[0] = level(c.r * light);
	to[1] = level(c.g * light);
	to[2] = level(c.b * light);
}

void paint_box(struct paint *p, struct spot from, struct spot to, struct colour c)
{
	int right = bound(ceil(to.x), PAINT_WIDTH), bottom = bound(ceil(to.y), PAINT_HEIGHT);

	for (int y = bound(from.y, PAINT_HEIGHT); y < bottom; y++) {
		for (int x = bound(from.x, PAINT_WIDTH); x < right; x++)
			put(p, x, y, c, 1);
	}
}

void paint_bar(struct paint *p, struct spot a, struct spot b, double radius, struct colour c)
{
	int left = bound(fmin(a.x, b.x) - radius, PAINT_WIDTH);
	int right = bound(fmax(a.x, b.x) + radius + 1, PAINT_WIDTH);
	int top = bound(fmin(a.y, b.y) - radius, PAINT_HEIGHT);
	int bottom = bound(fmax(a.y, b.y) + radius + 1, PAINT_HEIGHT);
	double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;

	for (int y = top; y < bottom; y++) {
		for (int x = left; x < right; x++) {
			double along = length > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length : 0;
			double ox, oy;

			along = along < 0 ? 0 : along > 1 ? 1 : along;
			ox = x - a.x - along * dx;
			oy = y - a.y - along * dy;
			if (ox * ox + oy * oy > radius * radius)
				continue;
			put(p, x, y, c, 0.8 - 0.3 * (ox + oy) / radius);
		}
	}
}

static uint32_t mix(uint32_t v)
{
	v ^= v >> 16;
	v *= 0x7feb352du;
	v ^= v >> 15;
	v *= 0x846ca68bu;
	return v ^ v >> 16;
}

struct colour paint_weave(struct colour c, int x, int y, uint32_t seed, unsigned depth)
{
	uint32_t h = mix((uint32_t)x * 0x9e3779b9u ^ mix((uint32_t)y + seed));
	double light = 1 + ((int)(h % (2 * depth + 1)) - (int)depth) / 100.0;

	return (struct colour){level(c.r * light), level(c.g * light), level(c.b * light)};
}

void paint_expose(struct paint *p, double gain, uint64_t seed)
{
	uint64_t noise = seed * 0x9e3779b97f4a7c15u + 1;
	unsigned scale = (unsigned)lrint(gain * 256);
	uint8_t *v = p->rgb[0][0];

	for (unsigned i = 0; i < sizeof(p->rgb); i++) {
		int to;

		if (i % 16 == 0) {
			noise ^= noise << 13;
			noise ^= noise >> 7;
			noise ^= noise << 17;
		}
		/* Two bits less two: the sum of what a sensor's pixels err by. */
		to = (int)((v[i] * scale + 128) >> 8) + (int)(noise >> (4 * (i % 16)) & 3) -
		     (int)(noise >> (4 * (i % 16) + 2) & 3);
		v[i] = (uint8_t)(to < 0 ? 0 : to > 255 ? 255 : to);
	}
}
