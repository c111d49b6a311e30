/* SPDX-License-Identifier: Apache-2.0 */
/* Brightness of what stands still: lamps, daylight, exposure. */
#include "check/looks.h"

static const struct check_param params[] = {
	{"for", "s", 0.5, 0, 60, "that it must last; there are two answers a second"},
	{0},
};

static void look(struct check *c, unsigned subject, const struct lineup_answer *a)
{
	looks_take(c, subject, a, LINEUP_LIGHT);
}

static void show(const struct check *c, struct check_status *out)
{
	looks_show(c, out, "as bright as in training");
}

const struct check_class check_camera_light = {
	.name = "camera-light",
	.summary = "a picture brighter or darker than in training",
	.needs = NEED_CAMERAS | NEED_LOOK,
	.params = params,
	.memory_size = sizeof(struct looks),
	.look = look,
	.show = show,
};
