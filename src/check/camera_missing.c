/* SPDX-License-Identifier: Apache-2.0 */
/* A camera that was named is not there, or its driver refuses to be read. */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_READINGS };

static const struct check_param params[] = {
	{"readings", "", 3, 1, 100, "in a row, one a second, so that a camera can come up"},
	{0},
};

struct memory {
	struct camera_readings r;
};

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	bool missing = k->state == CAMERA_MISSING, failed = k->state == CAMERA_FAILED;
	unsigned row = m->r.row[subject - SUBJECT_CAMERA] + 1;
	struct finding f = {LEVEL_FAIL, subject, row, c->param[P_READINGS], "readings"};

	row = camera_note(&m->r, subject, missing || failed ? row : 0, c->param[P_READINGS],
			  missing || failed);
	if (row < c->param[P_READINGS])
		return;
	if (missing)
		check_find(c, &f, "%s is not there: %s", k->name, k->device);
	else
		check_find(c, &f, "%s gives no pictures: %s", k->name, k->trouble);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, false, "readings", "no camera of this computer is named"))
		snprintf(out->why, sizeof(out->why),
			 out->value > 0 ? "not there, or it refuses"
					: "all that are named are there");
}

const struct check_class check_camera_missing = {
	.name = "camera-missing",
	.summary = "a camera is not there, or cannot be read",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
