/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the helper policytop-video writes: one record of a fixed size after the other, in the byte
 * order of the machine that both run on. It gets its jobs on standard input, one a line:
 *
 *     FROM TO EVERY PATH
 *
 * seconds of the video's own clock (TO behind its end: to the end), every how many frames one is
 * wanted (the first one always), and the file. Jobs are done in order; each ends with one record
 * REEL_END or REEL_TROUBLE.
 */
#ifndef POLICYTOP_VISION_REEL_H
#define POLICYTOP_VISION_REEL_H

#include "model/event.h"

enum { REEL_MAGIC = 0x4c454552, REEL_JOBS_MAX = 1 << 16, REEL_TEXT_BYTES = 200 };

enum reel_kind { REEL_FRAME = 1, REEL_END, REEL_TROUBLE };

struct reel_record {
	uint32_t magic, kind; /* REEL_MAGIC, enum reel_kind */
	uint32_t job, frames; /* index of the job, frames told of it so far */
	double t_s;	      /* since FROM, NaN unknown */
	uint64_t hash;	      /* equal pictures have the same one */
	double fps;	      /* of the video, 0 unknown */
	struct frame frame;   /* without its pointer and name */
	char text[REEL_TEXT_BYTES];
	uint8_t thumb[FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3];
};

#endif
