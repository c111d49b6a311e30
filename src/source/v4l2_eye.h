/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One camera looked at, from its stable name to events: found, opened, watched or streamed, lost
 * and found again. Single-threaded and without waiting of its own; its calls may block as the
 * driver does, so that v4l2.c runs it in a thread. Time is the caller's.
 */
#ifndef POLICYTOP_SOURCE_V4L2_EYE_H
#define POLICYTOP_SOURCE_V4L2_EYE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "hal/camera.h"
#include "hal/camera_find.h"
#include "hal/camera_picture.h"
#include "hal/camera_trace.h"
#include "model/camera.h"
#include "source/v4l2_meter.h"
#include "wire/picture.h"

struct eye_host {
	void *host;
	void (*camera)(void *host, const struct camera *c, int64_t t_ns);
	void (*frame)(void *host, const struct frame *f, int64_t t_ns);
	void (*note)(void *host, const char *text, int64_t t_ns); /* cleaned */
};

struct eye_cfg {
	struct eye_host host;
	const struct camera_sys *sys;
	char root[64];		      /* before /dev, /sys and /proc; "" the system's */
	char word[CAMERA_NAME_BYTES]; /* as a person names the camera */
	char name[NAME_BYTES];	      /* its role */
	bool own;		      /* stream it, where nobody else does */
	bool no_trace;		      /* do not ask for the kernel's trace */
};

enum { EYE_FDS = 2 };

/* The picture of a stream of our own. */
struct eye_view {
	struct camera_picture *picture; /* NULL: not yet */
	bool told;			/* that a frame was not understood */
	int64_t looked_ns;		/* TIME_UNKNOWN never */
	uint64_t hash;			/* of the last frame's bytes */
	bool any;
	unsigned repeats;
	int64_t fresh_ns; /* when the picture was another one */
	double dark, sharpness;
	uint8_t thumb[PICTURE_THUMB_BYTES];
};

struct eye {
	struct eye_cfg cfg;
	struct camera_place place;
	struct camera_dev dev;
	struct camera_trace trace;
	struct camera_owner owner;
	struct meter meter;
	struct eye_view view;
	enum camera_state state;
	char trouble[128];
	bool resolved, ever;   /* ever: was open once */
	bool yielded;	       /* own, and another program had it: watch only */
	bool trace_told;       /* that there is none */
	int64_t deaf_until_ns; /* poll() found an error: not polled until then */
	int64_t open_next_ns;  /* when to try to open or to start again */
	int64_t look_next_ns;  /* the look of every second */
	int64_t owner_next_ns; /* a search through all processes */
};

/* 0, or -EINVAL with e: the word can be no camera. Nothing is opened yet. */
int eye_init(struct eye *y, const struct eye_cfg *cfg, struct err *e);
void eye_fini(struct eye *y); /* gives the camera back */

/*
 * Does what is to be done at now_ns; returns when to call again. Descriptors that poll() finds ready
 * are a reason to call earlier. poked: a node of /dev came or went.
 */
int64_t eye_run(struct eye *y, int64_t now_ns, bool poked);

/* What to poll for; returns how many. */
unsigned eye_fds(const struct eye *y, struct pollfd out[EYE_FDS], int64_t now_ns);

/* poll() found an error: it is looked at now, and not polled for a second. */
void eye_hang_up(struct eye *y, int64_t now_ns);

#endif
