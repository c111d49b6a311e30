/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/checklist.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/checklist_impl.h"
#include "ui/number.h"

enum { MARK_W = 4, CODE_W = 14, SUBJECT_W = 18, HEAD_H = 3, WHOLE_H = 3 };

const char *checklist_mark(const struct preflight_item *i, enum role *role)
{
	static const struct {
		const char *mark;
		enum role role;
	} marks[] = {[LEVEL_UNKNOWN] = {" ?", ROLE_UNKNOWN},
		     [LEVEL_OK] = {"ok", ROLE_OK},
		     [LEVEL_NOTE] = {"--", ROLE_NOTE},
		     [LEVEL_WARN] = {"!!", ROLE_WARN},
		     [LEVEL_FAIL] = {"XX", ROLE_FAIL}};

	*role = i->waived ? ROLE_NOTE : marks[i->level].role;
	if (i->waived)
		return "wv";
	if (i->level == LEVEL_UNKNOWN && i->required) {
		*role = ROLE_FAIL;
		return "??";
	}
	return marks[i->level].mark;
}

/* What is not there comes first: nothing that depends on it can be seen. */
static bool is_absent(const struct preflight_item *i)
{
	return i->level == LEVEL_FAIL && strcmp(i->code, "paths") == 0;
}

/* Not seen because of something that is not there, which is told by itself. */
static bool is_explained(const struct preflight_item *item, size_t n,
			 const struct preflight_item *i)
{
	bool arm = strcmp(i->group, "pose") == 0 || strcmp(i->group, "arm") == 0;

	for (size_t k = 0; k < n && i->level == LEVEL_UNKNOWN; k++) {
		if (!is_absent(&item[k]))
			continue;
		if (arm ? strncmp(item[k].subject, "robot.", 6) == 0
			: strcmp(item[k].subject, i->subject) == 0)
			return true;
	}
	return false;
}

/* What stands in the way, worst first; warnings after that. */
static int weight(const struct preflight_item *i)
{
	if (i->waived)
		return 0;
	if (i->level == LEVEL_FAIL)
		return is_absent(i) ? 4 : 3;
	if (i->level == LEVEL_UNKNOWN && i->required)
		return 2;
	return i->level == LEVEL_WARN;
}

const struct preflight_item *checklist_todo(const struct preflight_item *item, size_t n,
					    unsigned nth)
{
	for (int w = 4; w > 0; w--) {
		for (size_t k = 0; k < n; k++) {
			if (weight(&item[k]) == w && !is_explained(item, n, &item[k]) && nth-- == 0)
				return &item[k];
		}
	}
	return NULL;
}

static void draw_todo(struct area a, int y, const char *word, const struct preflight_item *i)
{
	char text[2 * MESSAGE_BYTES];

	snprintf(text, sizeof(text), "%s %s%s%s: %s", word, i->code, i->subject[0] ? " " : "",
		 i->subject, i->advice[0] ? i->advice : i->message);
	area_fit(a, 2, y, a.w - 3, ROLE_TEXT, FIT_LEFT, text);
}

static void draw_head(struct area a, const struct checklist *l)
{
	enum preflight_verdict v = preflight_judge(l->item, l->n, NULL);
	unsigned fails = 0, warns = 0, unseen = 0, waived = 0;
	const struct preflight_item *todo;
	int x;

	for (size_t k = 0; k < l->n; k++) {
		const struct preflight_item *i = &l->item[k];

		fails += i->level == LEVEL_FAIL && !i->waived;
		warns += i->level == LEVEL_WARN && !i->waived;
		unseen += i->level == LEVEL_UNKNOWN && i->required && !i->waived;
		waived += i->waived;
	}
	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_HEADER, ' ');
	x = area_text(a, 0, 0, ROLE_HEADER, "policytop check ");
	x = area_text(a, x, 0, ROLE_HEADER, l->rig) + 2;
	if (!l->n) /* nothing was looked at yet: that is no GO */
		return;
	x = area_textf(a, x, 0, v == PREFLIGHT_GO ? ROLE_REC : ROLE_ALERT, " %s ",
		       preflight_word(v)) +
	    1;
	area_textf(a, x, 0, ROLE_HEADER, "%u fail  %u warn  %u NOT SEEN  %u waived  of %zu", fails,
		   warns, unseen, waived, l->n);
	todo = checklist_todo(l->item, l->n, 0);
	if (todo)
		draw_todo(a, 1, "1st", todo);
	todo = checklist_todo(l->item, l->n, 1);
	if (todo)
		draw_todo(a, 2, "2nd", todo);
}

static const struct checklist_range *range_of(const struct checklist *l, const char *joint)
{
	for (size_t i = 0; i < l->ranges; i++) {
		if (strcmp(l->range[i].joint, joint) == 0)
			return &l->range[i];
	}
	return NULL;
}

