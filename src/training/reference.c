/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which thumbnails of a camera are kept, and how far the pictures of each episode lie from those
 * of the others: the spread that its rules must live with.
 */
#include "training/reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/dataset_impl.h"
#include "training/parallel.h"
#include "training/reference_impl.h"
#include "vision/sight.h"

enum { WINDOW = SCAN_HZ, WINDOWS_MAX = 12 /* of an episode */ };

/* One episode judged by the others. */
struct leave_out {
	const struct scan *scan;
	const struct reference *r;
	unsigned windows[REFERENCE_EPISODES];
	struct sight median[REFERENCE_EPISODES][WINDOWS_MAX];
};

/* Its first picture, and more spread over it; fewer episodes give more each. */
static void keep_views(struct reference *r, const struct scan *s)
{
	unsigned with = 0, each;

	for (unsigned i = 0; i < s->n; i++)
		with += s->episode[i].pictures > 0;
	each = with ? REFERENCE_VIEWS / with : 0;
	r->rgb = xcalloc(REFERENCE_VIEWS, REFERENCE_BYTES);
	for (unsigned i = 0; i < s->n; i++) {
		const struct scan_episode *ep = &s->episode[i];
		unsigned n = ep->pictures < each ? ep->pictures : each;

		for (unsigned k = 0; k < n; k++) {
			memcpy(r->rgb[r->views], ep->picture[k * ep->pictures / n].view.rgb,
			       REFERENCE_BYTES);
			r->episode[r->views++] = r->episodes;
		}
		r->episodes += n > 0;
	}
}

static void judge_window(struct sight *out, const struct scan_picture *p, const struct eye *eye)
{
	struct sight_window w = {0};
	struct sight s;

	for (unsigned k = 0; k < WINDOW; k++) {
		sight_take(&s, &p[k].frame, &p[k].view, &eye, 1, 0);
		sight_add(&w, &s);
	}
	sight_median(out, &w);
}

static void judge_episode(void *ctx, size_t i)
{
	struct leave_out *l = ctx;
	const struct scan_episode *ep = &l->scan->episode[i];
	unsigned all = ep->pictures / WINDOW, n = all < WINDOWS_MAX ? all : WINDOWS_MAX;
	unsigned number = 0;
	struct eye *eye;

	for (unsigned k = 0; k < i; k++)
		number += l->scan->episode[k].pictures > 0;
	eye = eye_new(l->r, (int)number);
	for (unsigned k = 0; eye && k < n; k++)
		judge_window(&l->median[i][k], ep->picture + WINDOW * (k * all / n), eye);
	l->windows[i] = eye ? n : 0;
	eye_free(eye);
}

static void widen(double *limit, float v, bool up)
{
	if (!isnan(v) && (isnan(*limit) || (up ? (double)v > *limit : (double)v < *limit)))
		*limit = (double)v;
}

static void take_window(struct reference_figures *f, const struct sight *s)
{
	widen(&f->distance_max, s->distance[0], true);
	widen(&f->shift_max, hypotf(s->x, s->y), true);
	widen(&f->zoom_max, fabsf(s->zoom - 1), true);
	widen(&f->roll_max_deg, fabsf(s->roll_deg), true);
	widen(&f->alike_min, s->alike, false);
	widen(&f->gain_min, s->gain, false);
	widen(&f->gain_max, s->gain, true);
	widen(&f->red_max, fabsf(s->red), true);
	widen(&f->blue_max, fabsf(s->blue), true);
	widen(&f->like_min, s->like, false);
	widen(&f->warm, s->warm, false);
	widen(&f->light_min, s->light, false);
	widen(&f->light_max, s->light, true);
	widen(&f->contrast_min, s->contrast, false);
	widen(&f->dark_max, s->dark, true);
	widen(&f->bright_max, s->bright, true);
	widen(&f->sharpness_min, s->sharpness, false);
}

static void no_figures(struct reference_figures *f)
{
	double *v = &f->distance_mean;

	for (size_t i = 0; i < sizeof(*f) / sizeof(double); i++)
		v[i] = NAN;
}

static void add_figures(struct reference *r, const struct leave_out *l)
{
	double sum = 0, squares = 0;

	for (unsigned i = 0; i < l->scan->n; i++) {
		for (unsigned k = 0; k < l->windows[i]; k++) {
			double d = (double)l->median[i][k].distance[0];

			take_window(&r->figures, &l->median[i][k]);
			sum += d;
			squares += d * d;
			r->windows++;
		}
	}
	if (!r->windows)
		return;
	sum /= r->windows;
	r->figures.distance_mean = sum;
	r->figures.distance_std = sqrt(fmax(0, squares / r->windows - sum * sum));
}

