/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of one camera in some episodes, as far as references need them. */
#ifndef POLICYTOP_TRAINING_SCAN_H
#define POLICYTOP_TRAINING_SCAN_H

#include "training/reel.h"
#include "training/reference.h"
#include "vision/view.h"

enum { SCAN_HZ = 5, SCAN_SECONDS = 60 };

struct scan_picture {
	struct frame frame; /* without its pointer */
	struct view view;
};

/* How much the picture changed in the tenth of a second that ended at t_s of the episode. */
struct scan_change {
	float t_s, levels;
};

struct scan_episode {
	size_t span; /* of struct episodes */
	unsigned pictures, changes;
	struct scan_picture *picture; /* at SCAN_HZ, the first one at its start */
	struct scan_change *change;   /* frame by frame */
};

struct scan {
	unsigned n;
	struct scan_episode episode[REFERENCE_EPISODES];
	char trouble[REEL_TEXT_BYTES]; /* of one of the videos, "" none */
	unsigned failed;	       /* videos that did not decode */
	unsigned there;		       /* episodes whose video is there */
};

/*
 * Reads pictures of a camera: episodes spread evenly over those that have a video. 0, or a
 * negative errno with e when the helper is missing or died.
 */
int scan_read(struct scan *s, const char *camera, const struct episodes *all,
	      const struct reference_set *set, size_t nsets, struct err *e);

/*
 * The same of a camera whose pictures lie in the data files; of the first set that has such.
 * s->there is 0 where none has. 0, or a negative errno with e.
 */
int scan_images(struct scan *s, const char *camera, const struct episodes *all,
		const struct reference_set *set, size_t nsets, struct err *e);
void scan_drop_pictures(struct scan *s); /* keeps the changes */
void scan_fini(struct scan *s);

#endif
