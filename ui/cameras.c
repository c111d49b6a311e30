/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/cameras.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/panel_cameras.h"
#include "ui/pixels.h"

unsigned camera_rows(const struct snapshot *s, struct camera_row row[CAMERA_ROWS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->nframes && i < VIEW_CAMERAS; i++)
		row[n++] = (struct camera_row){s->frame[i].camera, &s->frame[i], NULL, i};
	for (unsigned i = 0; i < s->neyes && i < VIEW_EYES; i++) {
		const struct view_eye *eye = &s->eye[i];
		unsigned k = 0;

		while (k < n && strcmp(row[k].name, eye->v.name) != 0)
			k++;
		if (k == n)
			row[n++] = (struct camera_row){.name = eye->v.name};
		row[k].eye = eye;
	}
	return n;
}

unsigned camera_shown(const struct scene *v, int w, int h, struct camera_row row[CAMERA_ROWS],
		      unsigned *total)
{
	struct camera_row all[CAMERA_ROWS];
	unsigned fit = panel_cameras_fit(w, h);

	*total = camera_rows(v->s, all);
	for (unsigned i = 0; i < *total; i++)
		row[i] = all[(v->ui->camera + i) % *total];
	return *total < fit ? *total : fit;
}

const struct view_reference *camera_reference(const struct scene *v, const char *name)
{
	for (unsigned i = 0; i < v->nreferences; i++) {
		if (strcmp(v->reference[i].camera, name) == 0)
			return &v->reference[i];
	}
	return NULL;
}

struct pixels camera_live(const struct scene *v, const struct camera_row *row)
{
	const struct view_thumb *t = v->thumb && row->frame ? &v->thumb[row->index] : NULL;

	return t && t->width && t->height ? (struct pixels){t->width, t->height, t->rgb}
					  : (struct pixels){0, 0, NULL};
}

struct pixels camera_trained(const struct scene *v, const struct camera_row *row)
{
	const struct view_reference *r = camera_reference(v, row->name);

	return r && r->width && r->height ? (struct pixels){r->width, r->height, r->rgb}
					  : (struct pixels){0, 0, NULL};
}

struct line {
	char *dst;
	size_t size, len;
};

/* "label value unit", with a comma before it; nothing where the value is unknown. */
static void add(struct line *l, const char *label, double v, int decimals, const char *unit)
{
	char number[NUMBER_BYTES];

	if (isnan(v) || l->len + 1 >= l->size)
		return;
	snprintf(l->dst + l->len, l->size - l->len, "%s%s%s%s", l->len ? ", " : "", label,
		 number_text(number, v, 9, decimals), unit);
	l->len += strlen(l->dst + l->len);
}

static void add_word(struct line *l, const char *label, const char *word)
{
	if (!word || !word[0] || l->len + 1 >= l->size)
		return;
	snprintf(l->dst + l->len, l->size - l->len, "%s%s%s", l->len ? ", " : "", label, word);
	l->len += strlen(l->dst + l->len);
}

static double known(int64_t n)
{
	return n < 0 ? (double)NAN : (double)n;
}

static void add_size(struct line *l, const struct camera_row *row)
{
	const struct camera *c = row->eye ? &row->eye->v : NULL;
	long long w = row->frame ? row->frame->width : c ? c->width : 0;
	long long h = row->frame ? row->frame->height : c ? c->height : 0;
	char text[64];

	snprintf(text, sizeof(text), "%lldx%lld%s%s", w, h, c && c->format[0] ? " " : "",
		 c ? c->format : "");
	add_word(l, "", w > 0 && h > 0 ? text : NULL);
}

static void add_is(struct line *l, const struct camera *c)
{
	const char *word = strcmp(c->is, c->name) == 0 ? "itself" : c->is;
	char text[NAME_BYTES + 48], number[NUMBER_BYTES];

	if (!c->is[0])
		return;
	if (isnan(c->margin))
		snprintf(text, sizeof(text), "%s", word);
	else
		snprintf(text, sizeof(text), "%s by %s%s", word,
			 number_text(number, c->margin, 5, 1),
			 strcmp(c->method, "motion") == 0 ? " log10 odds" : "\xcf\x83");
	add_word(l, "is ", text);
}

static void add_health(struct line *l, const struct camera *c)
{
	add(l, "", c->fps, 1, " fps");
	add(l, "jitter ", c->jitter_ms, 1, " ms");
	add(l, "age ", c->age_ms, 0, " ms");
	add(l, "lost ", known(c->lost), 0, "");
	add(l, "errors ", known(c->errors), 0, "");
}

static double either(double a, double b)
{
	return isnan(a) ? b : a;
}

void camera_facts(const struct camera_row *row, char *dst, size_t size)
{
	const struct camera *c = row->eye ? &row->eye->v : NULL;
	const struct view_frame *f = row->frame;
	struct line l = {.dst = dst, .size = size};

	dst[0] = '\0';
	if (c && c->state != CAMERA_STREAMING)
		add_word(&l, "", camera_state_word((enum camera_state)c->state));
	add_size(&l, row);
	if (c) {
		add_is(&l, c);
		add_health(&l, c);
	}
	add(&l, "frozen ", either(f ? f->frozen_s : (double)NAN, c ? c->frozen_s : (double)NAN), 1,
	    " s");
	add(&l, "dark ", 100 * either(f ? f->dark : (double)NAN, c ? c->dark : (double)NAN), 0,
	    " %");
	add(&l, "bright ", f ? 100 * f->bright : (double)NAN, 0, " %");
	add(&l, "sharpness ",
	    either(f ? f->sharpness : (double)NAN, c ? c->sharpness : (double)NAN), 0, "");
	if (!c)
		return;
	add_word(&l, "", camera_mode_word((enum camera_mode)c->mode));
	add_word(&l, "by ", c->owner);
	add_word(&l, "", c->device);
	add_word(&l, "", c->trouble);
}
