/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a CAN bus says, as bytes for a capture: one record after the other, little endian,
 *
 *   u8 kind, u8 flags, u8 length of the payload, u8 0, u32 CAN id (as Linux has it: with the bits
 *   of extended, remote and error frames), i64 t_ns (CLOCK_MONOTONIC, of the kernel), the payload
 *
 * A frame's payload is its data; CANFRAME_LOST has u32 how many frames were not taken in time;
 * CANFRAME_LINK has u8 enum bus_state, u16 the controller's error counters of sending and of
 * receiving (0xffff unknown), u32 bits per second (0 unknown).
 *
 * Pure: bytes in, structs out. Any thread.
 */
#ifndef POLICYTOP_WIRE_CANFRAME_H
#define POLICYTOP_WIRE_CANFRAME_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "model/motor.h"

enum { CANFRAME_DATA_MAX = 64, CANFRAME_HEAD = 16 };

enum canframe_kind { CANFRAME_DATA, CANFRAME_LOST, CANFRAME_LINK, CANFRAME_KIND_N };

enum canframe_flag {
	CANFRAME_FD = 1u << 0,
	CANFRAME_OWN = 1u << 1, /* sent by this host */
};

/* Bits of the id, as in linux/can.h. */
#define CANFRAME_EXTENDED 0x80000000u
#define CANFRAME_REMOTE	  0x40000000u
#define CANFRAME_ERROR	  0x20000000u

enum { CANFRAME_COUNT_UNKNOWN = 0xffff };

struct canframe {
	enum canframe_kind kind;
	unsigned flags; /* CANFRAME_FD … */
	uint32_t id;
	int64_t t_ns;
	size_t len; /* of data; 0 for the other kinds */
	uint8_t data[CANFRAME_DATA_MAX];
	uint32_t lost;		       /* CANFRAME_LOST */
	enum bus_state state;	       /* CANFRAME_LINK, as are these */
	unsigned tx_errors, rx_errors; /* CANFRAME_COUNT_UNKNOWN */
	uint32_t bitrate;
};

void canframe_put(struct buf *b, const struct canframe *f);

/* Reads one record. Returns the bytes it took, 0 when more are needed, or -EBADMSG: none begins. */
ssize_t canframe_get(struct canframe *f, const void *p, size_t n);

#endif
