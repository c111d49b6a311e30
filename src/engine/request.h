/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests of viewers: one JSON object a packet, from any program of this user, so hostile.
 * {"v":5,"request":"hello","version":TEXT,"hz":N}   {"v":5,"request":"history","joint":N,
 * "columns":N,"span_s":S}   {"v":5,"request":"thumb","camera":N}   {"v":5,"request":"reference",
 * "name":CAMERA}   {"v":5,"request":"episode-end","episode":N,"outcome":WORD,"note":TEXT}
 * {"v":5,"request":"episode-start","episode":N}   {"v":5,"request":"mark","episode":N,
 * "note":TEXT}   {"v":5,"request":"stop"}. Pure; any thread.
 */
#ifndef POLICYTOP_ENGINE_REQUEST_H
#define POLICYTOP_ENGINE_REQUEST_H

#include <stddef.h>

#include "base/err.h"
#include "model/event.h"

enum { REQUEST_BYTES_MAX = 4096 };

enum request_kind {
	REQUEST_HELLO,
	REQUEST_HISTORY,
	REQUEST_THUMB,
	REQUEST_REFERENCE,
	REQUEST_EPISODE_END,
	REQUEST_EPISODE_START,
	REQUEST_MARK,
	REQUEST_STOP,
};

struct request {
	enum request_kind kind;
	double hz;	       /* hello: snapshots a second, 0 none, at most 30 */
	unsigned joint;	       /* history, and the two below */
	unsigned columns;      /* 1 … HISTORY_COLUMNS */
	double span_s;	       /* 0 … 8 */
	unsigned camera;       /* thumb: less than VIEW_CAMERAS */
	uint32_t episode;      /* the one it means */
	enum outcome outcome;  /* episode-end */
	char note[TASK_BYTES]; /* cleaned; "" none */
	char name[NAME_BYTES]; /* reference: of the camera, cleaned */
};

/*
 * 0; -EPROTO another version of the protocol (both are named); -EINVAL no request, with a reason.
 */
int request_parse(struct request *r, const char *text, size_t len, struct err *e);

#endif
