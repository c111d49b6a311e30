/* SPDX-License-Identifier: Apache-2.0 */
/* The alarms in plain words with the number that proves them; calm when there are none. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"

enum { LABEL_W = 7, AGE_W = 7 };

/* A note that is over is history, and told by the events; they come last in the list. */
static int alarms(const struct snapshot *s)
{
	int n = (int)s->nalarms;

	while (n && !s->alarm[n - 1].active && s->alarm[n - 1].level < LEVEL_WARN)
		n--;
	return n;
}

static int want(const struct scene *v, int w)
{
	int n = alarms(v->s);

	(void)w;
	return n ? n : 1;
}

static void draw_calm(const struct snapshot *s, struct area a)
{
	unsigned watching = 0, not_applicable = 0, unmatched = 0;
	int x;

	for (unsigned i = 0; i < s->nchecks; i++) {
		watching += s->check[i].level != LEVEL_UNKNOWN;
		not_applicable += s->check[i].level == LEVEL_UNKNOWN && !s->check[i].absent;
	}
	if (watching == 0) {
		area_text(a, 1, 0, ROLE_UNKNOWN, " -- ");
		area_text(a, LABEL_W, 0, ROLE_UNKNOWN,
			  s->steps ? "nothing is judged yet" : "waiting for the first step");
		return;
	}
	for (unsigned i = 0; s->profile[0] && i < s->njoints; i++)
		unmatched += !s->joint[i].trained;
	area_text(a, 1, 0, ROLE_OK, " ok ");
	x = area_textf(a, LABEL_W, 0, ROLE_TEXT, "no alarms, %u checks watch", watching);
	if (not_applicable)
		x = area_textf(a, x, 0, ROLE_DIM, ", %u cannot (Tab: why)", not_applicable);
	if (unmatched)
		area_textf(a, x, 0, ROLE_WARN, ", %u joint%s not in profile", unmatched,
			   unmatched > 1 ? "s" : "");
}

/* The sentence of an alarm; one that says nothing is described by its numbers. */
static void sentence(const struct view_alarm *al, char *dst, size_t size)
{
	char value[NUMBER_BYTES], limit[NUMBER_BYTES];
	const char *unit = panel_unit(al->unit);

	if (al->message[0])
		snprintf(dst, size, "%s: %s", al->code, al->message);
	else
		snprintf(dst, size, "%s: %s %s%s%s, limit %s", al->code, al->subject,
			 number_text(value, al->value, 9, 2), unit[0] ? " " : "", unit,
			 number_text(limit, al->threshold, 9, 2));
}

/* more: so many alarms have no line of their own. */
static void draw_alarm(const struct view_alarm *al, struct area a, int y, int more)
{
	char text[CODE_BYTES + MESSAGE_BYTES + 64], age[NUMBER_BYTES], right[64] = "";
	enum role word = al->level == LEVEL_FAIL && al->active ? ROLE_ALERT : level_role(al->level);
	int x = LABEL_W, width;

	area_text(a, 1, y, al->active ? word : ROLE_DIM, level_mark(al->level));
	if (!al->active)
		x = area_text(a, x, y, ROLE_DIM, "over: ");
	sentence(al, text, sizeof(text));
	if (al->count > 1)
		snprintf(right, sizeof(right), " x%u", al->count);
	if (more)
		snprintf(right + strlen(right), sizeof(right) - strlen(right), " +%d more", more);
	/* The age only where it costs no word of the sentence. */
	if (x + text_width(a.c, text) + (int)strlen(right) + AGE_W <= a.w)
		snprintf(right + strlen(right), sizeof(right) - strlen(right), " %5s",
			 number_age(age, al->since_s));
	width = text_width(a.c, right);
	area_fit(a, x, y, a.w - x - width, al->active ? ROLE_TEXT : ROLE_DIM, FIT_LEFT, text);
	area_text(a, a.w - width, y, ROLE_DIM, right);
}

static void draw(const struct scene *v, struct area a)
{
	const struct snapshot *s = v->s;
	int n = alarms(s), shown = n < a.h ? n : a.h;

	if (shown == 0)
		draw_calm(s, a);
	for (int i = 0; i < shown; i++)
		draw_alarm(&s->alarm[i], a, i, i == shown - 1 ? n - shown : 0);
}

const struct panel_class panel_alarms = {
	.name = "alarms",
	.summary = "alarms in plain words, those that stand and the worst first",
	.min_h = 1,
	.good_h = 3,
	.want = want,
	.draw = draw,
};
