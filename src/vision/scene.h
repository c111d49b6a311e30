/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands still in the pictures of one training camera, and how a new picture lies on it:
 * moved, turned, zoomed, mirrored, lighter, of other colours. The moving arm and the objects vary
 * from picture to picture, so they weigh little. Pure; a scene is read-only once built and may be
 * read by any thread.
 */
#ifndef POLICYTOP_VISION_SCENE_H
#define POLICYTOP_VISION_SCENE_H

#include "vision/view.h"

enum { SCENE_LEVELS = 3, SCENE_VIEWS_MAX = 256 };

/* The reference at one degree of blur, and how it changes from pixel to pixel. */
struct scene_level {
	float value[VIEW_PIXELS], along_x[VIEW_PIXELS], along_y[VIEW_PIXELS];
};

struct scene {
	unsigned views;			/* it was built from */
	float contrast[VIEW_PIXELS];	/* median of the local contrast */
	float spread[VIEW_PIXELS];	/* and its standard deviation */
	uint8_t rgb[VIEW_PIXELS][3];	/* median colours */
	float grey_spread[VIEW_PIXELS]; /* standard deviation in grey levels */
	bool steady[VIEW_PIXELS];	/* of the 40 % with the smallest grey_spread */
	float weight[VIEW_PIXELS], root_weight[VIEW_PIXELS]; /* of contrast in a fit */
	struct scene_level level[SCENE_LEVELS];
};

/* n from 1 to SCENE_VIEWS_MAX. */
void scene_build(struct scene *s, const struct view *const *view, unsigned n);

/* How a picture lies on the scene. */
struct scene_fit {
	float x, y;	/* shift in pixels of a view; one is 10 pixels of 640 x 480 */
	float zoom;	/* 1.12: everything is larger by 12 % */
	float roll_deg; /* clockwise */
	float alike;	/* correlation where the scene is steady, -1..1, after fitting */
};

enum scene_flip { FLIP_NONE, FLIP_MIRRORED, FLIP_UPSIDE_DOWN, FLIP_TURNED, FLIP_N };
const char *scene_flip_word(
	enum scene_flip f); /* "mirrored" "upside down" "turned by 180 degrees" */

void scene_fit(struct scene_fit *fit, const struct scene *s, const struct view *v,
	       enum scene_flip flip);

/* Light and colours against the scene's steady pixels; NaN where too few can tell. */
struct scene_light {
	float gain;	 /* brightness, live / training */
	float red, blue; /* logs of R/G and B/G, live over training */
	float warm;	 /* root mean square of training's R - B, in levels */
	float like;	 /* correlation of R - B with training's, -1..1; swapped: negative */
};

void scene_light(struct scene_light *l, const struct scene *s, const struct view *v);

#endif
