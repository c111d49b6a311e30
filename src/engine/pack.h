/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of model/record.h as bytes for the ring between the loop and the writer thread, and back.
 * Everything a record points to is copied. Trusted memory of one process; any thread.
 */
#ifndef POLICYTOP_ENGINE_PACK_H
#define POLICYTOP_ENGINE_PACK_H

#include <stddef.h>

#include "model/record.h"

enum {
	PACK_RAW = 1000, /* beside enum record_kind: bytes for the capture file */
	PACK_SOURCES_MAX = 16,
};

/* What an unpacked record points to; large, so allocated once by its user. */
struct unpacked {
	struct record record; /* record.kind may be PACK_RAW: then see raw */
	uint64_t order;	      /* counts every packed record of both rings */
	struct step step;
	struct chunk chunk;
	struct executed executed;
	struct frame frame;
	struct camera camera;
	struct motor motor;
	struct bus bus;
	struct sample sample;
	struct run_info run;
	struct verdict verdict;
	struct episode_mark mark;
	const char *source[PACK_SOURCES_MAX];
	struct {
		const void *bytes;
		size_t len;
		int direction;
	} raw;
};

size_t pack_size(const struct record *r);			     /* bytes that it takes */
void pack_record(void *dst, const struct record *r, uint64_t order); /* pack_size() bytes */

size_t pack_raw_size(size_t len);
void pack_raw(void *dst, uint16_t source, int direction, int64_t t_ns, const void *p, size_t len,
	      uint64_t order);

/* Number in the common order without unpacking the rest. */
uint64_t pack_order(const void *p);

/* u->record then points into u and p. False: the bytes are no packed record. */
bool unpack_record(struct unpacked *u, const void *p, size_t len);

#endif
