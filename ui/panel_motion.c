/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How it moves: path, net motion and roughness beside training, then the gripper. Twitching and a
 * gripper that hovers are seen here long before a check may call them an alarm.
 */
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"

enum { LABEL_W = 7 };

#define STALLED_S 1.0 /* shorter rests are part of every grasp */

static const struct view_check *find(const struct snapshot *s, const char *code)
{
	for (unsigned i = 0; i < s->nchecks && i < VIEW_CHECKS; i++) {
		if (strcmp(s->check[i].code, code) == 0)
			return &s->check[i];
	}
	return NULL;
}

static bool judged(const struct view_check *c)
{
	return c && c->level != LEVEL_UNKNOWN;
}

static int want(const struct scene *v, int w)
{
	(void)w;
	return judged(find(v->s, "gripper")) ? 2 : 1;
}

static void draw_line(const struct view_check *c, struct area a, int y, const char *label)
{
	area_text(a, 1, y, ROLE_DIM, label);
	if (!c || c->why[0] == '\0')
		area_text(a, LABEL_W, y, ROLE_UNKNOWN, "not judged yet");
	else
		area_fit(a, LABEL_W, y, a.w - LABEL_W - 1,
			 !judged(c)		  ? ROLE_UNKNOWN
			 : c->level >= LEVEL_NOTE ? level_role(c->level)
						  : ROLE_TEXT,
			 FIT_LEFT, c->why);
}

/* At the right end; how far it came may be cut for that. Returns the columns it takes. */
static int draw_stalled(const struct snapshot *s, struct area a)
{
	char text[48], n[NUMBER_BYTES];
	int w;

	if (!(s->stalled_s >= STALLED_S))
		return 0;
	snprintf(text, sizeof(text), "stalled %s", number_age(n, s->stalled_s));
	w = text_width(a.c, text) + 2;
	area_text(a, a.w - w, 0, ROLE_NOTE, text);
	return w;
}

static void draw(const struct scene *v, struct area a)
{
	const struct view_check *gripper = find(v->s, "gripper");
	int stalled = draw_stalled(v->s, a);

	draw_line(find(v->s, "motion"), area_sub(a, 0, 0, a.w - stalled, 1), 0, "move");
	if (a.h > 1 && judged(gripper))
		draw_line(gripper, a, 1, "grip");
}

const struct panel_class panel_motion = {
	.name = "motion",
	.summary = "path, net motion, roughness and gripper beside training",
	.min_h = 1,
	.want = want,
	.draw = draw,
};
