/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures of one recorded episode, of all cameras, as facts and thumbnails in memory. Main
 * thread.
 */
#ifndef POLICYTOP_TRAINING_FOOTAGE_H
#define POLICYTOP_TRAINING_FOOTAGE_H

#include "training/clips.h"
#include "training/reel.h"

enum { FOOTAGE_CAMERAS = 8, FOOTAGE_FRAMES = 6000 /* of a camera; more are left out */ };

struct footage_frame {
	double t_s; /* since the episode's start */
	struct frame frame;
	uint8_t thumb[FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3]; /* frame.thumb points here */
};

struct footage {
	unsigned cameras;
	struct {
		const char *name; /* the set's */
		const char *path; /* of its video, NULL: it has none of this episode */
		size_t frames;
		struct footage_frame *frame;
		char trouble[REEL_TEXT_BYTES]; /* why there are no (more) pictures, "" none */
	} camera[FOOTAGE_CAMERAS];
};

/* The cameras of a set, and where their pictures are; clips_fini() each. */
struct footage_set {
	unsigned cameras;
	const char *name[FOOTAGE_CAMERAS];
	struct clips clips[FOOTAGE_CAMERAS];
};

int footage_open(struct footage_set *s, const struct dataset *d,
		 const struct profile_camera *camera, size_t n, struct err *e);
void footage_close(struct footage_set *s);

/* 0, or a negative errno with e when the helper is missing or died. fini in any case. */
int footage_read(struct footage *f, const struct footage_set *s, int64_t episode, struct err *e);
void footage_fini(struct footage *f);

#endif
