/* SPDX-License-Identifier: Apache-2.0 */
/* Who has a camera: beside a policy that is as it should be, before one it is what stops it. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "check/cameras.h"

static const struct check_param params[] = {{0}};

struct memory {
	struct camera_readings r; /* 1: somebody has it */
	char owner[RUN_CAMERAS][NAME_BYTES];
};

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	char *owner = m->owner[subject - SUBJECT_CAMERA];
	struct finding f = {LEVEL_NOTE, subject, 1, 1, ""};

	if (k->mode != CAMERA_WATCH)
		return;
	if (strcmp(owner, k->owner) != 0)
		check_anew(c, subject);
	text_copy(owner, NAME_BYTES, k->owner);
	camera_note(&m->r, subject, k->owner[0] != '\0', 1, false);
	if (k->owner[0])
		check_find(c, &f, "%s is held by %s", k->name, k->owner);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	for (unsigned i = 0; i < c->run->cameras; i++) {
		if (m->owner[i][0]) {
			check_reading(c, out, SUBJECT_CAMERA + i, 1, 1, "");
			snprintf(out->why, sizeof(out->why), "held by %s", m->owner[i]);
			return;
		}
	}
	if (camera_show(c, out, &m->r, false, "", "no camera of this computer is watched"))
		snprintf(out->why, sizeof(out->why), "no program is seen that holds one");
}

const struct check_class check_camera_busy = {
	.name = "camera-busy",
	.summary = "which program has a camera",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
