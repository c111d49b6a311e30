/* SPDX-License-Identifier: Apache-2.0 */
/* The rhythm of the loop: what lerobot-rollout sums up when it has ended, while it runs. */
#include <math.h>
#include <stdio.h>

#include "ui/panel.h"
#include "ui/policy_text.h"

enum { HEAD_LINES = 5, BARS_MAX_H = 8, LEFT = 9, BUDGET_BIN = 10 };

static int want(const struct scene *v, int w)
{
	(void)w;
	return v->s->no_tick ? 3 : HEAD_LINES + 1 + BARS_MAX_H;
}

static int draw_rate(const struct snapshot *s, struct area a, int y)
{
	const struct view_cadence *c = &s->cadence;
	char text[POLICY_TEXT_BYTES], hz[NUMBER_BYTES], target[NUMBER_BYTES], p95[NUMBER_BYTES],
		worst[NUMBER_BYTES];

	if (!c->n)
		return panel_line(a, y, "rate", ROLE_UNKNOWN, "no two steps to compare yet");
	number_text(target, s->target_hz, 7, 1);
	snprintf(text, sizeof(text), "median %s of %s Hz; p95 %s ms, worst %s ms of %u",
		 number_text(hz, c->median_hz, 7, 1), s->target_hz > 0 ? target : "unknown",
		 number_text(p95, c->p95_ms, 7, 1), number_text(worst, c->worst_ms, 7, 1), c->n);
	return panel_line(a, y, "rate", ROLE_TEXT, text);
}

static int draw_late(const struct view_cadence *c, struct area a, int y)
{
	char text[POLICY_TEXT_BYTES], late[NUMBER_BYTES], over[NUMBER_BYTES];

	if (isnan(c->late))
		return panel_line(a, y, "late", ROLE_UNKNOWN,
				  isnan(c->budget_ms) ? "no target rate is known" : "not yet");
	snprintf(text, sizeof(text), "%s %% late (over %.1f ms), %s %% over budget (over %.1f ms)",
		 number_text(late, 100 * c->late, 6, 1), 1.1 * c->budget_ms,
		 number_text(over, 100 * c->over, 6, 1), 1.5 * c->budget_ms);
	return panel_line(a, y, "late", c->over > 0.1 ? ROLE_NOTE : ROLE_TEXT, text);
}

static int draw_pauses(const struct view_cadence *c, struct area a, int y)
{
	char text[POLICY_TEXT_BYTES], ms[NUMBER_BYTES];

	if (!c->replans)
		return panel_line(a, y, "replan", ROLE_UNKNOWN, "none among them");
	if (c->pauses)
		snprintf(text, sizeof(text), "%u, the loop paused at %u of them, %s ms at most",
			 c->replans, c->pauses, number_text(ms, c->pause_ms, 7, 0));
	else
		snprintf(text, sizeof(text), "%u, none paused the loop", c->replans);
	return panel_line(a, y, "replan", c->pauses ? ROLE_NOTE : ROLE_TEXT, text);
}

static int draw_idle(const struct view_cadence *c, struct area a, int y)
{
	char text[POLICY_TEXT_BYTES], n[NUMBER_BYTES], s[NUMBER_BYTES];

	if (isnan(c->idle))
		return panel_line(a, y, "driver", ROLE_UNKNOWN,
				  "no episode, or no source sees actions");
	if (c->starved_s > 1)
		snprintf(text, sizeof(text), "STARVED: no action for %s; idle %s %% of the episode",
			 number_age(s, c->starved_s), number_text(n, 100 * c->idle, 6, 1));
	else
		snprintf(text, sizeof(text), "idle %s %% of the episode's steps",
			 number_text(n, 100 * c->idle, 6, 1));
	return panel_line(a, y, "driver", c->starved_s > 1 ? ROLE_WARN : ROLE_TEXT, text);
}

static unsigned tallest(const struct view_cadence *c)
{
	unsigned most = 1;

	for (unsigned i = 0; i < VIEW_BINS; i++)
		most = c->bin[i] > most ? c->bin[i] : most;
	return most;
}

/* Bars in half cells. One late tick must be seen beside 255 good ones: it has a half, too. */
static void draw_bar(struct area a, int x, int w, double share, enum role r)
{
	uint32_t half = a.c->symbols == SYMBOLS_ASCII ? '.' : 0x2584;
	int halves = share > 0 ? 1 + (int)(share * (2 * a.h - 1)) : 0;

	for (int y = 0; y < a.h; y++) {
		int here = halves - 2 * (a.h - 1 - y);

		for (int i = 0; i < w && here > 0; i++)
			area_rune(a, x + i, y, r, here > 1 ? 0x2588 : half);
	}
}

static void draw_bins(const struct view_cadence *c, struct area a)
{
	struct area bars = area_sub(a, LEFT, 0, a.w - LEFT, a.h - 1);
	int w = bars.w / VIEW_BINS, at;
	unsigned most = tallest(c);
	char n[NUMBER_BYTES];

	w = w > 4 ? 4 : w;
	if (w < 1 || bars.h < 1 || !(c->bin_ms > 0))
		return;
	for (int i = 0; i < VIEW_BINS; i++)
		draw_bar(bars, i * w, w > 1 ? w - 1 : 1, (double)c->bin[i] / most,
			 i * c->bin_ms >= 1.5 * c->budget_ms - 1e-9 ? ROLE_WARN : ROLE_GOT);
	area_textf(a, 1, 0, ROLE_DIM, "%u", most);
	area_text(a, LEFT, a.h - 1, ROLE_DIM, "0 ms");
	at = LEFT + BUDGET_BIN * w;
	area_textf(a, at, a.h - 1, ROLE_DIM, "^%s%s", number_text(n, BUDGET_BIN * c->bin_ms, 7, 1),
		   isnan(c->budget_ms) ? " median" : " budget");
	at = LEFT + (VIEW_BINS - 1) * w;
	area_textf(a, at, a.h - 1, ROLE_DIM, "^%s+",
		   number_text(n, (VIEW_BINS - 1) * c->bin_ms, 7, 0));
}

static void draw(const struct scene *v, struct area a)
{
	const struct view_cadence *c = &v->s->cadence;
	int y = 1;

	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	area_text(a, 1, 0, ROLE_COLUMN, "CADENCE of the control loop, last steps");
	if (v->s->no_tick) {
		y = panel_line(a, y, "no tick", ROLE_UNKNOWN,
			       "a step is a reply of the policy, not a control tick:");
		panel_line(a, y, "", ROLE_UNKNOWN, "rate, late ticks and pauses are not seen");
		return;
	}
	y = draw_rate(v->s, a, y);
	y = draw_late(c, a, y);
	y = draw_pauses(c, a, y);
	y = draw_idle(c, a, y);
	if (c->n && a.h - y >= 3)
		draw_bins(c, area_sub(a, 0, y + (a.h - y > 5), a.w, a.h - y - (a.h - y > 5)));
}

const struct panel_class panel_cadence = {
	.name = "cadence",
	.summary = "rate, late ticks, pauses at replans, idle driver",
	.min_h = 5,
	.good_h = 12,
	.want = want,
	.draw = draw,
};
