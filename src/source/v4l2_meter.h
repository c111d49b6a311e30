/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rate of a camera, from the numbers and times of its frames: its own or those that a trace
 * shows. Plain data, no clock; one thread at a time.
 */
#ifndef POLICYTOP_SOURCE_V4L2_METER_H
#define POLICYTOP_SOURCE_V4L2_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/camera.h"

struct meter_frame {
	uint32_t sequence;
	int64_t t_ns;	  /* of the frame, TIME_UNKNOWN */
	int64_t taken_ns; /* when the program took it, TIME_UNKNOWN */
	uint64_t bytes;
	bool damaged;
};

struct meter {
	bool any;
	uint32_t sequence; /* of the last frame */
	int64_t t_ns;	   /* of it, by its own time, else when it was taken */
	bool own_time;
	int64_t seen_ns; /* when the last one came */
	int64_t lost, errors;
	/* Since the last telling. */
	unsigned frames, intervals;
	uint64_t bytes;
	double sum_s, steady_s, squares; /* steady: per frame, gaps taken out */
	double age_ms;			 /* of the newest, NaN unknown */
	int64_t since_ns;
};

/* A stream begins at now_ns. */
void meter_init(struct meter *m, int64_t now_ns);

/* now_ns: when it was seen. Numbers that begin anew are no loss. */
void meter_frame(struct meter *m, const struct meter_frame *f, int64_t now_ns);

/* Fills rate, jitter, age, loss, errors and MB/s of c with what came since the last telling. */
void meter_tell(struct meter *m, struct camera *c, int64_t now_ns);

/* How long no frame came, in seconds. */
double meter_silence_s(const struct meter *m, int64_t now_ns);

#endif
