/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/checklist.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/number.h"

enum { MARK_W = 4, CODE_W = 14, SUBJECT_W = 18, BAR_W = 14, HEAD_H = 3 };

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

/* Where a joint is in the range of its starts: the operator brings the arm there by it. */
static void draw_bar(struct area a, int x, int y, const struct checklist_range *r, double v,
		     enum role role)
{
	double span = r->high - r->low;
	int from, to, at;

	if (!(span > 0) || isnan(v))
		return;
	from = (int)((r->min - r->low) / span * (BAR_W - 1));
	to = (int)((r->max - r->low) / span * (BAR_W - 1));
	at = (int)(fmin(fmax((v - r->low) / span, 0), 1) * (BAR_W - 1));
	for (int i = 0; i < BAR_W; i++)
		area_text(a, x + i, y, i >= from && i <= to ? ROLE_BAND : ROLE_AXIS,
			  i == from ? "["
			  : i == to ? "]"
				    : ".");
	area_text(a, x + at, y, role, "o");
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
	area_fit(a, MARK_W, y, CODE_W - 1, ROLE_TEXT, FIT_LEFT, i->code);
	area_fit(a, x, y, SUBJECT_W - 1, ROLE_DIM, FIT_LEFT, i->subject);
	x += SUBJECT_W;
	if (r && strcmp(i->code, "pose") == 0) {
		draw_bar(a, x, y, r, i->value, role);
		x += BAR_W + 1;
	}
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

/* Groups in the order of their first items. Returns how many lines there are. */
static int draw_groups(const struct checklist *l, struct area a)
{
	int line = 0;

	for (size_t k = 0; k < l->n; k++) {
		char title[NAME_BYTES];

		if (!is_first(l, k))
			continue;
		snprintf(title, sizeof(title), "%s", l->item[k].group);
		for (char *c = title; *c; c++)
			*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
		area_text(a, 0, line++ - l->first, ROLE_COLUMN, title);
		for (size_t p = k; p < l->n; p++) {
			if (strcmp(l->item[p].group, l->item[k].group) == 0)
				draw_item(l, &l->item[p], a, line++ - l->first);
		}
	}
	return line;
}

void checklist_draw(struct canvas *c, const struct checklist *l)
{
	struct area a = canvas_area(c), bar = area_sub(a, 0, a.h - 1, a.w, 1);

	draw_head(a, l);
	draw_groups(l, area_sub(a, 0, HEAD_H, a.w, a.h - HEAD_H - 1));
	area_fill(bar, ROLE_BAR, ' ');
	if (l->input)
		area_textf(bar, 0, 0, ROLE_PROMPT, " waive CODE[:SUBJECT]=REASON: %s_", l->input);
	else if (l->message && l->message[0])
		area_text(bar, 1, 0, ROLE_BAR, l->message);
	else
		area_text(
			bar, 0, 0, ROLE_BAR,
			"r recheck  w waive + reason  j/k scroll  q quit    no GO while ?? or XX");
}
