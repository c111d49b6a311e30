/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where episodes begin and end, and why: episode messages, a policy reset, the connection, at least
 * a second without asked, the operator. A source that sends episode messages is believed: then
 * only they and the operator count. Pure state, part of the merge; loop thread.
 */
#ifndef POLICYTOP_ENGINE_BOUNDARY_H
#define POLICYTOP_ENGINE_BOUNDARY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"
#include "model/record.h"

struct boundary {
	void *host;
	/* A start or an end; t_ns is CLOCK_MONOTONIC. `number` is the episode's. */
	void (*mark)(void *host, const struct episode_mark *mark, int64_t t_ns);

	uint32_t number; /* of the episode under way, or of the last one */
	bool in_episode;
	bool any;	       /* an episode was seen at all, in this segment or before */
	bool told, told_start; /* episode messages came; one of them was a start */
	bool held;	       /* the operator ended one: wait for a reason to begin another */
	bool resumed;	       /* the open episode is of an earlier segment, not yet told */
	int64_t last_asked_ns; /* on the step axis, TIME_UNKNOWN: not in this episode */
	char task[TASK_BYTES]; /* of hello, for starts without one */
};

void boundary_init(struct boundary *b, const struct resume_point *resume);

/* A resumed start begins nothing while an episode is open: that one goes on. */
void boundary_message(struct boundary *b, const struct episode_mark *m, int64_t t_ns);
void boundary_reset(struct boundary *b, int64_t t_ns);	   /* the policy was reset */
void boundary_reconnect(struct boundary *b, int64_t t_ns); /* the tick's source said hello again */
void boundary_end(struct boundary *b, const char *why, int64_t t_ns); /* of the run */

/* Before each step. Returns whether the step belongs to the episode under way. */
bool boundary_step(struct boundary *b, bool asked, int64_t axis_ns, int64_t t_ns);

/* -EALREADY: there is none to end, or one is under way. */
int boundary_operator_end(struct boundary *b, enum outcome o, const char *note, int64_t t_ns);
int boundary_operator_start(struct boundary *b, int64_t t_ns);

#endif
