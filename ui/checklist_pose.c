/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A joint on its way home: where it is, the starts of training as a band with the joint in it or
 * beside it, and how far outside it is.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/checklist_impl.h"
#include "ui/number.h"

enum { NAME_W = 14, NUMBER_W = 7, BAND_W = 10, BESIDE_LEAST = 3, BESIDE_MOST = 10, ADVICE_W = 17 };

/* Columns beside the band, on both sides: what is left of the width. */
static int beside(struct area a, int x)
{
	int left = a.w - x - NAME_W - 4 * NUMBER_W - BAND_W - 1 - ADVICE_W;

	return left / 2 < BESIDE_LEAST	? BESIDE_LEAST
	       : left / 2 > BESIDE_MOST ? BESIDE_MOST
					: left / 2;
}

/* Beyond the band the joint's whole range in training is as wide as there are columns. */
static int place(const struct checklist_range *r, double v, int side)
{
	double band = r->max - r->min, far;

	if (v >= r->min && v <= r->max)
		return side + 1 +
		       (band > 0 ? (int)((v - r->min) / band * (BAND_W - 3) + 0.5)
				 : BAND_W / 2 - 1);
	if (v > r->max) {
		far = (v - r->max) / fmax(r->high - r->max, 1e-9);
		return side + BAND_W + (int)(fmin(far, 1) * (side - 1));
	}
	far = (r->min - v) / fmax(r->min - r->low, 1e-9);
	return side - 1 - (int)(fmin(far, 1) * (side - 1));
}

static void draw_band(struct area a, int x, int y, const struct checklist_range *r, double v,
		      int side, enum role role)
{
	area_text(a, x + side, y, ROLE_AXIS, "[");
	for (int i = 1; i < BAND_W - 1; i++)
		area_text(a, x + side + i, y, ROLE_BAND, ".");
	area_text(a, x + side + BAND_W - 1, y, ROLE_AXIS, "]");
	if (isfinite(v))
		area_text(a, x + place(r, v, side), y, role, "o");
}

void checklist_pose_head(struct area a, int x, int y)
{
	int side = beside(a, x), at = x + NAME_W;

	area_fit(a, at, y, NUMBER_W - 1, ROLE_COLUMN, FIT_RIGHT, "now");
	area_fit(a, at + NUMBER_W, y, NUMBER_W - 1, ROLE_COLUMN, FIT_RIGHT, "from");
	at += 2 * NUMBER_W;
	area_fit(a, at, y, 2 * side + BAND_W, ROLE_COLUMN, FIT_MIDDLE, "starts");
	at += 2 * side + BAND_W;
	area_fit(a, at, y, NUMBER_W - 1, ROLE_COLUMN, FIT_LEFT, "to");
	area_fit(a, at + NUMBER_W, y, NUMBER_W - 1, ROLE_COLUMN, FIT_RIGHT, "off");
}

void checklist_pose(struct area a, int x, int y, const struct preflight_item *i,
		    const struct checklist_range *r, enum role role)
{
	double v = i->value, off = v > r->max ? v - r->max : v < r->min ? v - r->min : 0;
	char name[NAME_BYTES], number[NUMBER_BYTES], text[2 * MESSAGE_BYTES];
	int side = beside(a, x), at = x + NAME_W;

	joint_short_name(name, i->subject);
	area_fit(a, x, y, NAME_W - 1, ROLE_TEXT, FIT_LEFT, name);
	area_fit(a, at, y, NUMBER_W - 1, ROLE_TEXT, FIT_RIGHT, number_text(number, v, 6, 1));
	area_fit(a, at + NUMBER_W, y, NUMBER_W - 1, ROLE_DIM, FIT_RIGHT,
		 number_text(number, r->min, 6, 1));
	at += 2 * NUMBER_W;
	draw_band(a, at, y, r, v, side, role);
	at += 2 * side + BAND_W;
	area_fit(a, at, y, NUMBER_W - 1, ROLE_DIM, FIT_LEFT, number_text(number, r->max, 6, 1));
	area_fit(a, at + NUMBER_W, y, NUMBER_W - 1, i->level >= LEVEL_WARN ? role : ROLE_TEXT,
		 FIT_RIGHT, number_text(number, off, 6, 1));
	at += 2 * NUMBER_W + 1;
	if (i->waived)
		snprintf(text, sizeof(text), "waived: %s", i->reason);
	else
		snprintf(text, sizeof(text), "%s", i->advice);
	area_fit(a, at, y, a.w - at, i->level >= LEVEL_WARN ? role : ROLE_DIM, FIT_LEFT, text);
}
