/* SPDX-License-Identifier: Apache-2.0 */
/* A camera was there and is no more: its plug, its cable, its hub. */
#include <stdio.h>

#include "check/cameras.h"

static const struct check_param params[] = {{0}};

struct memory {
	struct camera_readings r; /* 1 gone */
	unsigned times;
};

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	bool gone = k->state == CAMERA_GONE;
	struct finding f = {LEVEL_FAIL, subject, 1, 1, "times"};

	if (camera_note(&m->r, subject, gone, 1, gone) == 1)
		m->times++;
	f.value = m->times;
	if (gone)
		check_find(c, &f, "%s was unplugged: %s", k->name, k->device);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!camera_show(c, out, &m->r, false, "times", "no camera of this computer is named"))
		return;
	out->value = m->times;
	snprintf(out->why, sizeof(out->why), m->times ? "it went %u times" : "none was unplugged",
		 m->times);
}

const struct check_class check_camera_gone = {
	.name = "camera-gone",
	.summary = "a camera was unplugged",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
