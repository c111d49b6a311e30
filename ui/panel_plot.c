/* SPDX-License-Identifier: Apache-2.0 */
/* The last seconds of the selected joint, the plan ahead, and the facts of the policy's reply. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"
#include "ui/plot.h"
#include "ui/policy_text.h"

enum { FACTS_LINES = 9, FACTS_BELOW_FROM_H = 17 };

static int want(const struct scene *v, int w)
{
	(void)v;
	(void)w;
	return 8;
}

static void draw_labels(struct area a, const struct plot *p, const struct view_joint *j)
{
	char text[NUMBER_BYTES];
	int d = number_decimals(UNITS_ROBOT, j);

	if (d == 1 && p->hi - p->lo < 2)
		d = 2;
	for (int y = 0; y < a.h; y++) {
		double at = p->hi - (p->hi - p->lo) * (y + 0.5) / a.h;
		bool labelled = y == 0 || y == a.h - 1 || (a.h >= 5 && y == a.h / 2);
		bool in = at >= p->q01 && at <= p->q99;

		if (labelled)
			area_fit(a, 0, y, a.w - 2, ROLE_DIM, FIT_RIGHT,
				 number_text(text, at, a.w - 2, d));
		area_rune(a, a.w - 1, y, in ? ROLE_BAND : ROLE_AXIS, in ? 0x2502 : 0x250a);
	}
}

/* "-8 s … now … +0.3 s" under the curves, and the unit under the labels. */
static void draw_times(struct area a, const struct plot *p, const struct plot_widths *w)
{
	int past = p->now_x, x;

	x = area_textf(a, w->label, 0, ROLE_DIM, "-%.0fs", p->hist->span_s);
	if (x + 8 < w->label + past / 2)
		area_textf(a, w->label + past / 2 - 2, 0, ROLE_DIM, "-%.0fs", p->hist->span_s / 2);
	area_text(a, w->label + past - 1, 0, ROLE_DIM, "now");
	x = w->label + past + 3;
	if (p->hist->nplan && w->curves - past > 8)
		area_textf(a, x, 0, ROLE_PLAN, " +%.1fs", p->hist->nplan * p->hist->plan_dt_s);
}

/* One line of facts: a dim label and a value. */
static int fact(struct area a, int y, const char *label, enum role r, const char *value)
{
	int x;

	if (value[0] == '\0' || y >= a.h)
		return y;
	x = area_text(a, 0, y, ROLE_DIM, label);
	area_text(a, x + 1, y, r, value);
	return y + 1;
}

/* What the policy does with all joints; returns the next line. */
static int draw_policy(const struct snapshot *s, struct area a)
{
	char text[POLICY_TEXT_BYTES];
	enum role r = policy_chunk(text, s, true);
	int line = fact(a, 0, "chunk", r, text);

	r = policy_latency(text, s, true);
	line = fact(a, line, "infer", r, text);
	if (!s->chunk.seen)
		return line;
	r = policy_seam(text, s, true);
	line = fact(a, line, "seam", r, text);
	r = policy_path(text, s, true);
	return fact(a, line, "path", r, text);
}

static void draw_facts(const struct scene *v, struct area a, const struct view_joint *j)
{
	int line = draw_policy(v->s, a), d = number_decimals(UNITS_ROBOT, j);
	char text[96], x[NUMBER_BYTES], y[NUMBER_BYTES];

	snprintf(text, sizeof(text), "%s, peak %s", number_text(x, j->delta_now, 7, d),
		 number_text(y, j->delta_peak, 7, d));
	if (j->trained)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ", train %s",
			 number_text(x, j->delta_max, 7, d));
	line = fact(a, line, "step", ROLE_TEXT, text);
	snprintf(text, sizeof(text), "%s, 2s peak %s", number_text(x, j->err_now, 7, d),
		 number_text(y, j->err_peak, 7, d));
	line = fact(a, line, "error", ROLE_TEXT, text);
	if (!j->trained)
		return;
	snprintf(text, sizeof(text), "%s..%s", number_text(x, j->q01, 7, d),
		 number_text(y, j->q99, 7, d));
	line = fact(a, line, "q01..q99", ROLE_TEXT, text);
	snprintf(text, sizeof(text), "%s..%s", number_text(x, j->min, 7, d),
		 number_text(y, j->max, 7, d));
	line = fact(a, line, "min..max", ROLE_TEXT, text);
	snprintf(text, sizeof(text), "%s \xc2\xb1%s", number_text(x, j->mean, 7, d),
		 number_text(y, j->std, 7, d));
	fact(a, line, "mean", ROLE_TEXT, text);
}

static void draw_title(const struct snapshot *s, struct area a, const struct view_joint *j)
{
	const char *unit = unit_short(j->joint.unit);
	int x;

	x = area_textf(a, 1, 0, ROLE_COLUMN, "%s%s%s", j->joint.name, unit[0] ? " " : "", unit);
	x = area_textf(a, x + 3, 0, ROLE_GOT, "\xe2\x97\x8f %s", panel_got_word(s));
	x = area_text(a, x + 2, 0, ROLE_ASKED, "\xe2\x96\xb6 asked");
	x = area_text(a, x + 2, 0, ROLE_PLAN, "+ plan");
	if (j->trained)
		area_text(a, x + 2, 0, ROLE_BAND, "\xe2\x94\x88 training q01 q99");
	area_select(area_sub(a, 0, 0, a.w, 1)); /* a ground for every role */
}

static void draw(const struct scene *v, struct area a)
{
	struct plot_widths w = plot_widths(a.w, a.h);
	const struct view_joint *j;
	struct plot p = {.hist = v->hist, .now_x = w.past};
	struct area body = area_sub(a, 0, 1, a.w, a.h - 1);

	if (v->ui->selected >= v->s->njoints) {
		area_text(a, 1, 0, ROLE_UNKNOWN, "no curve yet");
		return;
	}
	j = &v->s->joint[v->ui->selected];
	draw_title(v->s, a, j);
	if (w.facts) {
		draw_facts(v, area_sub(body, w.label + w.curves + 1, 0, w.facts, body.h), j);
	} else if (body.h >= FACTS_BELOW_FROM_H) {
		body.h -= FACTS_LINES;
		draw_facts(v, area_sub(a, w.label, a.h - FACTS_LINES, a.w - w.label, FACTS_LINES),
			   j);
	}
	if (!v->hist || v->hist->joint != v->ui->selected ||
	    !plot_range(v->hist, j, &p.lo, &p.hi)) {
		area_text(body, 1, 0, ROLE_UNKNOWN, "no values of this joint yet");
		return;
	}
	p.q01 = j->trained ? j->q01 : (double)NAN;
	p.q99 = j->trained ? j->q99 : (double)NAN;
	p.step_s = p.hist->span_s / plot_columns(a.w, a.h, a.c->symbols);
	draw_labels(area_sub(body, 0, 0, w.label, body.h - 1), &p, j);
	plot_draw(area_sub(body, w.label, 0, w.curves, body.h - 1), &p);
	draw_times(area_sub(body, 0, body.h - 1, w.label + w.curves, 1), &p, &w);
}

const struct panel_class panel_plot = {
	.name = "plot",
	.summary = "last seconds of the selected joint with training band and plan",
	.min_h = 5,
	.want = want,
	.draw = draw,
};
