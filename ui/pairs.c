/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pairs.h"

#include <string.h>

#include "ui/theme.h"

void pairs_init(struct pairs *p, unsigned room)
{
	memset(p, 0, sizeof(*p));
	p->room = room < PAIRS_MAX ? room : PAIRS_MAX;
	p->screen = 1;
}

void pairs_next_screen(struct pairs *p)
{
	p->screen++;
}

static int distance(int a, int b)
{
	uint32_t x = theme_rgb(a), y = theme_rgb(b);
	int sum = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		int d = (int)(x >> shift & 255) - (int)(y >> shift & 255);

		sum += d * d;
	}
	return sum;
}

static int nearest(const struct pairs *p, uint8_t fg, uint8_t bg)
{
	int best = 0, least = -1;

	for (unsigned i = 0; i < p->used; i++) {
		int d = distance(p->pair[i].fg, fg) + distance(p->pair[i].bg, bg);

		if (least < 0 || d < least) {
			least = d;
			best = (int)i;
		}
	}
	return best;
}

/* A number that nothing on this screen has; -1 none. */
static int find_free(struct pairs *p)
{
	if (p->used < p->room)
		return (int)p->used++;
	for (unsigned i = 0; i < p->room; i++) {
		unsigned at = p->hand;

		p->hand = (p->hand + 1) % p->room;
		if (p->pair[at].screen != p->screen) {
			p->number[p->pair[at].fg][p->pair[at].bg] = 0;
			return (int)at;
		}
	}
	return -1;
}

int pairs_get(struct pairs *p, uint8_t fg, uint8_t bg, bool *made)
{
	int at = p->number[fg][bg] - 1;

	*made = false;
	if (!p->room)
		return -1;
	if (at < 0) {
		at = find_free(p);
		if (at < 0)
			return nearest(p, fg, bg);
		*made = true;
		p->pair[at].fg = fg;
		p->pair[at].bg = bg;
		p->number[fg][bg] = (uint16_t)(at + 1);
	}
	p->pair[at].screen = p->screen;
	return at;
}
