/* SPDX-License-Identifier: Apache-2.0 */
/* One camera's pictures are older than another's when they are taken: they show two moments. */
#include <math.h>
#include <stdio.h>

#include "check/cameras.h"

enum { P_SKEW_MS, P_PERIODS, P_READINGS };

static const struct check_param params[] = {
	{"skew", "ms", 50, 1, 10000, "difference of age that may always be"},
	{"periods", "", 1.5, 0.1, 100, "of the slower camera, if that is more"},
	{"readings", "", 3, 1, 100, "in a row, one a second, that must be over it"},
	{0},
};

struct memory {
	struct camera_readings r; /* older than the youngest by so many ms */
	bool known[RUN_CAMERAS];
	double age_ms[RUN_CAMERAS], period_ms[RUN_CAMERAS];
};

/* The camera with the youngest pictures, -1: no other than the one at but tells its age. */
static int youngest(const struct memory *m, unsigned n, unsigned but)
{
	int best = -1;

	for (unsigned i = 0; i < n; i++) {
		if (i != but && m->known[i] && (best < 0 || m->age_ms[i] < m->age_ms[best]))
			best = (int)i;
	}
	return best;
}

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	unsigned i = subject - SUBJECT_CAMERA;
	struct finding f = {LEVEL_WARN, subject, 0, 0, "ms"};
	int other;

	m->known[i] = !isnan(k->age_ms) && k->fps_set > 0;
	m->age_ms[i] = k->age_ms;
	m->period_ms[i] = 1e3 / k->fps_set;
	other = youngest(m, c->run->cameras, i);
	if (!m->known[i] || other < 0) {
		camera_note(&m->r, subject, (double)NAN, 0, false);
		return;
	}
	f.value = fmax(0, k->age_ms - m->age_ms[other]);
	f.threshold = fmax(c->param[P_SKEW_MS],
			   c->param[P_PERIODS] * fmax(m->period_ms[i], m->period_ms[other]));
	if (camera_note(&m->r, subject, f.value, f.threshold, f.value > f.threshold) >=
	    c->param[P_READINGS])
		check_find(c, &f, "pictures of %s are %.0f ms older than those of %s", k->name,
			   f.value, check_subject(c, SUBJECT_CAMERA + (unsigned)other));
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, false, "ms",
			"no two cameras tell the age of their pictures"))
		snprintf(out->why, sizeof(out->why), "%.0f ms between two cameras", out->value);
}

const struct check_class check_camera_skew = {
	.name = "camera-skew",
	.summary = "two cameras show two moments",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
