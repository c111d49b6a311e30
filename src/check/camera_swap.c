/* SPDX-License-Identifier: Apache-2.0 */
/* Another camera of training in its place: the policy sees what it knows, from elsewhere, and every
 * action is wrong in a plausible way. */
#include "check/looks.h"

static const struct check_param params[] = {
	{"for", "s", 0.5, 0, 60, "that it must last; there are two answers a second"},
	{0},
};

static void look(struct check *c, unsigned subject, const struct lineup_answer *a)
{
	looks_take(c, subject, a, LINEUP_SWAP);
}

static void show(const struct check *c, struct check_status *out)
{
	looks_show(c, out, "as in training");
}

const struct check_class check_camera_swap = {
	.name = "camera-swap",
	.summary = "two cameras exchanged, or another one in its place",
	.needs = NEED_CAMERAS | NEED_LOOK,
	.params = params,
	.memory_size = sizeof(struct looks),
	.look = look,
	.show = show,
};
