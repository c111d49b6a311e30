/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bar.h"

#include <math.h>

enum { RUNE_GOT = 0x25cf, RUNE_ASKED = 0x25b6 };

/* Column within w for a value: 0 and w-1 are outside, 1 and w-2 the ends of training. */
static int column(const struct view_joint *j, int w, double v)
{
	double at;

	if (!(j->max > j->min))
		return v < j->min ? 0 : v > j->max ? w - 1 : w / 2;
	if (v < j->min)
		return 0;
	if (v > j->max)
		return w - 1;
	at = (v - j->min) / (j->max - j->min) * (w - 5);
	return at >= 0 ? 2 + (int)(at + 0.5) : w / 2; /* infinite ends have no scale */
}

static void marker(struct area box, const struct view_joint *j, double v, enum role r,
		   uint32_t rune)
{
	int at;

	if (isnan(v))
		return;
	at = column(j, box.w, v);
	area_rune(box, at, 0, at == 0 || at == box.w - 1 ? ROLE_WARN : r, rune);
}

void bar_draw(struct area a, int x, int y, int w, const struct view_joint *j)
{
	struct area box = area_sub(a, x, y, w, 1);
	int lo, hi;

	if (w < BAR_MIN_W || box.w < w || !j->trained)
		return;
	lo = column(j, w, j->q01);
	hi = column(j, w, j->q99);
	area_rune(box, 1, 0, ROLE_AXIS, 0x2502);
	area_rune(box, w - 2, 0, ROLE_AXIS, 0x2502);
	for (int i = 2; i < w - 2; i++)
		area_rune(box, i, 0, i >= lo && i <= hi ? ROLE_BAND : ROLE_AXIS,
			  i >= lo && i <= hi ? 0x2500 : 0x00b7);
	area_rune(box, lo, 0, ROLE_BAND, 0x251c);
	area_rune(box, hi, 0, ROLE_BAND, 0x2524);
	marker(box, j, j->asked, ROLE_ASKED, RUNE_ASKED);
	marker(box, j, isnan(j->got) ? j->seen : j->got, ROLE_GOT, RUNE_GOT);
}
