/* SPDX-License-Identifier: Apache-2.0 */
/* A hand, a cap, a cable in front of the lens. */
#include "check/looks.h"

static void look(struct check *c, unsigned subject, const struct lineup_answer *a)
{
	looks_take(c, subject, a, LINEUP_COVERED);
}

static void show(const struct check *c, struct check_status *out)
{
	looks_show(c, out, "there is something to see");
}

const struct check_class check_camera_covered = {
	.name = "camera-covered",
	.summary = "a camera in which nothing is to be seen",
	.needs = NEED_CAMERAS | NEED_LOOK,
	.memory_size = sizeof(struct looks),
	.debounce = 2,
	.look = look,
	.show = show,
};
