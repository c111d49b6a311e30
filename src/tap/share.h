/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that a tap and its engine share: three sealed memfds, made by the tap and handed over
 * by its door. One ring of records per direction, so that images never push out replies, and one
 * control block. The tap is the only writer of the rings; the engine writes `tail`, `waiting` and
 * the cursors. The tap trusts nothing that the engine writes, and the next engine goes on from it.
 *
 * Directions are those of the bytes: 0 from the server (down), 1 from the client (up).
 * Native byte order and layout: one machine, and TAP_VERSION changes with the layout. Any process;
 * in it one thread.
 */
#ifndef POLICYTOP_TAP_SHARE_H
#define POLICYTOP_TAP_SHARE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	TAP_VERSION = 3,
	TAP_COPIED = 64,	/* connections at once that are copied */
	TAP_HEAD_BYTES = 16384, /* kept of each direction of a live connection */
	TAP_RING_MIN = 1 << 20, /* bytes of a ring, a power of two */
	TAP_RING_MAX = 32 << 20,
	TAP_READ_BYTES = 128 * 1024, /* at most in one record */
	TAP_PAGE = 65536,	     /* a multiple of every page size */
	TAP_FDS = 4,		     /* control, down, up, eventfd */
};

enum tap_kind {
	TAP_BYTES = 1,
	TAP_OPENED,  /* a client connected; bytes may follow before the server has accepted */
	TAP_CLOSED,  /* in order, by both */
	TAP_RESET,   /* broken off; the direction of its ring is who did: 0 server, 1 client */
	TAP_REFUSED, /* the server could not be reached: length is the errno; CLOSED is not sent */

	/* Of a serial line, at any time; connection 0. */
	TAP_UNPLUGGED, /* the device is gone, and with it where clients connect */
	TAP_PLUGGED,   /* it is back */
	TAP_STRANGER,  /* another process opened the device itself */
};

struct tap_record {
	uint64_t order;	     /* of all records of both rings, from 1 */
	int64_t t_ns;	     /* CLOCK_MONOTONIC when read */
	uint64_t connection; /* from 1, never used again */
	uint64_t offset;     /* of the first byte in its direction of the connection */
	uint32_t length;     /* of the bytes that follow; 0 but for TAP_BYTES, see TAP_REFUSED */
	uint16_t kind;	     /* enum tap_kind */
	uint8_t turn;	     /* TAP_BYTES: the bytes before went the other way */
	uint8_t slot;	     /* in the table of the control block */
};

/* The first page of a ring; the data follow. Positions count the bytes of records ever put. */
struct tap_ring_head {
	alignas(64) _Atomic uint64_t head; /* end of the last record */
	_Atomic uint64_t lost;		   /* bytes of connections for which there was no room */
	_Atomic uint64_t lost_events;	   /* other records, too */
	alignas(64) _Atomic uint64_t tail; /* of the engine: all before is done with */
};

struct tap_cursor {
	_Atomic uint64_t boundary; /* offset of an end of a message: all before is decoded */
	_Atomic uint64_t end;	   /* of the frame that was under way, 0 unknown */
};

struct tap_connection {
	_Atomic uint64_t id;   /* of the last connection that had this entry, 0 none yet */
	_Atomic uint32_t live; /* it has it still */
	_Atomic int64_t opened_ns;
	_Atomic uint64_t offset[2]; /* bytes so far */
	_Atomic uint32_t kept[2];   /* of head */
	struct tap_cursor cursor[2];
	_Atomic uint32_t
		seat; /* 1 + the place that an engine gave it: the next one gives it again */
	unsigned char head[2][TAP_HEAD_BYTES];
};

struct tap_control {
	_Atomic uint32_t waiting;	    /* the engine sleeps: wake it through the eventfd */
	_Atomic uint32_t clients, uncopied; /* connected now; of them not copied */
	_Atomic uint64_t uncopied_ever;
	struct tap_connection connection[TAP_COPIED];
};

/* The data are mapped twice, one behind the other, so that no record is ever in two pieces. */
struct tap_ring {
	struct tap_ring_head *shared;
	unsigned char *data;
	uint64_t size; /* a power of two */
};

struct tap_share {
	struct tap_control *control;
	struct tap_ring ring[2];
};

/*
 * Makes the memory and fd[0..2], with rings of these sizes by direction; the eventfd is the caller's.
 * 0 or -errno with e.
 */
int tap_share_make(struct tap_share *s, const uint64_t ring_bytes[2], int fd[TAP_FDS],
		   struct err *e);

/* Maps what another process made; descriptors that are not such memory are refused (EPROTO). */
int tap_share_map(struct tap_share *s, const int fd[TAP_FDS], struct err *e);
void tap_share_unmap(struct tap_share *s); /* also after a failed or no map */

/* The tap: false when there is no room; then it counts what is lost. */
bool tap_ring_put(struct tap_ring *r, const struct tap_record *rec, const void *bytes);

/* The engine: the record at pos, its bytes behind it; NULL: there is none yet, or no more sense. */
const struct tap_record *tap_ring_at(const struct tap_ring *r, uint64_t pos);
uint64_t tap_record_size(const struct tap_record *rec); /* in the ring */

#endif
