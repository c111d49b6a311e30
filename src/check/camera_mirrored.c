/* SPDX-License-Identifier: Apache-2.0 */
/* A driver or a mount turned the picture; colours and light stay as they were. */
#include "check/looks.h"

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
	.memory_size = sizeof(struct looks),
	.debounce = 2,
	.look = look,
	.show = show,
};
