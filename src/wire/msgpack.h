/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A passive reader of one MessagePack object that arrives in pieces: what passes by between a
 * policy and its client. Why not the packaged msgpack-c: its streaming unpacker wants the whole
 * message in a buffer of its own and makes an object tree of it, with allocations that follow the
 * counts in the message. Here a 300 kB observation whose images nobody wants costs the headers of
 * its maps: who feeds it may leave out what is stepped over, counts allocate nothing, and depth is
 * bounded.
 *
 * Any thread; one thread a struct.
 */
#ifndef POLICYTOP_WIRE_MSGPACK_H
#define POLICYTOP_WIRE_MSGPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { MSGPACK_DEPTH_MAX = 16 };

enum msgpack_type {
	MSGPACK_NIL,
	MSGPACK_BOOL,
	MSGPACK_INT,   /* fits int64_t */
	MSGPACK_UINT,  /* only what does not */
	MSGPACK_FLOAT, /* of either size */
	MSGPACK_STR,
	MSGPACK_BIN,
	MSGPACK_EXT, /* stepped over */
	MSGPACK_ARRAY,
	MSGPACK_MAP,
	MSGPACK_END, /* of an array or a map */
};

struct msgpack_item {
	enum msgpack_type type;
	bool key;	/* of a map: its value comes next */
	unsigned depth; /* containers around it */
	uint32_t size;	/* STR, BIN, EXT: bytes; ARRAY, MAP: elements, pairs */
	union {
		bool truth;
		int64_t i;
		uint64_t u;
		double f;
	};
};

struct msgpack_host {
	void *host;
	/*
	 * A string or binary of that many bytes begins: returns how many of the first ones to add to
	 * *into, 0 to step over it. item() follows when it is complete.
	 */
	size_t (*want)(void *host, const struct msgpack_item *item, struct buf **into);
	void (*item)(void *host, const struct msgpack_item *item);
};

struct msgpack {
	const struct msgpack_host *host; /* stays the caller's */
	const char *error;		 /* what is wrong, static; NULL while nothing is */
	bool complete;			 /* the object is */
	/* private */
	uint8_t head[9], heads, need;
	struct msgpack_item item; /* a string or binary under way */
	bool in_bytes;
	struct buf *into;
	uint32_t keep, skip; /* bytes of it still to keep, and then to step over */
	unsigned depth;
	struct {
		uint64_t left; /* items, of a map twice its pairs */
		bool map;
	} level[MSGPACK_DEPTH_MAX];
};

void msgpack_begin(struct msgpack *m, const struct msgpack_host *host);

/*
 * Takes bytes; what follows the object is an error. After an error it takes everything and gives
 * nothing.
 */
void msgpack_take(struct msgpack *m, const void *p, size_t n);

/* How many of the next bytes make no difference: they may be given by msgpack_skip() instead. */
size_t msgpack_skippable(const struct msgpack *m);
void msgpack_skip(struct msgpack *m, size_t n); /* n at most that */

#endif
