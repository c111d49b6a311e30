/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A serial port: real ones through libserialport, pseudo terminals (a tap's, a simulated bus) raw.
 * No call blocks but serial_open() and serial_info(), which take some milliseconds: they ask /proc
 * and /sys. A port belongs to one thread at a time; ports are independent of each other.
 *
 * A device that is unplugged says so by -ENODEV; then close at once (or its name is taken when it
 * is back) and open the same path again until that succeeds.
 */
#ifndef POLICYTOP_HAL_SERIAL_H
#define POLICYTOP_HAL_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct serial;

/* What is known of a port without opening it. Texts are clean, "" unknown. */
struct serial_info {
	char path[256];	 /* resolved: "/dev/ttyACM0" */
	int vid, pid;	 /* of USB, -1 unknown */
	int bus, device; /* of USB, -1 unknown */
	char maker[64], product[64], serial[64];
	int latency_ms; /* of the adapter: how long it holds bytes back; -1 unknown, or it does not */
	bool pty;
};

/*
 * 8N1, raw, no flow control. path may be a link (/dev/serial/by-id/…); exclusive: nobody else has
 * it open, and nobody (but root) can open it now. NULL with e: EBUSY names who has it.
 */
struct serial *serial_open(const char *path, unsigned baud, bool exclusive, struct err *e);
void serial_close(struct serial *s); /* NULL is allowed */

int serial_fd(const struct serial *s);		 /* readable: read, which also tells of the end */
const char *serial_path(const struct serial *s); /* resolved */

/* The bytes read, 0 when there are none now, -ENODEV, or -errno. */
ssize_t serial_read(struct serial *s, void *p, size_t n);
/* The bytes taken, 0 when there is no room now, -ENODEV, or -errno. */
ssize_t serial_write(struct serial *s, const void *p, size_t n);

int serial_baud(struct serial *s, unsigned baud); /* 0 or -errno */

/* Throws away what was received and not read, and what was written and not sent. */
void serial_purge(struct serial *s);

/* 0, or -errno with e when there is no such device. */
int serial_info(const char *path, struct serial_info *out, struct err *e);

const char *serial_library(void); /* version of the libserialport that runs: "0.1.1" */

#endif
