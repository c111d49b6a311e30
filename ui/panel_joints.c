/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The joint table. Columns are rows of a table: each says from which screen width on it is shown.
 * What is left goes to the range bar.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/bar.h"
#include "ui/columns.h"
#include "ui/panel.h"
#include "ui/policy_text.h"

enum {
	NAME_MIN_W = 8,
	NAME_MAX_W = 30,
	NAME_UNTRAINED_W = 22, /* where no bar needs the room */
	BAR_MAX_W = 90,
	FLAG_MIN_W = 7,
	FLAG_W = 9, /* "!tracking" */
	FLAG_WIDE_W = 16,
	NEIGHBOURS = 4
};

enum { WIDE_FROM = 120 };

struct widths {
	int name, bar, flag;
	int tail; /* columns of a cut name that come from its end */
};

/* How many neighbours look the same when names are cut to w with that tail. */
static int same_names(const struct scene *v, const struct canvas *c, int w, int tail)
{
	char a[NAME_BYTES], b[NAME_BYTES] = "", name[NAME_BYTES];
	int same = 0;

	for (unsigned i = 0; i < v->s->njoints; i++) {
		policy_joint(name, &v->s->joint[i]);
		text_fit(a, sizeof(a), c, name, w, tail);
		for (unsigned k = i + 1; k < v->s->njoints && k <= i + NEIGHBOURS; k++) {
			policy_joint(name, &v->s->joint[k]);
			text_fit(b, sizeof(b), c, name, w, tail);
			same += strcmp(a, b) == 0;
		}
	}
	return same;
}

/* Long names are cut where that leaves them different: "left/finger_14…n" for a hand. */
static int best_tail(const struct scene *v, const struct canvas *c, int w)
{
	int best = w / 2, least = same_names(v, c, w, best);

	for (int tail = w - 2; tail > 0 && least > 0; tail--) {
		int same = same_names(v, c, w, tail);

		if (same < least) {
			least = same;
			best = tail;
		}
	}
	return best;
}

static bool any_trained(const struct snapshot *s)
{
	for (unsigned i = 0; i < s->njoints; i++) {
		if (s->joint[i].trained)
			return true;
	}
	return false;
}

static struct widths measure(const struct scene *v, struct area a)
{
	struct widths m = {NAME_MIN_W, 0,
			   a.w >= WIDE_FROM ? FLAG_WIDE_W
			   : a.w >= 76	    ? FLAG_W
					    : FLAG_MIN_W,
			   0};
	char name[NAME_BYTES];
	int used = 0, most = a.w >= 150 ? NAME_MAX_W : a.w >= WIDE_FROM ? 22 : a.w >= 76 ? 16 : 14;

	if (a.w >= 76 && a.w < WIDE_FROM && !any_trained(v->s))
		most = NAME_UNTRAINED_W;
	for (unsigned i = 0; i < v->s->njoints; i++) {
		policy_joint(name, &v->s->joint[i]);
		if (text_width(a.c, name) > m.name)
			m.name = text_width(a.c, name);
	}
	m.tail = m.name > most ? best_tail(v, a.c, most) : 0;
	m.name = m.name > most ? most : m.name;
	for (size_t i = 0; column_table[i].title; i++)
		used += column_shown(&column_table[i], v->s, a.w) ? column_table[i].w : 0;
	m.bar = a.w - 1 - m.name - used - 2 - m.flag;
	m.bar = m.bar > BAR_MAX_W ? BAR_MAX_W : m.bar < BAR_MIN_W ? 0 : m.bar;
	return m;
}

/* Ends and marks of the bars, over them. */
static void draw_legend(const struct snapshot *s, struct area a)
{
	bool roomy = a.w >= 40;
	int x;

	area_text(a, 0, 0, ROLE_COLUMN, roomy ? "min [q01" : "");
	area_text(a, a.w - 8, 0, ROLE_COLUMN, roomy ? "q99] max" : "");
	x = area_textf(a, a.w / 2 - 6, 0, ROLE_COLUMN, "\xe2\x97\x8f=%s", panel_got_word(s));
	area_text(a, x + 1, 0, ROLE_COLUMN, "\xe2\x96\xb6=asked");
}

