/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The size that a camera is set to, against that of its training camera. Another shape, or less
 * than there was, cannot be made good; the same shape larger may be scaled on its way. Pictures
 * within a policy's traffic were scaled already and are not judged.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/cameras.h"

enum { P_SHAPE, P_RATE };

static const struct check_param params[] = {
	{"shape", "%", 2, 0, 100, "difference of width to height that is another shape"},
	{"rate", "%", 10, 0, 100, "set rate under that of training that is a warning"},
	{0},
};

struct memory {
	struct camera_readings r; /* width in pixels, against training's */
	bool untrained;
};

static double shape_apart(double w, double h, double tw, double th)
{
	return 100 * fabs(w / h - tw / th) / (tw / th);
}

static void judge_rate(struct check *c, unsigned subject, const struct camera *k,
		       const struct camera_training *t)
{
	double least = t->fps * (1 - c->param[P_RATE] / 100);
	struct finding f = {LEVEL_WARN, subject, k->fps_set, least, "fps"};

	if (k->fps_set < least)
		check_find(c, &f, "%s is set to %.3g fps, in training it had %.3g", k->name,
			   k->fps_set, t->fps);
}

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	struct camera_training t;
	struct finding f = {LEVEL_WARN, subject, (double)k->width, 0, "px"};
	bool other_shape;

	camera_training(c, k->name, &t);
	m->untrained = !t.known;
	if (!t.known || !t.width || !t.height || k->width <= 0 || k->height <= 0)
		return;
	other_shape = shape_apart((double)k->width, (double)k->height, t.width, t.height) >
		      c->param[P_SHAPE];
	f.threshold = t.width;
	camera_note(&m->r, subject, (double)k->width, t.width, k->width != t.width);
	judge_rate(c, subject, k, &t);
	if (k->width == t.width && k->height == t.height)
		return;
	if (other_shape || k->width < t.width)
		f.level = LEVEL_FAIL;
	check_find(c, &f, "%s gives %lld x %lld %s, in training it was %u x %u%s", k->name,
		   (long long)k->width, (long long)k->height, k->format, t.width, t.height,
		   other_shape ? ": another shape" : "");
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, true, "px",
			!c->run->profile ? "not applicable: no profile"
			: m->untrained	 ? "not applicable: training had no camera of that name"
					 : "the size is not told yet"))
		snprintf(out->why, sizeof(out->why),
			 out->value == out->threshold ? "as wide as in training"
						      : "not as wide as in training");
}

const struct check_class check_camera_format = {
	.name = "camera-format",
	.summary = "a camera's size or rate is not that of training",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