static void draw_item(const struct checklist *l, const struct preflight_item *i, struct area a,
		      int y)
{
	const struct checklist_range *r = range_of(l, i->subject);
	char text[3 * MESSAGE_BYTES];
	enum role role;
	const char *mark = checklist_mark(i, &role);
	int x = MARK_W + CODE_W;

	area_text(a, 1, y, role, mark);
	if (r && strcmp(i->code, "pose") == 0 && isfinite(i->value)) {
		checklist_pose(a, MARK_W, y, i, r, role);
		return;
	}
	area_fit(a, MARK_W, y, CODE_W - 1, ROLE_TEXT, FIT_LEFT, i->code);
	area_fit(a, x, y, SUBJECT_W - 1, ROLE_DIM, FIT_LEFT, i->subject);
	x += SUBJECT_W;
	snprintf(text, sizeof(text), "%s%s%s%s%s", i->advice[0] ? i->advice : "",
		 i->advice[0] ? " - " : "", i->message, i->waived ? " - waived: " : "",
		 i->waived ? i->reason : "");
	area_fit(a, x, y, a.w - x, i->level >= LEVEL_WARN ? role : ROLE_TEXT, FIT_LEFT, text);
}

static bool is_first(const struct checklist *l, size_t k)
{
	for (size_t p = 0; p < k; p++) {
		if (strcmp(l->item[p].group, l->item[k].group) == 0)
			return false;
	}
	return true;
}

/* Groups in the order of their first items; item and line of each are told. */
struct walk {
	size_t group, item; /* indices; item: the next one to look at */
	int nth, line;	    /* of the item that was found, from 0 */
	bool title;	    /* it is the first of its group: the title is on the line before */
};

static const struct preflight_item *walk_next(struct walk *w, const struct checklist *l)
{
	for (; w->group < l->n; w->group++, w->item = w->group) {
		if (!is_first(l, w->group))
			continue;
		w->title = w->item == w->group;
		for (; w->item < l->n; w->item++) {
			if (strcmp(l->item[w->item].group, l->item[w->group].group) != 0)
				continue;
			w->nth++;
			w->line += 1 + w->title;
			return &l->item[w->item++];
		}
	}
	return NULL;
}

static const struct walk walk_begin = {.nth = -1, .line = -1};

const struct preflight_item *checklist_item(const struct checklist *l, int nth, int *line)
{
	const struct preflight_item *i;
	struct walk w = walk_begin;

	while ((i = walk_next(&w, l)) && w.nth < nth)
		;
	*line = w.line;
	return nth < 0 ? NULL : i;
}

static void draw_title(const struct checklist *l, struct area a, int y, const char *group)
{
	char title[NAME_BYTES];

	text_copy(title, sizeof(title), group);
	for (char *c = title; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	area_text(a, 0, y, ROLE_COLUMN, title);
	if (l->ranges && strcmp(group, "pose") == 0)
		checklist_pose_head(a, MARK_W, y);
}

/* The list from a line on that has the selected item in it. */
static void draw_groups(const struct checklist *l, struct area a)
{
	const struct preflight_item *i;
	struct walk w = walk_begin;
	int line, first = 0;

	if (checklist_item(l, l->selected, &line) && line >= a.h)
		first = line - a.h + 1;
	while ((i = walk_next(&w, l))) {
		if (w.title)
			draw_title(l, a, w.line - 1 - first, i->group);
		draw_item(l, i, a, w.line - first);
		if (w.nth == l->selected)
			area_select(area_sub(a, 0, w.line - first, a.w, 1));
	}
}

/* All that is said of an item, over the lines that there are. */
static void draw_whole(struct area a, const struct preflight_item *i)
{
	char text[4 * MESSAGE_BYTES], age[NUMBER_BYTES];
	size_t at = 0, len;

	snprintf(text, sizeof(text), "%s%s%s: %s%s%s%s%s%s%s%s%s", i->code,
		 i->subject[0] ? " " : "", i->subject, i->message, i->advice[0] ? "; do: " : "",
		 i->advice, i->waived ? "; waived: " : "", i->waived ? i->reason : "",
		 i->source[0] ? "; from " : "", i->source, i->age_s >= 0 ? ", age " : "",
		 i->age_s >= 0 ? number_age(age, i->age_s) : "");
	area_fill(a, ROLE_TEXT, ' ');
	len = strlen(text);
	for (int y = 0; y < a.h && at < len; y++) {
		char row[CANVAS_MAX_W + 1];
		size_t n = text_copy(row, (size_t)a.w < sizeof(row) ? (size_t)a.w : sizeof(row),
				     text + at);
		char *blank = at + n < len && y + 1 < a.h ? strrchr(row, ' ') : NULL;

		if (blank)
			blank[1] = '\0';
		area_text(a, 1, y, ROLE_TEXT, row);
		at += strlen(row);
	}
}

void checklist_draw(struct canvas *c, const struct checklist *l)
{
	struct area a = canvas_area(c), bar = area_sub(a, 0, a.h - 1, a.w, 1);
	int line, whole = checklist_item(l, l->selected, &line) ? WHOLE_H : 0;

	draw_head(a, l);
	draw_groups(l, area_sub(a, 0, HEAD_H, a.w, a.h - HEAD_H - 1 - whole));
	if (whole)
		draw_whole(area_sub(a, 0, a.h - 1 - whole, a.w, whole),
			   checklist_item(l, l->selected, &line));
	area_fill(bar, ROLE_BAR, ' ');
	if (l->input)
		area_textf(bar, 0, 0, ROLE_PROMPT, " waive CODE[:SUBJECT]=REASON: %s_", l->input);
	else if (l->message && l->message[0])
		area_text(bar, 1, 0, ROLE_BAR, l->message);
	else
		area_text(bar, 0, 0, ROLE_BAR,
			  "j/k why  r recheck  w waive + reason  q quit    no GO while ?? or XX");
}
