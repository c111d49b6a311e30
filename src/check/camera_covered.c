/* SPDX-License-Identifier: Apache-2.0 */
/* A hand, a cap, a cable in front of the lens. */
#include "check/looks.h"

static const struct check_param params[] = {
	{"for", "s", 0.5, 0, 60, "that it must last; there are two answers a second"},
	{0},
};

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
	.params = params,
	.memory_size = sizeof(struct looks),
	.look = look,
	.show = show,
};
