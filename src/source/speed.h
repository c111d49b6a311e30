/* SPDX-License-Identifier: Apache-2.0 */
/* The parameter `speed` of sources that replay something: dataset:, raw:. Any thread. */
#ifndef POLICYTOP_SOURCE_SPEED_H
#define POLICYTOP_SOURCE_SPEED_H

#include "source/source.h"

#define SPEED_PARAM                                                                                \
	{                                                                                          \
		"speed", "times", "1", "times real time, or max: as fast as it can"                \
	}

struct speed {
	double factor; /* 0: as fast as it can */
	bool running;
	int64_t from_ns, start_ns; /* its own time when it began, and when that was */
};

/* Reads the parameter: a number from 0.01 to 1000, or max. 0 or -EINVAL. */
int speed_open(struct speed *p, struct uri *u, struct err *e);

/* When what has the time at_ns on the source's own axis is due; at most now_ns: at once. */
int64_t speed_due_ns(struct speed *p, int64_t at_ns, int64_t now_ns);

#endif
