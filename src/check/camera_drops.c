/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that are lost on their way, or come damaged. */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_SHARE, P_LEAST };

static const struct check_param params[] = {
	{"share", "%", 2, 0, 100, "of the frames of ten seconds"},
	{"least", "frames", 3, 1, 1000, "of ten seconds"},
	{0},
};

enum { WINDOW = 10 /* readings, one a second */ };

struct history {
	unsigned n;
	double at_s[WINDOW];
	int64_t lost[WINDOW], errors[WINDOW]; /* so far */
};

struct memory {
	struct camera_readings r; /* lost or damaged within the window */
	struct history h[RUN_CAMERAS];
};

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	struct history *h = &m->h[subject - SUBJECT_CAMERA];
	unsigned at = h->n % WINDOW, first = h->n < WINDOW ? 0 : at;
	struct finding f = {LEVEL_WARN, subject, 0, 0, "frames"};
	int64_t lost, errors;
	double s, share;

	if (k->lost < 0 || k->errors < 0)
		return;
	/* Counted from its opening: it was opened anew. */
	if (h->n && (k->lost < h->lost[(h->n - 1) % WINDOW] || c->now_s < h->at_s[first]))
		h->n = at = first = 0;
	lost = h->n ? k->lost - h->lost[first] : 0;
	errors = h->n ? k->errors - h->errors[first] : 0;
	s = h->n ? c->now_s - h->at_s[first] : 0;
	h->at_s[at] = c->now_s;
	h->lost[at] = k->lost;
	h->errors[at] = k->errors;
	h->n++;
	f.value = (double)(lost + errors);
	share = c->param[P_SHARE] / 100 * s * (isnan(k->fps_set) ? 30 : k->fps_set);
	f.threshold = fmax(c->param[P_LEAST], share);
	camera_note(&m->r, subject, f.value, f.threshold, f.value >= f.threshold);
	if (f.value >= f.threshold)
		check_find(c, &f, "of %s %lld frames were lost and %lld damaged in %.0f s", k->name,
			   (long long)lost, (long long)errors, s);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, false, "frames",
			"losses are not seen (root sees them, while a program streams)"))
		snprintf(out->why, sizeof(out->why), "%.0f frames lost or damaged in ten seconds",
			 out->value);
}

const struct check_class check_camera_drops = {
	.name = "camera-drops",
	.summary = "frames of a camera are lost or damaged",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
