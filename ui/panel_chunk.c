/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The action chunk: what is planned for the selected joint over what was executed, earlier plans as
 * they were predicted, and where one chunk was joined to the next. The numbers beside it are the
 * policy's, of all joints.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"
#include "ui/panel_chunk.h"
#include "ui/plot.h"
#include "ui/policy_text.h"

enum { LABEL_W = 9, FACTS_LINES = 6, FACTS_W = 58, BESIDE_FROM_W = 130, MOST = 40 };

struct parts {
	struct area curves, facts; /* without title; curves with its labels */
	int past;		   /* columns left of now */
};

static struct parts split(struct area a)
{
	struct area body = area_sub(a, 0, 1, a.w, a.h - 1);
	struct parts p = {.curves = body};
	int w;

	if (a.w >= BESIDE_FROM_W) {
		p.curves.w -= FACTS_W + 2;
		p.facts = area_sub(body, p.curves.w + 2, 0, FACTS_W, body.h);
	} else {
		p.curves.h -= FACTS_LINES < body.h - 4 ? FACTS_LINES : body.h > 4 ? body.h - 4 : 0;
		p.facts = area_sub(body, 0, p.curves.h, body.w, body.h - p.curves.h);
	}
	w = p.curves.w - LABEL_W;
	p.past = w > 5 ? w * 3 / 5 : 2;
	return p;
}

static int want(const struct scene *v, int w)
{
	(void)v;
	(void)w;
	return MOST;
}

unsigned panel_chunk_columns(const struct scene *v, int w, int h, enum symbols symbols,
			     double *span_s)
{
	struct area a = {.w = w, .h = h};

	double horizon_s = v->s->chunk.horizon / v->s->target_hz;
	int n = split(a).past * (symbols == SYMBOLS_BRAILLE ? 2 : 1);

	/* As far ahead as the whole plan reaches: two columns ahead for three of the past. */
	*span_s = v->s->chunk.seen && horizon_s > 0 ? 1.5 * horizon_s : 8;
	*span_s = *span_s > 8 ? 8 : *span_s < 0.5 ? 0.5 : *span_s;
	/* No more than there are steps: a column that no step fell into would be a gap. */
	if (v->s->target_hz > 0 && n > *span_s * v->s->target_hz * 0.8)
		n = (int)(*span_s * v->s->target_hz * 0.8);
	return n < 1 ? 1 : n > HISTORY_COLUMNS ? HISTORY_COLUMNS : (unsigned)n;
}

static void draw_title(const struct scene *v, struct area a, const struct view_joint *j)
{
	const char *unit = unit_short(j->joint.unit);
	int x = 1;

	if (v->s->chunk.seen)
		x = area_textf(a, 1, 0, ROLE_COLUMN, "CHUNK %lld  ", (long long)v->s->chunk.number);
	x = area_textf(a, x, 0, ROLE_COLUMN, "%s%s%s", j->joint.name, unit[0] ? " " : "", unit);
	x = area_textf(a, x + 2, 0, ROLE_GOT, "\xe2\x97\x8f %s", panel_got_word(v->s));
	x = area_text(a, x + 2, 0, ROLE_ASKED, "\xe2\x96\xb6 asked");
	x = area_text(a, x + 2, 0, ROLE_PLAN, "+ plan");
	area_text(a, x + 2, 0, ROLE_AXIS, "\xc2\xb7 earlier plans");
	area_select(area_sub(a, 0, 0, a.w, 1));
}

static void draw_labels(struct area a, const struct plot *p, const struct view_joint *j)
{
	char text[NUMBER_BYTES];
	int d = number_decimals(UNITS_ROBOT, j);

	if (d == 1 && p->hi - p->lo < 2)
		d = 2;
	for (int y = 0; y < a.h; y++) {
		double at = p->hi - (p->hi - p->lo) * (y + 0.5) / a.h;

		if (y == 0 || y == a.h - 1 || (a.h >= 5 && y == a.h / 2))
			area_fit(a, 0, y, a.w - 2, ROLE_DIM, FIT_RIGHT,
				 number_text(text, at, a.w - 2, d));
		area_rune(a, a.w - 1, y, ROLE_AXIS, 0x2502);
	}
}

