/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Videos through the helper policytop-video (vision/reel.h), which may crash, hang or be missing
 * without harm: that is an error with a message. Main thread; blocks until the jobs are done.
 */
#ifndef POLICYTOP_TRAINING_REEL_H
#define POLICYTOP_TRAINING_REEL_H

#include <stddef.h>

#include "base/err.h"
#include "vision/reel.h"

struct reel_job {
	char *path;
	double from_s, to_s; /* of the video's own clock; to_s may lie behind its end */
	unsigned every;	     /* 1: every frame */
};

struct reel_host {
	void *host;
	/* A frame of job r->job, in order; f->thumb is set. */
	void (*frame)(void *host, const struct reel_record *r, const struct frame *f);
	/* A job is over; trouble NULL: in order. */
	void (*end)(void *host, unsigned job, unsigned frames, const char *trouble);
};

/*
 * Does n jobs. 0, or a negative errno with e: the helper is missing (-ENOENT), crashed, or said
 * nothing for a minute, or for POLICYTOP_VIDEO_WAIT_S (-ETIMEDOUT): then it is killed. Trouble of one job is no error: see end().
 */
int reel_read(const struct reel_job *job, size_t n, const struct reel_host *host, struct err *e);

#endif
