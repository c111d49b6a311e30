/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one training camera showed: thumbnails of some episodes, and how far the pictures of each
 * episode lie from those of the others. From the second follows what can be judged of this camera
 * at all. Part of struct profile; thumbnails are private data. NaN is unknown.
 *
 * Figures are over windows of one second (medians of their pictures), every episode judged by the
 * others. Lengths are in pixels of a thumbnail stretched to 64 x 48: one is 10 pixels of 640 x 480.
 */
#ifndef POLICYTOP_MODEL_REFERENCE_H
#define POLICYTOP_MODEL_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/camera.h"

enum {
	REFERENCE_EPISODES = 16, /* that are looked at, spread over the set */
	REFERENCE_VIEWS = 64,
	REFERENCE_BYTES = FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3,
	REFERENCE_FEW = 4, /* episodes: with fewer no spread is known */
	REFERENCE_CAMERAS = 8,
};

struct reference_figures {
	double distance_mean, distance_std, distance_max; /* of looks, to the nearest thumbnail */
	double shift_max, zoom_max, roll_max_deg;	  /* |..|; zoom 0.02: 2 % */
	double alike_min;				  /* correlation of what is steady */
	double gain_min, gain_max;			  /* brightness against the others */
	double red_max, blue_max;    /* |log| of R/G and B/G against the others */
	double like_min, warm;	     /* see struct scene_light */
	double light_min, light_max; /* mean of the picture, 0..1 */
	double contrast_min;	     /* smallest deviation of a picture, 0..1 */
	double dark_max, bright_max, sharpness_min;
};

struct reference {
	unsigned views;			   /* up to REFERENCE_VIEWS */
	unsigned episodes;		   /* they are from */
	uint32_t episode[REFERENCE_VIEWS]; /* 0 .. episodes - 1 */
	uint8_t (*rgb)[REFERENCE_BYTES];   /* [views], 64 x 48 each */
	unsigned windows;		   /* that figures are over; 0: none */
	struct reference_figures figures;
	char moved_why[160]; /* why a movement of this camera cannot be judged; "": it can */
};

void reference_free(struct reference *r); /* NULL is allowed */

enum { MOTION_ARMS = 4, MOTION_S = 12, MOTION_V = 13 };

/*
 * How pictures of cameras that are mounted on arms change when their arm moves: log p(change of the
 * picture | way of the arm), each within a tenth of a second.
 */
struct motion_table {
	unsigned arms;			      /* 2 to MOTION_ARMS */
	char prefix[MOTION_ARMS][NAME_BYTES]; /* of the arm's joints: "left_" */
	char camera[MOTION_ARMS][NAME_BYTES]; /* that is on it */
	double log_p[MOTION_S][MOTION_V];
};

#endif
