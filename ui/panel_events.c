/* SPDX-License-Identifier: Apache-2.0 */
/* What happened, newest first. */
#include "ui/panel.h"

enum { TITLE_FROM_H = 4, AGE_W = 6 };

static int want(const struct scene *v, int w)
{
	(void)w;
	return 2 + (int)v->s->nevents;
}

static void draw_event(const struct view_event *e, struct area a, int y)
{
	char age[NUMBER_BYTES];
	bool raised = e->level >= LEVEL_WARN;

	area_fit(a, 0, y, AGE_W, ROLE_DIM, FIT_RIGHT, number_age(age, e->age_s));
	if (e->level >= LEVEL_NOTE)
		area_text(a, AGE_W + 1, y, level_role(e->level), level_mark(e->level));
	area_fit(a, AGE_W + 6, y, a.w - AGE_W - 7, raised ? ROLE_TEXT : ROLE_DIM, FIT_LEFT,
		 e->text);
}

static void draw(const struct scene *v, struct area a)
{
	bool focused = v->ui->focus == FOCUS_EVENTS;
	int title = a.h >= TITLE_FROM_H ? 1 : 0, visible = a.h - title, total = (int)v->s->nevents;
	int most = total > visible ? total - visible : 0;
	int first = v->ui->scroll[FOCUS_EVENTS] > most ? most : v->ui->scroll[FOCUS_EVENTS];

	if (title) {
		area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
		area_text(a, 0, 0, ROLE_COLUMN, focused ? ">EVENTS" : " EVENTS");
		panel_position(a, ROLE_COLUMN, first, visible, total);
	}
	if (total == 0)
		area_text(a, 1, title, ROLE_DIM, "nothing has happened yet");
	for (int i = 0; i < visible && first + i < total; i++)
		draw_event(&v->s->event[first + i], a, title + i);
}

const struct panel_class panel_events = {
	.name = "events",
	.summary = "what happened, newest first",
	.focus = true,
	.min_h = 1,
	.want = want,
	.draw = draw,
};
