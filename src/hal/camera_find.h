/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a camera is: its stable name, today's node, its place on the USB. A number changes with
 * every plug; the names below /dev/v4l/by-id (which camera) and by-path (which port) do not. May
 * block for as long as a file system does. Any thread.
 */
#ifndef POLICYTOP_HAL_CAMERA_FIND_H
#define POLICYTOP_HAL_CAMERA_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CAMERA_NAME_BYTES = 200 };

struct camera_place {
	int number;			/* of /dev/videoN, -1: not there now */
	char stable[CAMERA_NAME_BYTES]; /* "by-id/usb-…", "by-path/…", else "videoN" */
	char node[32];			/* "/dev/video0", "" not there */
	char name[64];			/* of the camera, as the kernel has it; "" unknown */
	char serial[64];		/* of its USB device, "" none */
	unsigned bus;			/* USB root hub, 0: not on the USB */
	unsigned port_mbit;		/* speed of its link: 480, 5000; 0 unknown */
};

/*
 * Fills out from what a person wrote: "0", "video0", "/dev/video0", a name or path below
 * /dev/v4l/by-id or by-path, or the serial number of its USB device. A camera that is not there is
 * no mistake: number is -1, stable is what was written. root is put before /dev and /sys, "" for
 * the system's. 0, or -EINVAL with e: no such name can be.
 */
int camera_resolve(struct camera_place *out, const char *root, const char *word, struct err *e);

/* Today's node of a stable name; looks no further than its link. False: it is not there. */
bool camera_where(struct camera_place *place, const char *root);

/* Every video node of the system, in the order of their numbers; returns how many, at most max. */
size_t camera_list(struct camera_place *out, size_t max, const char *root);

/* Who has the node open. */
struct camera_owner {
	bool known; /* false: some processes may not be looked into, and no other has it */
	long pid;   /* 0 nobody */
	char program[32];
};

/*
 * Looks through /proc, or first only whether *out still has it. Processes named like our own are
 * taken only if nobody else is there; our own process never.
 */
void camera_find_owner(struct camera_owner *out, const char *root, const char *node);

#endif
