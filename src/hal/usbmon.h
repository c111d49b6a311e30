/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What passes between this machine and a USB serial device (CDC-ACM), as the kernel's usbmon tells
 * it to root: without anything in the path. libc only; any thread, a descriptor one thread at a time.
 */
#ifndef POLICYTOP_HAL_USBMON_H
#define POLICYTOP_HAL_USBMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum { USBMON_HEADER_BYTES = 64, USBMON_DATA_BYTES = 65536 };

/* One device, and the two endpoints that its serial port has. */
struct usbmon_port {
	unsigned bus, device;
	uint8_t in, out; /* numbers, without the bit of the direction */
	char node[128];	 /* in /sys: its number */
};

enum usbmon_kind {
	USBMON_NOTHING, /* of another device, or of no interest */
	USBMON_BYTES,
};

struct usbmon_piece {
	int direction;	 /* 0 from the device, 1 to it */
	size_t length;	 /* bytes that were handed over */
	uint64_t missed; /* behind them, that were not */
	int64_t wall_ns; /* CLOCK_REALTIME, by the kernel */
};

/* "BUS-DEV" as lsusb numbers them, in decimal. */
bool usbmon_parse(const char *text, struct usbmon_port *out);

/*
 * Finds the endpoints, in /sys. 0, or -errno with e: ENODEV no such device, ENOTSUP it is no CDC-ACM
 * (other chips put bytes of their own between those of the line).
 */
int usbmon_find(struct usbmon_port *p, struct err *e);

/* False once it is unplugged; of what was found. Allocates nothing. */
bool usbmon_there(const struct usbmon_port *p);

/* Opens the monitor of its bus. The descriptor, or -errno with e: what to do. */
int usbmon_open(const struct usbmon_port *p, struct err *e);

/* Takes the next record of the bus. 1, 0 there is none now, or -errno. */
int usbmon_take(int fd, unsigned char header[USBMON_HEADER_BYTES],
		unsigned char data[USBMON_DATA_BYTES]);
unsigned usbmon_dropped(int fd); /* records since the last call for which the kernel had no room */

/* What a record of n bytes of header is about; out is filled for USBMON_BYTES. */
enum usbmon_kind usbmon_read(const struct usbmon_port *p, const unsigned char *header, size_t n,
			     struct usbmon_piece *out);

#endif
