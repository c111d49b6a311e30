/* SPDX-License-Identifier: Apache-2.0 */
/* Episode clock against training lengths; what is seen, what is blind, by name; the sources. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"

enum { LABEL_W = 7, CLOCK_BAR_W = 30 };

/* What a person calls each fact, in the order of its bit. */
static const char *const fact_names[FACT_N] = {
	"seen",	  "asked",  "sent",    "got",	  "chunks",
	"prompt", "resets", "latency", "cameras", "motors",
};

static int want(const struct scene *v, int w)
{
	(void)w;
	return 3 + (v->s->nframes > 0) + (int)v->s->nsources;
}

static void list_facts(char *dst, size_t size, unsigned facts)
{
	dst[0] = '\0';
	for (unsigned i = 0; i < FACT_N; i++) {
		if (facts & 1u << i)
			snprintf(dst + strlen(dst), size - strlen(dst), "%s%s", dst[0] ? " " : "",
				 fact_names[i]);
	}
}

/* 0 … median … q95 of training, and where the episode is. */
static void draw_clock_bar(const struct snapshot *s, struct area a, int x)
{
	double full = s->length_q95_s * 1.25;
	struct area box = area_sub(a, x, 0, CLOCK_BAR_W, 1);

	for (int i = 0; i < box.w; i++) {
		double at = (i + 0.5) / CLOCK_BAR_W * full;
		bool past = at <= s->elapsed_s;

		area_rune(box, i, 0, past ? at > s->length_q95_s ? ROLE_WARN : ROLE_GOT : ROLE_AXIS,
			  past ? 0x2588 : 0x00b7);
	}
	area_rune(box, (int)(s->length_q50_s / full * CLOCK_BAR_W), 0, ROLE_BAND, 0x2502);
	area_rune(box, (int)(s->length_q95_s / full * CLOCK_BAR_W), 0, ROLE_WARN, 0x2502);
}

static void draw_time(const struct snapshot *s, struct area a)
{
	char text[160], n[NUMBER_BYTES], q50[NUMBER_BYTES], q95[NUMBER_BYTES];
	bool late = s->in_episode && s->elapsed_s > s->length_q95_s;
	int x;

	area_text(a, 1, 0, ROLE_DIM, "time");
	if (s->in_episode)
		snprintf(text, sizeof(text), "%ss of", number_text(n, s->elapsed_s, 8, 1));
	else if (s->boundary[0])
		snprintf(text, sizeof(text), "no episode (%s), training", s->boundary);
	else
		snprintf(text, sizeof(text), "no episode, training");
	x = area_text(a, LABEL_W, 0, late ? ROLE_WARN : ROLE_TEXT, text);
	if (!(s->length_q50_s > 0 && s->length_q95_s > 0)) {
		area_text(a, x + 1, 0, ROLE_UNKNOWN, "unknown training lengths");
		return;
	}
	snprintf(text, sizeof(text), "%s median, %s q95%s", number_text(q50, s->length_q50_s, 7, 1),
		 number_text(q95, s->length_q95_s, 7, 1),
		 late ? ": longer than 95 % of training" : "");
	x = area_text(a, x + 1, 0, late ? ROLE_WARN : ROLE_DIM, text);
	if (s->in_episode && isfinite(s->length_q95_s * 1.25) &&
	    s->length_q50_s <= s->length_q95_s && x + 2 + CLOCK_BAR_W < a.w) {
		draw_clock_bar(s, a, x + 2);
		x += 2 + CLOCK_BAR_W;
	}
	if (s->in_episode && s->boundary[0] && x + 9 + text_width(a.c, s->boundary) < a.w)
		area_textf(a, x + 2, 0, ROLE_DIM, "began: %s", s->boundary);
}

static void draw_seen(const struct snapshot *s, struct area a, bool one_line)
{
	unsigned all = (1u << FACT_N) - 1;
	char text[256];
	int x;

	area_text(a, 1, 0, ROLE_DIM, "sees");
	list_facts(text, sizeof(text), s->facts & all);
	x = area_text(a, LABEL_W, 0, text[0] ? ROLE_TEXT : ROLE_UNKNOWN,
		      text[0] ? text : "nothing yet");
	list_facts(text, sizeof(text), ~s->facts & all);
	if (one_line && x + 8 + text_width(a.c, text) <= a.w) {
		area_text(a, x + 2, 0, ROLE_UNKNOWN, "BLIND");
		area_text(a, x + 8, 0, ROLE_UNKNOWN, text[0] ? text : "to nothing");
		return;
	}
	/* What is blind must be read in full; what is seen is the rest. */
	if (one_line) {
		area_fill(a, ROLE_TEXT, ' ');
		a.y--;
		a.h++;
	}
	area_text(a, 1, 1, ROLE_UNKNOWN, "BLIND");
	area_fit(a, LABEL_W, 1, a.w - LABEL_W - 1, ROLE_UNKNOWN, FIT_LEFT,
		 text[0] ? text : "to nothing");
}

/* "front 640x480 0.4s ago, dark 2 %" */
static void draw_cameras(const struct snapshot *s, struct area a, int y)
{
	char text[VIEW_CAMERAS * (NAME_BYTES + 64)] = "", age[NUMBER_BYTES], dark[NUMBER_BYTES];

	for (unsigned i = 0; i < s->nframes && i < VIEW_CAMERAS; i++) {
		const struct view_frame *f = &s->frame[i];
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%s%s %ux%u %s old", i ? "   " : "",
			 f->camera, (unsigned)f->width, (unsigned)f->height,
			 number_age(age, f->age_s));
		used = strlen(text);
		if (f->dark > 0.5)
			snprintf(text + used, sizeof(text) - used, ", %s %% dark",
				 number_text(dark, 100 * f->dark, 5, 0));
	}
	area_text(a, 1, y, ROLE_DIM, "cams");
	area_fit(a, LABEL_W, y, a.w - LABEL_W - 1, ROLE_TEXT, FIT_LEFT, text);
}

static void draw_source(const struct view_source *src, struct area a, int y)
{
	char facts[160], text[TASK_BYTES + NAME_BYTES + 256];

	list_facts(facts, sizeof(facts), src->facts);
	snprintf(text, sizeof(text), "%s  %s", src->word, src->state);
	if (src->bad_lines)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ", %llu bad lines",
			 (unsigned long long)src->bad_lines);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "  (%s)", facts);
	area_text(a, 1, y, src->up ? ROLE_OK : ROLE_WARN, src->up ? "up" : "DOWN");
	area_fit(a, LABEL_W, y, a.w - LABEL_W - 1, src->up ? ROLE_TEXT : ROLE_WARN, FIT_LEFT, text);
}

static void draw(const struct scene *v, struct area a)
{
	int y;

	draw_time(v->s, a);
	draw_seen(v->s, area_sub(a, 0, 1, a.w, a.h - 1), a.h == 2);
	y = 3;
	if (v->s->nframes && y < a.h)
		draw_cameras(v->s, a, y++);
	for (unsigned i = 0; i < v->s->nsources && y < a.h; i++)
		draw_source(&v->s->source[i], a, y++);
}

const struct panel_class panel_sources = {
	.name = "sources",
	.summary = "episode clock, what is seen, what is blind, the sources",
	.min_h = 2,
	.want = want,
	.draw = draw,
};
