/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CAN bus, heard: a socket that gets a copy of every frame on an interface, of this host's own
 * programs, too. It is never written to: no function here sends, and a test of the linked symbols
 * says so. No call blocks. One thread at a time.
 */
#ifndef POLICYTOP_HAL_CAN_H
#define POLICYTOP_HAL_CAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { CAN_HEARD_BYTES = 64, CAN_HEARD_MAX = 64 };

struct can_heard {
	int64_t t_ns; /* CLOCK_MONOTONIC, by the kernel's clock of its arrival */
	uint32_t id;  /* with the bits of linux/can.h; an error frame has CAN_ERR_FLAG */
	bool fd;
	bool own; /* sent by this host */
	uint8_t len;
	uint8_t data[CAN_HEARD_BYTES];
	uint32_t lost; /* frames before it that were not taken in time */
};

struct can;

/* NULL with e: ENODEV there is no such interface, EAFNOSUPPORT the kernel knows no CAN, … */
struct can *can_open(const char *interface, struct err *e);

/* The same from any socket of packets, which each are a frame of Linux; it owns fd then. */
struct can *can_adopt(int fd);

void can_close(struct can *c);	    /* NULL is allowed */
int can_fd(const struct can *c);    /* readable: frames are there */
int can_index(const struct can *c); /* of the interface, 0 none (adopted) */

/*
 * Frames in their order, at most max (up to CAN_HEARD_MAX): how many, 0 none now; -ENETDOWN the
 * interface is down; -ENODEV it is gone: open it again; or -errno.
 */
int can_read(struct can *c, struct can_heard *out, unsigned max);

/*
 * Frames that were not taken in time, and that no frame has told of yet, since the next one would:
 * for when nothing comes. They are told once.
 */
uint32_t can_lost(struct can *c);

#endif
