/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How old a picture is when its program takes it. Exposure, transfer and decoding take one or two
 * periods; beyond that it waited in a queue. No picture at all ages by itself.
 */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_AGE_MS, P_PERIODS, P_READINGS };

static const struct check_param params[] = {
	{"age", "ms", 120, 1, 10000, "that a picture may always have"},
	{"periods", "", 3.5, 1, 100, "of the camera that it may have, if that is more"},
	{"readings", "", 3, 1, 100, "in a row, one a second, that must be over it"},
	{0},
};

struct memory {
	struct camera_readings r;
	unsigned silent[RUN_CAMERAS]; /* readings in a row without a picture */
};

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	unsigned *silent = &m->silent[subject - SUBJECT_CAMERA];
	double limit = fmax(c->param[P_AGE_MS], 1e3 * c->param[P_PERIODS] / k->fps_set);
	struct finding f = {LEVEL_WARN, subject, k->age_ms, limit, "ms"};

	*silent = k->state == CAMERA_SILENT ? *silent + 1 : 0;
	if (*silent) {
		/* It is told as silent after a second. */
		f.value = 1e3 * *silent;
		camera_note(&m->r, subject, f.value, limit, true);
		check_find(c, &f, "no picture of %s comes%s%s%s", k->name,
			   k->owner[0] ? " to " : "", k->owner,
			   k->mode == CAMERA_OWN ? ", though it streams" : "");
		return;
	}
	if (camera_note(&m->r, subject, k->age_ms, limit, k->age_ms > limit) >=
	    c->param[P_READINGS])
		check_find(c, &f, "pictures of %s are %.0f ms old when they are taken", k->name,
			   k->age_ms);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, false, "ms",
			"the age is not seen (root sees it, while a program streams)"))
		snprintf(out->why, sizeof(out->why), "%.0f ms old when taken", out->value);
}

const struct check_class check_camera_stale = {
	.name = "camera-stale",
	.summary = "pictures are old when they are taken, or none come",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
