/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures come slower than the camera is set to. */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_RATE, P_READINGS };

static const struct check_param params[] = {
	{"rate", "%", 85, 1, 100, "of the set rate, or of training's, that must be there"},
	{"readings", "", 3, 1, 100, "in a row, one a second, that must be under it"},
	{0},
};

struct memory {
	struct camera_readings r;
};

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	struct camera_training t;
	struct finding f = {LEVEL_WARN, subject, k->fps, 0, "fps"};
	double set = k->fps_set;

	camera_training(c, k->name, &t);
	if (isnan(set))
		set = t.fps;
	f.threshold = set * c->param[P_RATE] / 100;
	/* None at all is camera-frozen's and camera-stale's to tell. */
	if (isnan(k->fps) || isnan(set) || k->state != CAMERA_STREAMING) {
		camera_note(&m->r, subject, (double)NAN, f.threshold, false);
		return;
	}
	if (camera_note(&m->r, subject, k->fps, f.threshold, k->fps < f.threshold) <
	    c->param[P_READINGS])
		return;
	if (k->automatic > 0 && k->automatic & AUTO_RATE)
		check_find(c, &f,
			   "%s gives %.1f fps of %.3g: exposure_dynamic_framerate is on, and lets "
			   "it fall in the dark",
			   k->name, k->fps, set);
	else
		check_find(c, &f, "%s gives %.1f fps of %.3g%s", k->name, k->fps, set,
			   k->lost > 0 ? ", frames are lost" : "");
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, true, "fps",
			"the rate is not seen (root sees it, while a program streams)"))
		snprintf(out->why, sizeof(out->why), "%.1f fps, at least %.1f are wanted",
			 out->value, out->threshold);
}

const struct check_class check_camera_fps = {
	.name = "camera-fps",
	.summary = "a camera is slower than it is set to",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
