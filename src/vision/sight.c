/* SPDX-License-Identifier: Apache-2.0 */
#include "vision/sight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void look_at(struct sight *s, const struct view *v, const struct eye *const *eye,
		    unsigned eyes)
{
	struct signature look;

	signature_make(&look, v);
	for (unsigned i = 0; i < SIGHT_CAMERAS; i++)
		s->distance[i] = i < eyes && eye[i] ? eye_distance(eye[i], &look) : (float)NAN;
}

static void compare(struct sight *s, const struct view *v, const struct scene *scene)
{
	struct scene_light l;
	struct scene_fit f;

	scene_fit(&f, scene, v, FLIP_NONE);
	scene_light(&l, scene, v);
	s->x = f.x;
	s->y = f.y;
	s->zoom = f.zoom;
	s->roll_deg = f.roll_deg;
	s->alike = f.alike;
	s->gain = l.gain;
	s->red = l.red;
	s->blue = l.blue;
	s->like = l.like;
	s->warm = l.warm;
}

void sight_take(struct sight *s, const struct frame *f, const struct view *v,
		const struct eye *const *eye, unsigned eyes, int own)
{
	const float none = (float)NAN;

	*s = (struct sight){.x = none, .y = none, .zoom = none, .roll_deg = none, .alike = none};
	s->gain = s->red = s->blue = s->like = s->warm = none;
	look_at(s, v, eye, eyes);
	if (own >= 0 && eye[own])
		compare(s, v, &eye[own]->scene);
	s->light = (float)((f->mean[0] + f->mean[1] + f->mean[2]) / 3);
	s->contrast = (float)((f->std[0] + f->std[1] + f->std[2]) / 3);
	s->dark = (float)f->dark;
	s->bright = (float)f->bright;
	s->sharpness = (float)f->sharpness;
}

void sight_add(struct sight_window *w, const struct sight *s)
{
	if (w->n == SIGHTS_MAX) {
		memmove(w->sight, w->sight + 1, sizeof(*s) * (SIGHTS_MAX - 1));
		w->n--;
	}
	w->sight[w->n++] = *s;
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

void sight_median(struct sight *out, const struct sight_window *w)
{
	enum { FIELDS = sizeof(struct sight) / sizeof(float) };
	float all[SIGHTS_MAX][FIELDS], one[FIELDS], v[SIGHTS_MAX];

	memcpy(all, w->sight, sizeof(w->sight));
	for (unsigned i = 0; i < FIELDS; i++) {
		unsigned n = 0;

		for (unsigned k = 0; k < w->n; k++) {
			if (!isnan(all[k][i]))
				v[n++] = all[k][i];
		}
		qsort(v, n, sizeof(*v), by_value);
		one[i] = !n ? (float)NAN : n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
	}
	memcpy(out, one, sizeof(*out));
}
