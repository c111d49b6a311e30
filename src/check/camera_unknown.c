/* SPDX-License-Identifier: Apache-2.0 */
/* No camera of training: another view, another cell, the laptop's own camera. */
#include "check/looks.h"

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
	.memory_size = sizeof(struct looks),
	.debounce = 2,
	.look = look,
	.show = show,
};
