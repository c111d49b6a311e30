/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture is the same again and again, or none comes at all. While an arm moves that is a
 * failure: the policy acts on what was. Compressed video repeats a picture, never two in a row; a
 * simulated camera without noise repeats for as long as nothing moves, so that at rest only a real
 * camera, which always has noise, is warned of.
 */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_S, P_REPEATS, P_WAYS, P_REST_S };

static const struct check_param params[] = {
	{"for", "s", 0.5, 0.1, 60, "as long the same, while an arm moves, is a failure"},
	{"repeats", "", 10, 2, 1000, "and so many pictures in a row, where they are counted"},
	{"ways", "", 2, 1, 100, "times the arm must have moved on meanwhile"},
	{"rest", "s", 2, 0.5, 600, "as long the same is a warning, of a camera of this computer"},
	{0},
};

struct memory {
	struct camera_readings r; /* seconds the same */
	struct arm_motion arm;
	unsigned ways[RUN_CAMERAS]; /* of the arm, when the picture was last new */
};

static void step(struct check *c, const struct tick *t)
{
	struct memory *m = c->memory;

	arm_motion_step(&m->arm, c, t);
}

/* The picture has been the same for s; real: it is one of a camera with noise. */
static void judge(struct check *c, unsigned subject, double s, bool none, bool real)
{
	struct memory *m = c->memory;
	unsigned *ways = &m->ways[subject - SUBJECT_CAMERA];
	struct finding f = {LEVEL_FAIL, subject, s, c->param[P_S], "s"};
	const char *name = check_subject(c, subject);

	camera_note(&m->r, subject, s, c->param[P_S], s >= c->param[P_S]);
	if (!(s >= c->param[P_S])) {
		*ways = m->arm.ways;
		return;
	}
	if (m->arm.ways - *ways >= c->param[P_WAYS]) {
		check_find(c, &f,
			   none ? "no picture of %s came for %.1f s while the arm moved"
				: "%s shows the same picture for %.1f s while the arm moves",
			   name, s);
	} else if (real && !none && s >= c->param[P_REST_S]) {
		f.level = LEVEL_WARN;
		f.threshold = c->param[P_REST_S];
		check_find(c, &f, "%s shows the very same picture for %.1f s: not even noise", name,
			   s);
	}
}

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	unsigned i = subject - SUBJECT_CAMERA;

	if (k->state == CAMERA_SILENT)
		judge(c, subject, m->r.known[i] ? m->r.value[i] + 1 : 1, true, true);
	else if (!isnan(k->frozen_s))
		judge(c, subject, k->frozen_s, false, k->mode == CAMERA_OWN);
	else if (k->state == CAMERA_STREAMING && k->mode == CAMERA_WATCH)
		m->ways[i] = m->arm.ways; /* pictures come; whether they differ is not seen */
}

static void frame(struct check *c, unsigned subject, const struct frame *f)
{
	if (!isnan(f->repeat_s))
		judge(c, subject, f->repeats >= c->param[P_REPEATS] ? f->repeat_s : 0, false,
		      false);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, false, "s", "no picture is seen, nor when they come"))
		snprintf(out->why, sizeof(out->why), "the same for %.1f s", out->value);
}

const struct check_class check_camera_frozen = {
	.name = "camera-frozen",
	.summary = "a camera shows the same picture, or none",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.yields = "camera-missing camera-gone",
	.step = step,
	.camera = camera,
	.frame = frame,
	.show = show,
};
