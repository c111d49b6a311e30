/* SPDX-License-Identifier: Apache-2.0 */
/* Last line: the keys, the answer to the last one, or an open question. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/panel.h"

static int want(const struct scene *v, int w)
{
	(void)v;
	(void)w;
	return 1;
}

/* "k word": the key in its own colour. Returns the column after it. */
static int draw_item(struct area a, int x, const char *item)
{
	char key[16];
	size_t n = strcspn(item, " ");

	text_copy(key, n + 1 < sizeof(key) ? n + 1 : sizeof(key), item);
	x = area_text(a, x, 0, ROLE_KEY, key);
	return area_text(a, x, 0, ROLE_BAR, item + n);
}

/* Help and quit are always there; of the others as many as fit. */
static void draw_bar(const struct ui_state *u, struct area a)
{
	static const char *const back[PAGE_N] = {NULL,	   "c back", "t back",
						 "y back", "i back", "o back"};
	int x = 0, right;

	area_fill(a, ROLE_BAR, ' ');
	right = a.w - text_width(a.c, key_table[ACTION_QUIT].bar);
	draw_item(a, right, key_table[ACTION_QUIT].bar);
	right -= text_width(a.c, key_table[ACTION_HELP].bar) + 1;
	draw_item(a, right, key_table[ACTION_HELP].bar);
	if (!u->bell) {
		right -= 9;
		area_text(a, right, 0, ROLE_BAR, "bell off");
	}
	for (unsigned i = 0; i < ACTION_HELP; i++) {
		const char *item = key_table[i].bar;

		if (i == ACTION_PAUSE && u->paused)
			item = "space go on";
		if (i == ACTION_CHUNK && u->page < PAGE_N && back[u->page])
			item = back[u->page];
		if (item && x + text_width(a.c, item) < right)
			x = draw_item(a, x, item) + 1;
	}
}

static void question(const struct ui_state *u, char *dst, size_t size)
{
	const char *word = outcome_word(u->outcome);

	switch (u->mode) {
	case MODE_FIND:
		snprintf(dst, size, " find joint: %s_", u->input);
		break;
	case MODE_NOTE:
		snprintf(dst, size, " note: %s_   (Enter: mark, Esc: no mark)", u->input);
		break;
	case MODE_START:
		snprintf(dst, size, " start an episode now?  Enter: yes   Esc: no");
		break;
	case MODE_OUTCOME:
		if (word)
			snprintf(dst, size,
				 " end episode %u as %s?  Enter: yes   S F X: change   Esc: no",
				 u->episode, word);
		else
			snprintf(dst, size,
				 " end episode %u:  S success  F failure  X discard,  then Enter",
				 u->episode);
		break;
	case MODE_VIEW:
	case MODE_HELP:
		dst[0] = '\0';
		break;
	}
}

static void draw(const struct scene *v, struct area a)
{
	const struct ui_state *u = v->ui;
	char text[TASK_BYTES + 96];

	question(u, text, sizeof(text));
	if (text[0] && !(u->message[0] && u->mode == MODE_OUTCOME)) {
		area_fill(a, ROLE_PROMPT, ' ');
		area_fit(a, 0, 0, a.w, ROLE_PROMPT, FIT_LEFT, text);
	} else if (u->message[0]) {
		area_fill(a, u->message_bad ? ROLE_ALERT : ROLE_PROMPT, ' ');
		area_fit(a, 1, 0, a.w - 1, u->message_bad ? ROLE_ALERT : ROLE_PROMPT, FIT_LEFT,
			 u->message);
	} else if (u->gone[0]) {
		area_fill(a, ROLE_ALERT, ' ');
		area_fit(a, 1, 0, a.w - 1, ROLE_ALERT, FIT_LEFT, u->gone);
	} else {
		draw_bar(u, a);
	}
}

const struct panel_class panel_keys = {
	.name = "keys",
	.summary = "keys, answers and questions",
	.min_h = 1,
	.want = want,
	.draw = draw,
};
