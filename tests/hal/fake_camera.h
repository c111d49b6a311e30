/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver that answers what a test wants, behind the seam of hal/camera.h: no thread, no
 * descriptor. It keeps account of what was asked of it, and of what was never given back.
 */
#ifndef POLICYTOP_TESTS_HAL_FAKE_CAMERA_H
#define POLICYTOP_TESTS_HAL_FAKE_CAMERA_H

#include "hal/camera.h"

enum { FAKE_FRAMES = 64, FAKE_EVENTS = 8, FAKE_BYTES = 64 * 48 * 2, FAKE_CONTROLS = 4 };

struct fake_frame {
	uint32_t sequence, flags, bytes;
	int64_t t_ns;
	uint8_t fill; /* of its bytes */
};

struct fake_control {
	uint32_t id;
	const char *name;
	int32_t value;
};

struct fake_camera {
	struct camera_sys sys; /* to be handed to the code under test */

	/* What it answers: changed by the test at any time. */
	bool gone;	/* ENODEV to all */
	int open_error; /* errno of open, 0 none */
	bool metadata;	/* no capture node */
	bool endless;	/* texts without an end */
	uint32_t width, height, stride, size_bytes, fourcc;
	uint32_t per_numerator, per_denominator;
	int reqbufs_error, querybuf_error, qbuf_error, streamon_error, dqbuf_error;
	uint32_t buffers; /* that REQBUFS gives, whatever was asked for; 0: as many */
	uint32_t length;  /* of a buffer as QUERYBUF has it; 0: what it is */
	uint32_t index;	  /* of the buffer DQBUF gives, plus 1; 0: the right one */
	unsigned ncontrols;
	struct fake_control control[FAKE_CONTROLS];

	/* Frames and events that wait. */
	unsigned frames, events;
	struct fake_frame frame[FAKE_FRAMES];
	struct fake_control event[FAKE_EVENTS];

	/* The account. */
	unsigned opened, closed, mapped, unmapped;
	unsigned maps_at_close; /* left over when the descriptor was closed */
	unsigned takes;		/* REQBUFS with a count, STREAMON: what a watcher must not do */
	unsigned sets;		/* S_FMT, S_PARM, S_INPUT, S_CTRL: what nobody may do */
	unsigned freed;		/* REQBUFS(0) */
	unsigned queued;	/* bits of buffers */
	unsigned live;		/* mapped now */
	bool streaming;
	uint8_t memory[CAMERA_BUFFERS][FAKE_BYTES];
};

/* 64 x 48 YUYV at 30 fps, with three controls, no frame. */
void fake_camera_init(struct fake_camera *f);

/* One more frame, of full length. */
void fake_camera_frame(struct fake_camera *f, uint32_t sequence, int64_t t_ns, uint8_t fill);

/* Somebody else sets a control. */
void fake_camera_set(struct fake_camera *f, uint32_t id, int32_t value);

#endif
