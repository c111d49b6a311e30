/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames that another program takes from a camera, seen by the kernel's own trace points: root
 * only, and nobody is disturbed. In a trace instance of our own, that is removed at the end; one
 * that was left behind by a killed process is removed by the next. One thread at a time.
 */
#ifndef POLICYTOP_HAL_CAMERA_TRACE_H
#define POLICYTOP_HAL_CAMERA_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CAMERA_TRACE_LINE = 768 };

struct camera_trace {
	int fd;	   /* to read from and to poll, -1 closed */
	int minor; /* of the camera's device */
	char path[200];
	size_t len; /* of the line under way */
	bool skip;  /* which is too long */
	char line[CAMERA_TRACE_LINE];
};

/* A frame, when it was handed to the program. */
struct camera_sight {
	int minor;
	uint32_t sequence, bytes;
	bool damaged;
	int64_t taken_ns; /* CLOCK_MONOTONIC, when the program took it; TIME_UNKNOWN */
	int64_t t_ns;	  /* CLOCK_MONOTONIC of the frame, TIME_UNKNOWN: another clock */
};

/* root is put before /sys. 0; -EACCES or -ENOENT: not allowed, not there; -errno. t is closed then. */
int camera_trace_open(struct camera_trace *t, const char *root, int minor, struct err *e);
void camera_trace_close(struct camera_trace *t); /* also after a failed open */

/* Frames of this camera since the last call, at most max; 0 none for now, -errno. */
int camera_trace_read(struct camera_trace *t, struct camera_sight *out, int max);

/* One line of the trace without its newline; false: it is of no frame. */
bool camera_trace_line(struct camera_sight *out, const char *line, size_t n);

#endif
