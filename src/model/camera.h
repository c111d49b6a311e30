/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras: the facts of one picture, and the health of one camera. Plain data; any thread. NaN is
 * unknown, as are -1 and "".
 */
#ifndef POLICYTOP_MODEL_CAMERA_H
#define POLICYTOP_MODEL_CAMERA_H

#include <stdbool.h>
#include <stdint.h>

#include "model/joint.h"

enum { FRAME_THUMB_WIDTH = 64, FRAME_THUMB_HEIGHT = 48 };

/* A camera picture that was seen, as facts. */
struct frame {
	char camera[NAME_BYTES]; /* the role under which it was seen */
	uint32_t width, height;	 /* of the picture */
	uint8_t channels;	 /* 1 or 3 */
	double mean[3], std[3];	 /* per channel in [0,1], NaN unknown */
	double dark, bright;	 /* shares of pixels under 0.05 and over 0.95, NaN unknown */
	/* Variance of the Laplacian at half size, in grey levels of 0..255; NaN unknown. */
	double sharpness;
	/* Pictures before this one that were equal to it, in a row, and for how long; NaN unknown. */
	double repeats, repeat_s;
	uint8_t thumb_width, thumb_height; /* 0 none; at most FRAME_THUMB_* */
	const uint8_t *thumb;		   /* RGB, [thumb_height][thumb_width][3] */
};

/* The facts of no picture: all unknown. */
void frame_init(struct frame *f);

enum camera_mode {
	CAMERA_TRAFFIC, /* pictures that a policy saw, in its traffic */
	CAMERA_WATCH,	/* beside the program that streams it: no pictures */
	CAMERA_OWN,	/* streamed by us */
	CAMERA_MODE_N,
};

const char *camera_mode_word(enum camera_mode m); /* "traffic" "watch" "own" */

enum camera_state {
	CAMERA_UNKNOWN,
	CAMERA_STREAMING, /* pictures come */
	CAMERA_IDLE,	  /* there, and nobody streams it */
	CAMERA_BUSY,	  /* another program has it */
	CAMERA_SILENT,	  /* it streams, and no picture comes */
	CAMERA_MISSING,	  /* was never there */
	CAMERA_GONE,	  /* was there: unplugged */
	CAMERA_FAILED,	  /* the driver refuses: see trouble */
	CAMERA_CROWDED,	  /* its USB bus has no bandwidth left for it */
	CAMERA_STATE_N,
};

const char *camera_state_word(enum camera_state s); /* NULL for unknown */
enum camera_state camera_state_from_word(const char *word);

/* Controls that change the picture or the rate by themselves. */
enum camera_auto {
	AUTO_EXPOSURE = 1u << 0,
	AUTO_RATE = 1u << 1, /* exposure may lower the frame rate */
	AUTO_WHITE = 1u << 2,
	AUTO_FOCUS = 1u << 3,
	AUTO_GAIN = 1u << 4,
	CAMERA_AUTO_N = 5,
};

/* One camera, once a second and when its state changes. */
struct camera {
	char name[NAME_BYTES]; /* its role */
	char device[128];      /* its stable path, "" unknown */
	char serial[NAME_BYTES];
	char owner[NAME_BYTES];	 /* the program that streams it: "python3 (4711)" */
	char trouble[128];	 /* what a failed one says */
	char format[8];		 /* "MJPG" */
	char bus[NAME_BYTES];	 /* the USB root that it shares with others, "" unknown */
	int64_t mode, state;	 /* enum camera_mode, camera_state */
	int64_t width, height;	 /* 0 unknown */
	int64_t sequence;	 /* of the last frame, -1 unknown */
	int64_t lost, errors;	 /* frames since it was opened, -1 unknown */
	int64_t automatic;	 /* AUTO_* bits that are on, -1 unknown */
	double fps_set;		 /* that the driver promises */
	double fps, jitter_ms;	 /* measured since the last one */
	double age_ms;		 /* of the newest frame when it was taken */
	double frozen_s;	 /* how long the picture has been the same */
	double megabytes_s;	 /* that it takes of its bus */
	double bus_megabytes_s;	 /* that its bus can carry for cameras */
	double dark, sharpness;	 /* of its last picture, as in struct frame */
	char is[NAME_BYTES];	 /* the training camera that it looks like, "" cannot tell */
	char method[NAME_BYTES]; /* how that was found: "picture", "motion" */
	double margin;		 /* how sure: σ by picture, log10 odds by motion */
};

void camera_init(struct camera *c);

#endif
