/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One V4L2 camera. A policy may have it open at the same time, and must never notice: camera_open()
 * to camera_change() make only calls that are harmless to whoever streams (queries, G_*, control
 * events on a descriptor of their own); S_FMT, S_PARM, S_INPUT and S_CTRL are never made at all.
 * Only camera_start() takes the camera (REQBUFS, STREAMON), with the format that is set.
 *
 * The system calls are an ops struct, so that every answer of a driver can be played. All calls may
 * block (a camera that is opened wakes up first): never from the loop. One thread at a time. What
 * a driver says is hostile: texts are cleaned, sizes are bounded.
 */
#ifndef POLICYTOP_HAL_CAMERA_H
#define POLICYTOP_HAL_CAMERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What a camera needs of the system. Every int is 0 or more, or -errno. */
struct camera_sys {
	void *host;
	int (*open)(void *host, const char *path); /* read and write, never blocking */
	void (*close)(void *host, int fd);
	int (*control)(void *host, int fd, unsigned long request, void *arg);
	void *(*map)(void *host, int fd, size_t length, uint32_t offset); /* NULL: no memory */
	void (*unmap)(void *host, void *p, size_t length);
};

extern const struct camera_sys camera_kernel;

enum {
	CAMERA_CONTROLS = 16,
	CAMERA_BUFFERS = 4,
	CAMERA_SIDE_MAX = 1 << 14, /* pixels; larger is a driver's mistake */
	CAMERA_BYTES_MAX = 1 << 28,
};

struct camera_format {
	uint32_t width, height; /* 0 unknown */
	uint32_t fourcc, stride, size_bytes;
	uint32_t field, colorspace;
	double fps; /* as set; NaN unknown */
};

/* What a control can do to a picture, or to the rate, by itself. */
enum camera_role {
	CAMERA_SETTING,	      /* nothing: it stays as it was set */
	CAMERA_EXPOSURE_MODE, /* 1 is manual, all else automatic */
	CAMERA_RATE_SWITCH,   /* 1: the rate may fall in the dark */
	CAMERA_WHITE_SWITCH,  /* 1: automatic, as the next two */
	CAMERA_FOCUS_SWITCH,
	CAMERA_GAIN_SWITCH,
	CAMERA_PRIVACY, /* 1: the picture is black */
};

struct camera_control {
	uint32_t id;
	enum camera_role role;
	char name[40]; /* as v4l2-ctl has it: exposure_dynamic_framerate */
	bool known;    /* value is */
	int64_t value;
};

struct camera_buffer {
	void *p;
	size_t length;
};

struct camera_dev {
	const struct camera_sys *sys;
	int fd;		/* -1 closed */
	char path[160]; /* as opened */
	char card[40], bus[40], driver[24];
	struct camera_format format;
	unsigned ncontrols;
	struct camera_control control[CAMERA_CONTROLS];
	bool streaming, taken; /* taken: buffers were asked for, the camera is ours */
	unsigned nbuffers;
	struct camera_buffer buffer[CAMERA_BUFFERS];
	int held; /* index of the buffer that camera_take() lent, -1 none */
};

/* A frame that lies in the driver's memory until camera_give(). */
struct camera_shot {
	uint32_t sequence;
	int64_t t_ns;	      /* CLOCK_MONOTONIC, TIME_UNKNOWN: another clock */
	bool start;	      /* t_ns is of the start of exposure, else of its end */
	bool damaged;	      /* the driver says so */
	bool cut;	      /* shorter than an uncompressed picture is */
	const uint8_t *bytes; /* [n] */
	size_t n;
};

/* A control that somebody changed, in c->control[index]. */
struct camera_change {
	unsigned index;
	bool was_known;
	int64_t was;
};

/*
 * Opens path, and says -ENOTTY when it is no camera (a metadata node), -ENODEV when it has gone.
 * Then asks once for the format and the controls, and subscribes to these. 0 or -errno with e.
 */
int camera_open(struct camera_dev *c, const struct camera_sys *sys, const char *path,
		struct err *e);
/* Gives everything back, in the order that leaves nothing behind. Also after a failed open. */
void camera_close(struct camera_dev *c);

/* Asks again for format and rate: 1 they changed, 0 not, -errno: gone or broken. */
int camera_look(struct camera_dev *c);

/* The next change of a control by somebody else: 1, 0 none, -errno. */
int camera_changed(struct camera_dev *c, struct camera_change *out);

/* Takes the camera as it is set. -EBUSY: another program has it; -ENOSPC: no USB bandwidth. */
int camera_start(struct camera_dev *c, struct err *e);
void camera_stop(struct camera_dev *c);

/* The next frame: 1, 0 none yet, -errno. At most one is lent at a time. */
int camera_take(struct camera_dev *c, struct camera_shot *out);
int camera_give(struct camera_dev *c); /* 0 or -errno; nothing lent is 0 */

/* A compressed format: its frames have no fixed length. */
bool camera_compressed(uint32_t fourcc);
/* "MJPG"; dst holds 8 bytes at least. */
void camera_fourcc(char dst[8], uint32_t fourcc);

#endif
