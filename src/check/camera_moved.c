/* SPDX-License-Identifier: Apache-2.0 */
/* Shifted, turned, or of another field of view, against what stands still in training's pictures. */
#include "check/looks.h"

static const struct check_param params[] = {
	{"for", "s", 1, 0, 60, "that it must last; there are two answers a second"},
	{0},
};

static void look(struct check *c, unsigned subject, const struct lineup_answer *a)
{
	looks_take(c, subject, a, LINEUP_MOVED);
}

static void show(const struct check *c, struct check_status *out)
{
	looks_show(c, out, "where it was in training");
}

const struct check_class check_camera_moved = {
	.name = "camera-moved",
	.summary = "a camera shifted, turned or of another lens",
	.needs = NEED_CAMERAS | NEED_LOOK,
	.params = params,
	.memory_size = sizeof(struct looks),
	.look = look,
	.show = show,
};