/* "-1.5s … seam 2.1 … now … +1.0s" */
static void draw_times(struct area a, const struct plot *p, const struct view_joint *j, int seam)
{
	char n[NUMBER_BYTES], text[48];
	double ahead_s = (a.w - LABEL_W - p->now_x - 1) * p->hist->span_s / p->now_x;
	int x = area_textf(a, LABEL_W, 0, ROLE_DIM, "-%.1fs", p->hist->span_s), now, w;

	now = LABEL_W + p->now_x - 1;
	area_text(a, now, 0, ROLE_DIM, "now");
	snprintf(text, sizeof(text), "+%.1fs", ahead_s);
	w = text_width(a.c, text);
	if (now + 4 + w < a.w)
		area_text(a, a.w - w, 0, ROLE_DIM, text);
	if (seam < 0 || isnan(j->seam))
		return;
	snprintf(text, sizeof(text), "seam %s", policy_amount(n, j, j->seam));
	w = text_width(a.c, text);
	seam += LABEL_W - w / 2;
	seam = seam + w >= now ? now - w - 1 : seam;
	if (seam > x)
		area_text(a, seam, 0, j->seam > j->delta_max ? ROLE_NOTE : ROLE_TEXT, text);
}

static void draw_curves(const struct scene *v, struct area a, int past, const struct view_joint *j)
{
	struct plot p = {.hist = v->hist, .now_x = past};
	int seam;

	if (!v->hist || v->hist->joint != v->ui->selected ||
	    !plot_chunks_range(v->hist, j, &p.lo, &p.hi)) {
		area_text(a, 1, 0, ROLE_UNKNOWN, "no values of this joint yet");
		return;
	}
	p.q01 = j->trained ? j->q01 : (double)NAN;
	p.q99 = j->trained ? j->q99 : (double)NAN;
	p.step_s = p.hist->span_s / (past * (a.c->symbols == SYMBOLS_BRAILLE ? 2 : 1));
	draw_labels(area_sub(a, 0, 0, LABEL_W, a.h - 1), &p, j);
	seam = plot_draw_chunks(area_sub(a, LABEL_W, 0, a.w - LABEL_W, a.h - 1), &p);
	draw_times(area_sub(a, 0, a.h - 1, a.w, 1), &p, j, seam);
	if (isnan(p.hist->plan_dt_s) && p.hist->nchunks)
		area_text(a, LABEL_W + 1, 0, ROLE_UNKNOWN,
			  "no rate is known: plans have no place in time");
}

/* The selected joint's own seam, beside the worst one. */
static int draw_joint(struct area a, int y, const struct view_joint *j)
{
	char text[POLICY_TEXT_BYTES], v[NUMBER_BYTES], in[NUMBER_BYTES], off[NUMBER_BYTES];

	snprintf(text, sizeof(text), "seam %s, inside chunks at most %s, off its plan %s",
		 policy_amount(v, j, j->seam), policy_amount(in, j, j->inside),
		 policy_amount(off, j, j->plan_off));
	return panel_line(a, y, "joint", isnan(j->seam) ? ROLE_UNKNOWN : ROLE_TEXT, text);
}

static void draw_facts(const struct scene *v, struct area a, const struct view_joint *j)
{
	static const struct {
		const char *label;
		enum role (*text)(char dst[POLICY_TEXT_BYTES], const struct snapshot *s,
				  bool brief);
	} lines[] = {{"chunk", policy_chunk},
		     {"infer", policy_latency},
		     {"seam", policy_seam},
		     {"path", policy_path}};
	char text[POLICY_TEXT_BYTES];
	enum role r;
	int y = 0;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		r = lines[i].text(text, v->s, false);
		y = panel_line(a, y, lines[i].label, r, text);
	}
	r = policy_prompt(text, v->s);
	y = panel_line(a, y, "prompt", r, text);
	draw_joint(a, y, j);
}

static void draw(const struct scene *v, struct area a)
{
	const struct view_joint *j;
	struct parts p = split(a);

	if (v->ui->selected >= v->s->njoints) {
		area_text(a, 1, 0, ROLE_UNKNOWN, "CHUNK  no joints yet");
		return;
	}
	j = &v->s->joint[v->ui->selected];
	draw_title(v, a, j);
	draw_curves(v, p.curves, p.past, j);
	draw_facts(v, p.facts, j);
}

const struct panel_class panel_chunk = {
	.name = "chunk",
	.summary = "the plan over what was executed, seams, prompt, latency",
	.min_h = 6,
	.good_h = 18,
	.want = want,
	.draw = draw,
};
