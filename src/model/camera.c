/* SPDX-License-Identifier: Apache-2.0 */
#include "model/camera.h"

#include <math.h>
#include <string.h>

void frame_init(struct frame *f)
{
	*f = (struct frame){.dark = (double)NAN, .bright = (double)NAN};
	f->sharpness = f->repeats = f->repeat_s = (double)NAN;
	for (unsigned k = 0; k < 3; k++)
		f->mean[k] = f->std[k] = (double)NAN;
}

const char *camera_mode_word(enum camera_mode m)
{
	static const char *const words[CAMERA_MODE_N] = {"traffic", "watch", "own"};

	return m < CAMERA_MODE_N ? words[m] : NULL;
}

static const char *const state_words[CAMERA_STATE_N] = {
	NULL, "streaming", "idle", "busy", "silent", "missing", "gone", "failed", "no-bandwidth"};

const char *camera_state_word(enum camera_state s)
{
	return s < CAMERA_STATE_N ? state_words[s] : NULL;
}

enum camera_state camera_state_from_word(const char *word)
{
	for (int i = CAMERA_STREAMING; i < CAMERA_STATE_N; i++) {
		if (strcmp(state_words[i], word) == 0)
			return (enum camera_state)i;
	}
	return CAMERA_UNKNOWN;
}

void camera_init(struct camera *c)
{
	*c = (struct camera){.sequence = -1, .lost = -1, .errors = -1, .automatic = -1};
	c->fps_set = c->fps = c->jitter_ms = c->age_ms = c->frozen_s = (double)NAN;
	c->megabytes_s = c->bus_megabytes_s = c->dark = c->sharpness = c->margin = (double)NAN;
}
