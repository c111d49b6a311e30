/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a CAN controller is: what `ip -details link show` tells, asked of the kernel, which answers
 * at once. Nothing goes to the bus. Any thread.
 */
#ifndef POLICYTOP_HAL_CANLINK_H
#define POLICYTOP_HAL_CANLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum canlink_state {
	CANLINK_UNKNOWN, /* it has none, like vcan */
	CANLINK_ACTIVE,
	CANLINK_WARNING,
	CANLINK_PASSIVE,
	CANLINK_BUS_OFF,
	CANLINK_STOPPED,
};

struct canlink {
	bool up;
	enum canlink_state state;
	int tx_errors, rx_errors;	/* its counters, -1 unknown */
	uint32_t bitrate, data_bitrate; /* 0 unknown */
};

/* 0, -ENODEV: no interface has the index (any more), or -errno. */
int canlink_read(struct canlink *out, int index);

/* The kernel's answer of n bytes, for a test: 0, or -EBADMSG. */
int canlink_parse(struct canlink *out, const void *p, size_t n);

#endif
