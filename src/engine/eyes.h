/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras as they are recorded: of many pictures one a second, and of a camera that nobody but the
 * policy sees what its pictures tell of it. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_EYES_H
#define POLICYTOP_ENGINE_EYES_H

#include "model/event.h"

enum { EYES_MAX = 16 };

struct eyes {
	unsigned n;
	struct {
		char name[NAME_BYTES];
		uint16_t source;
		uint32_t episode;  /* of its last picture that was recorded */
		int64_t health_ns; /* when a source told its health, TIME_UNKNOWN never */
		int64_t kept_ns;   /* its last picture that was recorded, TIME_UNKNOWN none */
	} eye[EYES_MAX];
};

/* A source told of the health of a camera. */
void eyes_health(struct eyes *e, const struct event *ev);

/*
 * Whether this picture (EVENT_FRAME) is to be recorded: the first of its source in the episode, or
 * a second has passed. Of more than EYES_MAX cameras all are.
 */
bool eyes_keep(struct eyes *e, const struct event *ev, uint32_t episode);

/*
 * Fills out with what a kept picture tells of its camera, but for which one it is. False: a source
 * tells its health, and more than a picture does.
 */
bool eyes_tell(const struct eyes *e, const struct event *ev, struct camera *out);

#endif
