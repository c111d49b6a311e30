/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture without edges: focus, a fingerprint, dust. Sharpness changes with what is seen (three
 * times within healthy episodes), so that only training knows what is too little; where it tells
 * nothing, a camera is compared with the best it showed itself.
 */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_TRAINING, P_OWN, P_S };

static const struct check_param params[] = {
	{"training", "%", 50, 1, 100, "of the least sharpness that training had"},
	{"own", "%", 10, 1, 100,
	 "of what it showed over its first seconds, where training tells nothing"},
	{"for", "s", 1, 0, 60, "that it must last"},
	{0},
};

enum { FIRST = 10 /* pictures that tell what is usual */ };

struct memory {
	struct camera_readings r; /* sharpness */
	double since_s[RUN_CAMERAS], sum[RUN_CAMERAS];
	unsigned n[RUN_CAMERAS];
};

/* NaN: nobody knows yet. */
static double limit(struct check *c, unsigned i, const struct frame *f)
{
	struct memory *m = c->memory;
	struct camera_training t;

	camera_training(c, f->camera, &t);
	if (!isnan(t.sharpness_min))
		return t.sharpness_min * c->param[P_TRAINING] / 100;
	if (m->n[i] < FIRST) {
		m->sum[i] += f->sharpness;
		m->n[i]++;
		return (double)NAN;
	}
	return m->sum[i] / FIRST * c->param[P_OWN] / 100;
}

/* Contrast of a picture that shows nothing: channel deviation in [0, 1]. */
static const double FLAT = 0.02;

static void frame(struct check *c, unsigned subject, const struct frame *f)
{
	struct memory *m = c->memory;
	unsigned i = subject - SUBJECT_CAMERA;
	struct finding found = {LEVEL_WARN, subject, f->sharpness, 0, ""};
	bool blurred;

	/* Of a lens that is covered nothing can be sharp: camera-covered and camera-dark tell. */
	if (isnan(f->sharpness) || fmax(f->std[0], fmax(f->std[1], f->std[2])) < FLAT)
		return;
	found.threshold = limit(c, i, f);
	if (isnan(found.threshold))
		return;
	blurred = f->sharpness < found.threshold;
	if (camera_note(&m->r, subject, f->sharpness, found.threshold, blurred) == 1 ||
	    m->since_s[i] > c->now_s)
		m->since_s[i] = c->now_s;
	if (blurred && c->now_s - m->since_s[i] >= c->param[P_S])
		check_find(c, &found, "%s is blurred: sharpness %.3g, at least %.3g is usual",
			   f->camera, f->sharpness, found.threshold);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, true, "", "no picture is seen that tells its sharpness"))
		snprintf(out->why, sizeof(out->why), "sharpness %.3g", out->value);
}

const struct check_class check_camera_blur = {
	.name = "camera-blur",
	.summary = "a camera's picture is blurred",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.frame = frame,
	.show = show,
};
