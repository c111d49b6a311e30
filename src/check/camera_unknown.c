/* SPDX-License-Identifier: Apache-2.0 */
/* No camera of training: another view, another cell, the laptop's own camera. */
#include "check/looks.h"

static const struct check_param params[] = {
	{"for", "s", 0.5, 0, 60, "that it must last; there are two answers a second"},
	{0},
};

static void look(struct check *c, unsigned subject, const struct lineup_answer *a)
{
	looks_take(c, subject, a, LINEUP_UNKNOWN);
}

static void show(const struct check *c, struct check_status *out)
{
	looks_show(c, out, "training showed the like");
}

const struct check_class check_camera_unknown = {
	.name = "camera-unknown",
	.summary = "a camera that shows nothing of training",
	.needs = NEED_CAMERAS | NEED_LOOK,
	.params = params,
	.memory_size = sizeof(struct looks),
	.look = look,
	.show = show,
};
