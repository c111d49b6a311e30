/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pictures of one live camera say of it, each against the training cameras, and the medians
 * of a window of them: single pictures may show a hand or an odd pose. Pure; one thread a window.
 */
#ifndef POLICYTOP_VISION_SIGHT_H
#define POLICYTOP_VISION_SIGHT_H

#include "vision/eye.h"

enum { SIGHT_CAMERAS = REFERENCE_CAMERAS, SIGHTS_MAX = 8 /* of a window */ };

struct sight {
	float distance[SIGHT_CAMERAS];	   /* to each training camera, NaN none */
	float x, y, zoom, roll_deg, alike; /* as the camera it is said to be; NaN unknown */
	float gain, red, blue, like, warm;
	float light, contrast, dark, bright, sharpness; /* of the picture alone */
};

/* own: index of the camera it is said to be, -1 none. eye[i] may be NULL. */
void sight_take(struct sight *s, const struct frame *f, const struct view *v,
		const struct eye *const *eye, unsigned eyes, int own);

struct sight_window {
	unsigned n;
	struct sight sight[SIGHTS_MAX];
};

/* Adds one; a full window forgets the oldest. */
void sight_add(struct sight_window *w, const struct sight *s);

/* Medians of all of them; NaN where none is known. */
void sight_median(struct sight *out, const struct sight_window *w);

#endif
