/* SPDX-License-Identifier: Apache-2.0 */
/* The cameras of one USB bus, against what it carries: one too many, and the last does not start. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "check/cameras.h"

enum { P_SHARE };

static const struct check_param params[] = {
	{"share", "%", 90, 1, 100, "of what the bus can carry for cameras"},
	{0},
};

struct memory {
	struct camera_readings r; /* MB/s of its bus */
	char bus[RUN_CAMERAS][NAME_BYTES];
	double megabytes_s[RUN_CAMERAS];
};

/* What the cameras of a bus take together, as far as it is known; *n how many they are. */
static double sum(const struct memory *m, unsigned cameras, const char *bus, unsigned *n)
{
	double s = 0;

	*n = 0;
	for (unsigned i = 0; i < cameras; i++) {
		if (strcmp(m->bus[i], bus) != 0 || !(m->megabytes_s[i] > 0))
			continue;
		s += m->megabytes_s[i];
		++*n;
	}
	return s;
}

static void camera(struct check *c, unsigned subject, const struct camera *k)
{
	struct memory *m = c->memory;
	unsigned i = subject - SUBJECT_CAMERA, n;
	struct finding f = {LEVEL_WARN, subject, 0, 0, "MB/s"};

	text_copy(m->bus[i], NAME_BYTES, k->bus);
	m->megabytes_s[i] = k->megabytes_s;
	if (k->state == CAMERA_CROWDED) {
		f.value = f.threshold = k->bus_megabytes_s;
		check_find(c, &f, "%s: %s", k->name, k->trouble);
		return;
	}
	if (!k->bus[0] || isnan(k->bus_megabytes_s) || isnan(k->megabytes_s))
		return;
	f.value = sum(m, c->run->cameras, k->bus, &n);
	f.threshold = k->bus_megabytes_s * c->param[P_SHARE] / 100;
	if (camera_note(&m->r, subject, f.value, f.threshold, f.value > f.threshold))
		check_find(c, &f,
			   "%u cameras take %.1f MB/s of %s, which carries %.0f: another port of "
			   "the computer, MJPG, or a lower rate",
			   n, f.value, k->bus, k->bus_megabytes_s);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (camera_show(c, out, &m->r, false, "MB/s",
			"no camera tells what it takes of its USB bus"))
		snprintf(out->why, sizeof(out->why), "%.1f MB/s of %.0f that a bus may carry",
			 out->value, out->threshold);
}

const struct check_class check_camera_bandwidth = {
	.name = "camera-bandwidth",
	.summary = "cameras want more than their USB bus carries",
	.needs = NEED_CAMERAS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.camera = camera,
	.show = show,
};
