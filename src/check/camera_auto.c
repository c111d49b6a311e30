/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a camera decides by itself: exposure, white balance, focus, gain, and whether it may slow
 * down in the dark. A warning where training's pictures kept one brightness, and where the rate may
 * fall; else a note.
 */
#include <stdio.h>
#include <string.h>

#include "check/cameras.h"

enum { P_READINGS };

static const struct check_param params[] = {
	{"readings", "", 2, 1, 100, "in a row, one a second"},
	{0},
};

struct memory {
	struct camera_readings r; /* how many controls are automatic */
};

static unsigned words_of(char *dst, size_t size, int64_t automatic)
{
	static const char *const words[CAMERA_AUTO_N] = {
		"auto_exposure", "exposure_dynamic_framerate", "white_balance_automatic",
		"focus_automatic_continuous", "gain_automatic"};
	unsigned n = 0;
	size_t len = 0;

	dst[0] = '\0';
	for (unsigned i = 0; i < CAMERA_AUTO_N; i++) {
		if (!(automatic & 1 << i) || len >= size)
			continue;
		len += (size_t)snprintf(dst + len, size - len, "%s%s", n++ ? ", " : "", words[i]);
	}
	return n;
}

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	struct camera_training t;
	struct finding f = {LEVEL_NOTE, subject, 0, 1, "controls"};
	char words[160];
	unsigned n;

	if (k->automatic < 0)
		return;
	n = words_of(words, sizeof(words), k->automatic);
	f.value = n;
	if (camera_note(&m->r, subject, n, 1, n > 0) < c->param[P_READINGS])
		return;
	camera_training(c, k->name, &t);
	if (t.fixed || k->automatic & AUTO_RATE)
		f.level = LEVEL_WARN;
	check_find(c, &f, "%s decides by itself: %s%s", k->name, words,
		   t.fixed		      ? "; in training its picture was fixed"
		   : k->automatic & AUTO_RATE ? "; its rate may fall in the dark"
					      : "");
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, false, "controls", "no camera tells its controls"))
		snprintf(out->why, sizeof(out->why),
			 out->value > 0 ? "%.0f controls are automatic" : "no control is automatic",
			 out->value);
}

const struct check_class check_camera_auto = {
	.name = "camera-auto",
	.summary = "a camera sets exposure, focus or rate by itself",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
