/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every check with value and threshold, or why it is not applicable. As a list where there are
 * lines for it, else as running text of codes and numbers.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/layout.h"
#include "ui/panel.h"

enum { CODE_W = 13, VALUE_W = 15, LIST_FROM_H = 4, NARROW_LINES = 2, LABEL_W = 7, MORE_W = 4 };

static bool focused(const struct scene *v)
{
	return v->ui->focus == FOCUS_CHECKS;
}

static int want(const struct scene *v, int w)
{
	int list = 1 + (v->s->nchecks ? (int)v->s->nchecks : 1);

	/* Beside another panel it is never as wide as a whole narrow screen needs to be. */
	return focused(v) || w < LAYOUT_MIN_W || w > LAYOUT_WIDE ? list : NARROW_LINES;
}

/* Higher comes first: raised ones, then those that judge, those that cannot, those that need not. */
static int rank(const struct view_check *c)
{
	return c->level == LEVEL_UNKNOWN && c->absent ? -1 : (int)c->level;
}

static void order(const struct snapshot *s, unsigned *at)
{
	unsigned n = 0;

	for (int want = LEVEL_FAIL; want >= -1; want--) {
		for (unsigned i = 0; i < s->nchecks && i < VIEW_CHECKS; i++) {
			if (rank(&s->check[i]) == want)
				at[n++] = i;
		}
	}
}

/* "0.2/1" is far from its limit; so is "23≥3". */
static const char *between(const struct view_check *c)
{
	return c->least ? "\xe2\x89\xa5" : "/";
}

static void value_text(const struct view_check *c, char *dst, size_t size)
{
	char value[NUMBER_BYTES], limit[NUMBER_BYTES];

	if (isnan(c->value))
		snprintf(dst, size, "-");
	else if (isnan(c->threshold))
		snprintf(dst, size, "%s %s", number_short(value, c->value, 7), panel_unit(c->unit));
	else
		snprintf(dst, size, "%s%s%s %s", number_short(value, c->value, 7), between(c),
			 number_short(limit, c->threshold, 7), panel_unit(c->unit));
}

static void draw_row(const struct view_check *c, struct area a, int y)
{
	enum role r = level_role(c->level);
	char text[64];
	int x;

	area_text(a, 0, y, r, level_mark(c->level));
	area_fit(a, 5, y, CODE_W, c->level >= LEVEL_WARN ? r : ROLE_TEXT, FIT_LEFT, c->code);
	x = 5 + CODE_W;
	if (c->level != LEVEL_UNKNOWN) {
		value_text(c, text, sizeof(text));
		area_fit(a, x, y, VALUE_W, ROLE_TEXT, FIT_RIGHT, text);
		x += VALUE_W + 1;
	}
	area_fit(a, x, y, a.w - x - 1, c->level == LEVEL_UNKNOWN ? ROLE_UNKNOWN : ROLE_DIM,
		 FIT_LEFT, c->why[0] ? c->why : c->subject);
}

static void draw_list(const struct scene *v, struct area a)
{
	unsigned at[VIEW_CHECKS] = {0};
	int visible = a.h - 1, total = (int)v->s->nchecks;
	int most = total > visible ? total - visible : 0;
	int first = v->ui->scroll[FOCUS_CHECKS] > most ? most : v->ui->scroll[FOCUS_CHECKS];

	order(v->s, at);
	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	area_text(a, 0, 0, ROLE_COLUMN, focused(v) ? ">CHECK" : " CHECK");
	area_fit(a, 5 + CODE_W, 0, VALUE_W, ROLE_COLUMN, FIT_RIGHT, "value/limit");
	for (int i = 0; i < visible && first + i < total; i++)
		draw_row(&v->s->check[at[first + i]], a, 1 + i);
	panel_position(a, ROLE_COLUMN, first, visible, total);
}

/* Measures or draws one item of the running text. */
static int item_text(const struct view_check *c, char *dst, size_t size)
{
	char value[NUMBER_BYTES], limit[NUMBER_BYTES];

	if (c->level == LEVEL_UNKNOWN)
		return snprintf(dst, size, "-- %s", c->code);
	if (isnan(c->value) || isnan(c->threshold))
		return snprintf(dst, size, "%s", c->code);
	return snprintf(dst, size, "%s %s%s%s", c->code, number_short(value, c->value, 5),
			between(c), number_short(limit, c->threshold, 5));
}

/*
 * What has no place in the running text: the lines "start" and "move" tell these already, in the colour
 * of their level; and of what is not there, there is nothing to tell.
 */
static bool left_out(const struct view_check *c)
{
	return rank(c) < 0 || strcmp(c->code, "home") == 0 ||
	       strcmp(c->code, "first-action") == 0 || strcmp(c->code, "motion") == 0;
}

static void draw_running(const struct scene *v, struct area a)
{
	unsigned at[VIEW_CHECKS] = {0};
	unsigned left = 0;
	int x = LABEL_W, y = 0;

	order(v->s, at);
	area_text(a, 1, 0, ROLE_DIM, "check");
	for (unsigned i = 0; i < v->s->nchecks; i++) {
		const struct view_check *c = &v->s->check[at[i]];
		bool raised = c->level >= LEVEL_WARN;
		char text[96];
		int width;

		if (left_out(c))
			continue;
		item_text(c, text, sizeof(text));
		width = text_width(a.c, text) + (raised ? 5 : 0);
		if (x + width > a.w - (y == a.h - 1 ? MORE_W : 1)) {
			x = y == a.h - 1 ? x : LABEL_W;
			y++;
		}
		if (y >= a.h) {
			for (unsigned k = i; k < v->s->nchecks; k++)
				left += !left_out(&v->s->check[at[k]]);
			area_textf(a, x, a.h - 1, ROLE_DIM, "+%u", left);
			return;
		}
		if (raised)
			x = area_text(a, x, y, level_role(c->level), level_mark(c->level)) + 1;
		x = area_text(a, x, y,
			      raised	 ? ROLE_TEXT
			      : c->level ? ROLE_DIM
					 : ROLE_UNKNOWN,
			      text);
		x += 2;
	}
}

static void draw(const struct scene *v, struct area a)
{
	if (v->s->nchecks == 0)
		area_text(a, 1, 0, ROLE_UNKNOWN, "checks: none has run yet");
	else if (a.h >= LIST_FROM_H)
		draw_list(v, a);
	else
		draw_running(v, a);
}

const struct panel_class panel_checks = {
	.name = "checks",
	.summary = "every check with value and limit, or why it cannot judge",
	.focus = true,
	.min_h = 1,
	.want = want,
	.draw = draw,
};
