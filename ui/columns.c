/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What no source can see has no column (the screen names it as blind), so that the room goes to
 * the range bar. On narrow screens one column stands for got and seen, and sent is a mark.
 */
#include "ui/columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void number(struct cell_text *t, double v, int w, int decimals, enum role r)
{
	number_text(t->text, v, w - 1, decimals);
	t->role = isnan(v) ? ROLE_UNKNOWN : r;
}

static void fill_seen(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	number(t, number_value(u, j, j->seen), w, number_decimals(u, j), ROLE_TEXT);
}

static void fill_got(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	number(t, number_value(u, j, j->got), w, number_decimals(u, j), ROLE_GOT);
}

/* On narrow screens one column: got, and where no source gives that, seen. */
static void fill_got_or_seen(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	double v = isnan(j->got) ? j->seen : j->got;

	number(t, number_value(u, j, v), w, number_decimals(u, j), ROLE_GOT);
}

static void fill_asked(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	number(t, number_value(u, j, j->asked), w, number_decimals(u, j), ROLE_ASKED);
}

static void fill_sent(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	number(t, number_value(u, j, j->sent), w, number_decimals(u, j), ROLE_TEXT);
}

/* Narrow screens: '=' what was asked was sent, to the last digit shown. */
static void fill_same(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	double least = 0.5 * pow(10.0, -number_decimals(UNITS_ROBOT, j));
	bool unknown = isnan(j->sent) || isnan(j->asked);

	(void)u;
	(void)w;
	text_copy(t->text, sizeof(t->text),
		  unknown			      ? "-"
		  : fabs(j->sent - j->asked) <= least ? "="
						      : "!=");
	t->role = unknown ? ROLE_UNKNOWN : t->text[0] == '=' ? ROLE_DIM : ROLE_WARN;
}

static double ratio(double v, double max)
{
	return max > 0 ? v / max : (double)NAN;
}

static enum role ratio_role(double r)
{
	return r > 1 ? ROLE_WARN : ROLE_TEXT;
}

static void fill_error(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	number(t, number_delta(u, j, j->err_now), w, number_decimals(u, j), ROLE_TEXT);
}

static void fill_error_ratio(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	double r = ratio(j->err_peak, j->err_max);

	(void)u;
	number(t, r, w, 1, ratio_role(r));
}

static void fill_step(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	number(t, number_delta(u, j, j->delta_now), w, number_decimals(u, j), ROLE_TEXT);
}

static void fill_step_ratio(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	double r = ratio(j->delta_peak, j->delta_max);

	(void)u;
	number(t, r, w, 1, ratio_role(r));
}

static void fill_z(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	double z = number_value(UNITS_SIGMA, j,
				isnan(j->got) ? isnan(j->seen) ? j->asked : j->seen : j->got);

	(void)u;
	number(t, z, w, 1, fabs(z) > 3 ? ROLE_WARN : ROLE_TEXT);
}

static void fill_start(struct cell_text *t, const struct view_joint *j, enum units u, int w)
{
	char mean[NUMBER_BYTES], std[NUMBER_BYTES];
	int d = number_decimals(u, j);

	if (!j->trained || isnan(j->start_mean)) {
		number(t, (double)NAN, w, 1, ROLE_DIM);
		return;
	}
	snprintf(t->text, sizeof(t->text), "%s \xc2\xb1%s",
		 number_text(mean, number_value(u, j, j->start_mean), 7, d),
		 number_text(std, number_delta(u, j, j->start_std), 6, d));
	t->role = ROLE_DIM;
}

enum { WIDE = 120, WIDER = 150, NARROW = WIDE - 1, ANY = 1 << 20 };

const struct column column_table[] = {
	{"seen", 9, WIDE, ANY, FACT_SEEN, false, fill_seen},
	{"got", 9, WIDE, ANY, FACT_GOT, false, fill_got},
	{"got", 8, 0, NARROW, FACT_GOT, false, fill_got_or_seen},
	{"seen", 8, 0, NARROW, FACT_SEEN, false, fill_got_or_seen},
	{"asked", 8, 0, NARROW, FACT_ASKED, false, fill_asked},
	{"asked", 9, WIDE, ANY, FACT_ASKED, false, fill_asked},
	{"sent", 9, WIDE, ANY, FACT_SENT, false, fill_sent},
	{"sent", 5, 76, NARROW, FACT_SENT, false, fill_same},
	{"err", 8, WIDER, ANY, 0, false, fill_error},
	{"err/max", 8, 76, ANY, 0, false, fill_error_ratio},
	{"\xce\x94", 8, WIDER, ANY, 0, true, fill_step},
	{"\xce\x94/max", 7, 0, ANY, 0, true, fill_step_ratio},
	{"z", 6, WIDE, ANY, 0, false, fill_z},
	{"train start", 15, WIDER, ANY, 0, false, fill_start},
	{0},
};

bool column_shown(const struct column *c, const struct snapshot *s, int table_w)
{
	if (table_w < c->from_w || table_w > c->to_w)
		return false;
	if (c->fill == fill_got_or_seen && c->facts == FACT_SEEN && s->facts & FACT_GOT)
		return false;
	if (c->tick && s->no_tick)
		return false;
	return c->facts == 0 || s->facts & c->facts;
}