static void draw_titles(const struct scene *v, struct area a, const struct widths *m, int first,
			int visible)
{
	char title[48];
	int x = 1 + m->name;

	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	snprintf(title, sizeof(title), "JOINT %s", units_word(v->ui->units, v->s));
	area_fit(a, 1, 0, m->name, ROLE_COLUMN, FIT_LEFT, title);
	for (size_t i = 0; column_table[i].title; i++) {
		const struct column *c = &column_table[i];

		if (!column_shown(c, v->s, a.w))
			continue;
		area_fit(a, x, 0, c->w, ROLE_COLUMN, FIT_RIGHT, c->title);
		x += c->w;
	}
	x += 1;
	if (m->bar >= 18)
		draw_legend(v->s, area_sub(a, x, 0, m->bar, 1));
	panel_position(a, ROLE_COLUMN, first, visible, (int)v->s->njoints);
}

/* "!! SEAM" fail, "! seam" warn; else what the gripper holds. */
static void draw_flag(struct area a, int x, int y, int w, const struct view_joint *j)
{
	char text[CODE_BYTES + 16] = "";
	enum role r = level_role(j->level);

	if (j->level >= LEVEL_WARN) {
		snprintf(text, sizeof(text), "%s%s", j->level == LEVEL_FAIL ? "!!" : "!", j->code);
		for (char *p = text; j->level == LEVEL_FAIL && *p; p++)
			*p = (char)toupper((unsigned char)*p);
	} else if (j->level == LEVEL_NOTE) {
		snprintf(text, sizeof(text), "+%s", j->code);
	}
	if (text[0])
		x = area_text(area_sub(a, 0, 0, x + w, a.h), x, y, r, text) + 1;
	if (j->gripper && (text[0] == '\0' || w >= FLAG_WIDE_W))
		area_text(a, x, y, j->gripper_state < 0 ? ROLE_UNKNOWN : ROLE_DIM,
			  j->gripper_state < 0	 ? "grip ?"
			  : j->gripper_state > 0 ? "CLOSED"
						 : "OPEN");
}

static const char *untrained(const struct snapshot *s, int w)
{
	if (s->profile[0] == '\0')
		return "no profile";
	return w >= 20 ? "not in the profile" : "untrained";
}

static void draw_joint(const struct scene *v, struct area a, const struct widths *m, unsigned joint,
		       int y)
{
	const struct view_joint *j = &v->s->joint[joint];
	bool selected = joint == v->ui->selected;
	char name[NAME_BYTES], fitted[NAME_BYTES];
	int x = 1 + m->name;

	policy_joint(name, j);
	area_text(a, 0, y, ROLE_TEXT, selected ? ">" : " ");
	text_fit(fitted, sizeof(fitted), a.c, name, m->name, m->tail);
	area_text(a, 1, y, j->level >= LEVEL_WARN ? level_role(j->level) : ROLE_TEXT, fitted);
	for (size_t i = 0; column_table[i].title; i++) {
		struct cell_text t = {"", ROLE_TEXT};

		if (!column_shown(&column_table[i], v->s, a.w))
			continue;
		column_table[i].fill(&t, j, v->ui->units, column_table[i].w);
		area_fit(a, x, y, column_table[i].w, t.role, FIT_RIGHT, t.text);
		x += column_table[i].w;
	}
	if (j->trained)
		bar_draw(a, x + 1, y, m->bar, j);
	else if (m->bar)
		area_fit(a, x + 2, y, m->bar - 1, ROLE_UNKNOWN, FIT_LEFT, untrained(v->s, m->bar));
	draw_flag(a, x + m->bar + 2, y, m->flag, j);
	if (selected)
		area_select(area_sub(a, 0, y, a.w, 1));
}

static void draw(const struct scene *v, struct area a)
{
	struct widths m = measure(v, a);
	int visible = a.h - 1, n = (int)v->s->njoints;
	int first = panel_page_first((int)v->ui->selected, visible, n);

	draw_titles(v, a, &m, first, visible);
	if (n == 0)
		area_text(a, 1, 1, ROLE_UNKNOWN, "no joints yet: no source has said hello");
	for (int i = 0; i < visible && first + i < n; i++)
		draw_joint(v, a, &m, (unsigned)(first + i), 1 + i);
}

static int want(const struct scene *v, int w)
{
	(void)w;
	return 1 + (v->s->njoints ? (int)v->s->njoints : 1);
}

const struct panel_class panel_joints = {
	.name = "joints",
	.summary = "each joint beside its training statistics",
	.focus = true,
	.min_h = 4,
	.good_h = 7,
	.want = want,
	.draw = draw,
};
