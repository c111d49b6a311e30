/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: viewers come and go, ask and watch; none can hold the engine up. Sends never
 * block. A snapshot is only sent to a viewer that has read the one before, so a slow one always
 * gets the newest; one that does not even read its answers is hung up on. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_CONTROL_H
#define POLICYTOP_ENGINE_CONTROL_H

#include <sys/types.h>

#include "base/loop.h"
#include "engine/request.h"
#include "view/snapshot.h"

enum { CONTROL_VIEWERS_MAX = 16 };

/* What the engine does for viewers. */
struct control_host {
	void *host;
	int64_t (*run)(void *host); /* 0 unknown */
	void (*snapshot)(void *host, struct snapshot *out);
	bool (*history)(void *host, const struct request *r, struct history *out);
	void (*thumb)(void *host, const struct request *r, struct view_thumb *out);
	void (*reference)(void *host, const struct request *r, struct view_reference *out);
	/* episode-end, episode-start, mark, stop: 0 with a text for the answer, or -errno with e. */
	int (*act)(void *host, const struct request *r, char text[MESSAGE_BYTES], struct err *e);
};

struct control;

/*
 * Listens on path (removed first: the caller holds the rig's lock) with mode 0600 for processes of
 * uid. NULL with e.
 */
struct control *control_new(struct loop *loop, const char *path, uid_t uid,
			    const struct control_host *host, struct err *e);

/* Tells every viewer why and hangs up; removes the socket. NULL is allowed. */
void control_free(struct control *c, const char *why);

void control_verdict(struct control *c, const struct verdict *v);
void control_event(struct control *c, enum level level, const char *text);
unsigned control_viewers(const struct control *c);

#endif
