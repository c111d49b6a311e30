/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras as they are recorded: of many pictures one a second, and of a camera that nobody but the
 * policy sees what its pictures tell of it. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_EYES_H
#define POLICYTOP_ENGINE_EYES_H

#include "model/event.h"

enum { EYES_MAX = 8 };

struct eyes {
	unsigned n;
	struct {
		char name[NAME_BYTES];
		int64_t health_ns; /* when a source told its health, TIME_UNKNOWN never */
		int64_t kept_ns;   /* its last picture that was recorded, TIME_UNKNOWN none */
	} eye[EYES_MAX];
};

/* A source told of the health of a camera. */
void eyes_health(struct eyes *e, const struct camera *c, int64_t t_ns);

/* Whether this picture is to be recorded: the first, or a second has passed. */
bool eyes_keep(struct eyes *e, const struct frame *f, int64_t t_ns);

/*
 * Fills out with what a kept picture tells of its camera, but for which one it is. False: a source
 * tells its health, and more than a picture does.
 */
bool eyes_tell(const struct eyes *e, const struct frame *f, int64_t t_ns, struct camera *out);

#endif
