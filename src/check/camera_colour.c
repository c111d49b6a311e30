/* SPDX-License-Identifier: Apache-2.0 */
/* BGR for RGB, or a white balance that is not that of training. */
#include "check/looks.h"

static const struct check_param params[] = {
	{"for", "s", 0.5, 0, 60, "that it must last; there are two answers a second"},
	{0},
};

static void look(struct check *c, unsigned subject, const struct lineup_answer *a)
{
	looks_take(c, subject, a, LINEUP_COLOUR);
}

static void show(const struct check *c, struct check_status *out)
{
	looks_show(c, out, "colours as in training");
}

const struct check_class check_camera_colour = {
	.name = "camera-colour",
	.summary = "red and blue exchanged, or a colour cast",
	.needs = NEED_CAMERAS | NEED_LOOK,
	.params = params,
	.memory_size = sizeof(struct looks),
	.look = look,
	.show = show,
};