/* What the spread leaves to be said of a movement. */
static void judge_movement(struct reference *r)
{
	const struct reference_figures *f = &r->figures;
	char *why = r->moved_why;
	size_t size = sizeof(r->moved_why);

	if (r->episodes < REFERENCE_FEW)
		snprintf(why, size, "pictures of %u episode%s in training, at least %d are needed",
			 r->episodes, r->episodes == 1 ? "" : "s", REFERENCE_FEW);
	else if (f->shift_max > 2)
		snprintf(why, size, "training itself varies by %.0f px of 640 x 480",
			 10 * f->shift_max);
	else if (f->zoom_max > 0.1)
		snprintf(why, size, "training itself varies by %.0f %% in size", 100 * f->zoom_max);
	else if (f->roll_max_deg > 5)
		snprintf(why, size, "training itself varies by %.1f degrees of roll",
			 f->roll_max_deg);
	else if (!(f->alike_min >= 0.4))
		snprintf(why, size, "too little in its pictures stands still");
}

struct reference *reference_make(const struct scan *s)
{
	struct reference *r = xcalloc(1, sizeof(*r));
	struct leave_out *l = xcalloc(1, sizeof(*l));

	keep_views(r, s);
	no_figures(&r->figures);
	*l = (struct leave_out){.scan = s, .r = r};
	if (r->episodes > 1)
		parallel_for(s->n, judge_episode, l, NULL, NULL);
	add_figures(r, l);
	judge_movement(r);
	free(l);
	if (r->views)
		return r;
	reference_free(r);
	return NULL;
}

/* Two cameras that show the same at the same time are one, recorded twice. */
static bool same_pictures(const struct reference *a, const struct reference *b)
{
	enum { LEVELS = 2 };
	struct view x, y;
	double sum = 0;

	if (a->views != b->views || a->episodes != b->episodes)
		return false;
	for (unsigned i = 0; i < a->views; i++) {
		memcpy(&x, a->rgb[i], sizeof(x));
		memcpy(&y, b->rgb[i], sizeof(y));
		sum += (double)view_change(&x, &y);
	}
	return a->views && sum / a->views < LEVELS;
}

static void warn_twins(const struct profile *p, struct dataset *d)
{
	for (size_t i = 0; i < p->ncameras; i++) {
		for (size_t k = i + 1; k < p->ncameras; k++) {
			if (p->reference[i] && p->reference[k] &&
			    same_pictures(p->reference[i], p->reference[k]))
				dataset_warn(d,
					     "cameras %s and %s show the same picture: one was "
					     "recorded twice, they cannot be told apart",
					     p->cameras[i].name, p->cameras[k].name);
		}
	}
}

static void warn_scan(struct dataset *d, const char *camera, const struct scan *s,
		      const struct reference *r)
{
	if (s->failed)
		dataset_warn(d, "camera %s: %u of %u videos do not decode: %s", camera, s->failed,
			     s->n, s->trouble);
	if (s->n && !r)
		dataset_warn(d, "camera %s: no picture could be read, it cannot be recognised",
			     camera);
	if (r && r->episodes < REFERENCE_FEW)
		dataset_warn(d,
			     "camera %s: pictures of %u of %zu episodes: its spread is unknown, "
			     "%d are needed to judge light and movement",
			     camera, r->episodes, d->nlisted, REFERENCE_FEW);
}

int references_learn(struct profile *p, const struct episodes *all, const struct reference_set *set,
		     size_t nsets, const struct dataset_progress *progress, struct err *e)
{
	struct scan *scan = xcalloc(REFERENCE_CAMERAS, sizeof(*scan));
	size_t n = p->ncameras < REFERENCE_CAMERAS ? p->ncameras : REFERENCE_CAMERAS;
	int rc = 0;

	p->reference = xcalloc(p->ncameras, sizeof(struct reference *));
	for (size_t i = 0; i < n && !rc; i++) {
		if (progress)
			progress->tell(progress->host, i, n);
		rc = scan_read(&scan[i], p->cameras[i].name, all, set, nsets, e);
		if (!rc && !scan[i].there)
			rc = scan_images(&scan[i], p->cameras[i].name, all, set, nsets, e);
		if (rc)
			break;
		p->reference[i] = reference_make(&scan[i]);
		warn_scan(set[0].set, p->cameras[i].name, &scan[i], p->reference[i]);
		scan_drop_pictures(&scan[i]);
	}
	if (!rc) {
		warn_twins(p, set[0].set);
		p->motion = reference_motion(p, all, scan, (unsigned)n);
	}
	for (size_t i = 0; i < n; i++)
		scan_fini(&scan[i]);
	free(scan);
	return rc;
}
