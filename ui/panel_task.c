/* SPDX-License-Identifier: Apache-2.0 */
/* Task against the training tasks, policy, units; start pose and first action of the episode. */
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"

enum { LABEL_W = 7, TASK_MIN_W = 12 };

static int want(const struct scene *v, int w)
{
	(void)v;
	(void)w;
	return 2;
}

/* What the policy is told, where it is seen and the task says something else, or nothing. */
static bool told_prompt(const struct snapshot *s)
{
	return s->chunk.seen && s->chunk.prompt[0] && strcmp(s->chunk.prompt, s->task) != 0;
}

static enum role task_verdict(const struct snapshot *s, char *dst, size_t size)
{
	if (s->task_index == -2) {
		snprintf(dst, size, "no training profile: see policytop learn");
		return ROLE_UNKNOWN;
	}
	if (s->task[0] == '\0' && !told_prompt(s)) {
		snprintf(dst, size, "not known to any source");
		return ROLE_UNKNOWN;
	}
	if (told_prompt(s) && s->chunk.match == PROMPT_TASK) {
		snprintf(dst, size, "= training task %d", s->chunk.task);
		return ROLE_OK;
	}
	if (told_prompt(s) || s->task_index < 0) {
		snprintf(dst, size, "! is NOT a training task");
		return ROLE_WARN;
	}
	snprintf(dst, size, "= training task %d (%u/%u eps)", s->task_index, s->task_episodes,
		 s->profile_episodes);
	return ROLE_OK;
}

static void draw_task(const struct scene *v, struct area a)
{
	const struct snapshot *s = v->s;
	char quoted[TASK_BYTES + 16] = "", verdict[96];
	enum role r = task_verdict(s, verdict, sizeof(verdict));
	int x, room, width;

	area_text(a, 1, 0, ROLE_DIM, "task");
	if (told_prompt(s))
		snprintf(quoted, sizeof(quoted), "prompt \"%s\"", s->chunk.prompt);
	else if (s->task[0])
		snprintf(quoted, sizeof(quoted), "\"%s\"", s->task);
	room = a.w - LABEL_W - text_width(a.c, verdict) - 1;
	width = text_width(a.c, quoted);
	width = width > room ? room > TASK_MIN_W ? room : TASK_MIN_W : width;
	area_fit(a, LABEL_W, 0, width, ROLE_TEXT, FIT_LEFT, quoted);
	x = area_text(a, LABEL_W + width + (width > 0), 0, r, verdict);
	room = a.w - x - 4;
	if (s->policy[0] && room >= TASK_MIN_W) {
		width = text_width(a.c, s->policy) < room ? text_width(a.c, s->policy) : room;
		area_fit(a, x + 3, 0, width, ROLE_DIM, FIT_MIDDLE, s->policy);
	}
}

static enum role start_role(const struct snapshot *s)
{
	enum level worst = LEVEL_OK;
	static const char *const codes[] = {"home", "first-action"};

	for (unsigned i = 0; i < s->nchecks; i++) {
		for (size_t k = 0; k < sizeof(codes) / sizeof(codes[0]); k++) {
			if (!strcmp(s->check[i].code, codes[k]) && s->check[i].level > worst)
				worst = s->check[i].level;
		}
	}
	return worst == LEVEL_OK ? ROLE_TEXT : level_role(worst);
}

/* A profile was named, and it knows none of the joints. */
static bool other_robot(const struct snapshot *s)
{
	for (unsigned i = 0; i < s->njoints; i++) {
		if (s->joint[i].trained)
			return false;
	}
	return s->profile[0] && s->njoints;
}

static void draw(const struct scene *v, struct area a)
{
	const struct snapshot *s = v->s;
	struct area line = area_sub(a, 0, 1, a.w, 1);

	draw_task(v, a);
	area_text(line, 1, 0, ROLE_DIM, "start");
	if (s->start_text[0])
		area_fit(line, LABEL_W, 0, a.w - LABEL_W - 1, start_role(s), FIT_LEFT,
			 s->start_text);
	else
		area_textf(line, LABEL_W, 0, ROLE_UNKNOWN, "pose and first action not judged%s%s",
			   other_robot(s) ? ": no joint is in profile " : "",
			   other_robot(s) ? s->profile : "");
}

const struct panel_class panel_task = {
	.name = "task",
	.summary = "task against training, policy, start pose, first action",
	.min_h = 2,
	.want = want,
	.draw = draw,
};
