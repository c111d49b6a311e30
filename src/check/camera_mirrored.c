/* SPDX-License-Identifier: Apache-2.0 */
/* A driver or a mount turned the picture; colours and light stay as they were. */
#include "check/looks.h"

static const struct check_param params[] = {
	{"for", "s", 0.5, 0, 60, "that it must last; there are two answers a second"},
	{0},
};

static void look(struct check *c, unsigned subject, const struct lineup_answer *a)
{
	looks_take(c, subject, a, LINEUP_MIRRORED);
}

static void show(const struct check *c, struct check_status *out)
{
	looks_show(c, out, "upright");
}

const struct check_class check_camera_mirrored = {
	.name = "camera-mirrored",
	.summary = "a picture that is mirrored or upside down",
	.needs = NEED_CAMERAS | NEED_LOOK,
	.params = params,
	.memory_size = sizeof(struct looks),
	.look = look,
	.show = show,
};
