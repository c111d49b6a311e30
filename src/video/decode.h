/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stretch of one video as RGB pictures, by the FFmpeg libraries. Videos are hostile: a file
 * that is cut short, lies about itself or needs a decoder that is not there is an error with a
 * message. One thread a struct decode.
 */
#ifndef POLICYTOP_VIDEO_DECODE_H
#define POLICYTOP_VIDEO_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct decode_job {
	const char *path;
	double from_s, to_s;
	unsigned every; /* 1: every frame */
};

struct decode_picture {
	double t_s, fps; /* since from_s; 0 unknown */
	uint32_t width, height;
	const uint8_t *rgb;
	size_t stride; /* bytes a row */
};

/* take returns 0 or a negative errno that ends the job. 0, or a negative errno with e. */
int decode_video(const struct decode_job *job,
		 int (*take)(void *host, const struct decode_picture *p), void *host,
		 struct err *e);

#endif
