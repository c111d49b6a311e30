/* SPDX-License-Identifier: Apache-2.0 */
/* A picture so dark that nothing is seen: the lamp, the lens cap, the exposure. */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_LIGHT, P_SHARE, P_BLACK, P_S };

static const struct check_param params[] = {
	{"light", "%", 35, 0, 100,
	 "of training's darkest picture (of its mean, where only that is known)"},
	{"share", "%", 30, 0, 100, "more dark pixels than any picture of training had"},
	{"black", "%", 95, 1, 100, "dark pixels where training tells nothing"},
	{"for", "s", 1, 0, 60, "that it must last"},
	{0},
};

struct memory {
	struct camera_readings r; /* % of light that is wanted, or of pixels that are not dark */
	double since_s[RUN_CAMERAS];
};

/* How each picture of training varied is not known then. */
static const char weaker[] = "; beside training's mean alone, which tells less than its pictures";

static double light_of(const struct frame *f)
{
	return f->channels == 3 ? (f->mean[0] + f->mean[1] + f->mean[2]) / 3 : f->mean[0];
}

static bool is_dark(const struct check *c, const struct camera_training *t, const struct frame *f)
{
	if (!isnan(t->light) && light_of(f) < t->light * c->param[P_LIGHT] / 100)
		return true;
	if (!isnan(t->dark_max))
		return f->dark > t->dark_max + c->param[P_SHARE] / 100;
	return isnan(t->light) && f->dark > c->param[P_BLACK] / 100;
}

static void frame(struct check *c, unsigned subject, const struct frame *f)
{
	struct memory *m = c->memory;
	double *since_s = &m->since_s[subject - SUBJECT_CAMERA], light = 100 * light_of(f);
	struct camera_training t;
	struct finding found = {LEVEL_WARN, subject, light, 0, "%"};
	bool dark;

	camera_training(c, f->camera, &t);
	if (isnan(light))
		return;
	dark = is_dark(c, &t, f);
	found.threshold = isnan(t.light) ? 100 - c->param[P_BLACK] : t.light * c->param[P_LIGHT];
	if (camera_note(&m->r, subject, light, found.threshold, dark) == 1 || *since_s > c->now_s)
		*since_s = c->now_s;
	if (dark && c->now_s - *since_s >= c->param[P_S])
		check_find(c, &found,
			   "%s is dark: %.0f %% of full light, %.0f %% of it is black%s%s",
			   f->camera, light, 100 * f->dark,
			   f->dark > 0.95 ? " (covered, or its shutter is closed?)" : "",
			   t.light_is_mean ? weaker : "");
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, true, "%", "no picture is seen"))
		snprintf(out->why, sizeof(out->why), "%.0f %% of full light", out->value);
}

const struct check_class check_camera_dark = {
	.name = "camera-dark",
	.summary = "a camera's picture is dark",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.frame = frame,
	.show = show,
};
