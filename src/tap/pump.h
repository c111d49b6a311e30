/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves bytes from one descriptor to another: reads once, writes at once, and keeps at hand what
 * was read, so that it can be copied elsewhere when the receiver has it; or, where it matters that
 * nobody acts on what has not been copied yet, hands it over before. Knows no sockets. What the
 * receiver does not take is kept (one read at most), and nothing more is read until it has.
 */
#ifndef POLICYTOP_TAP_PUMP_H
#define POLICYTOP_TAP_PUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tap/share.h"

enum { STAGE_BYTES = 4 * TAP_READ_BYTES, STAGE_PIECES = 64 };

struct way {
	int from, to; /* -1: not there yet */
	/*
	 * In place of read(): called until it fails with EAGAIN, or has cleared readable itself.
	 * NULL: read(), as a socket's.
	 */
	ssize_t (*take)(struct way *w, unsigned char *p, size_t n);
	void *host;		 /* for take */
	bool readable, writable; /* as far as is known; edges set them */
	bool hung;		 /* the sender has said its last: read on to the end */
	bool broken;		 /* and it did so by breaking off */
	bool ended;		 /* the end was read */
	bool finished;		 /* and passed on, by the owner */
	unsigned char *rest;	 /* [TAP_READ_BYTES]: read and not taken; the owner's memory */
	size_t rest_at, rest_len;
};

/* What a call of pump() read. */
struct stage {
	/* Called with what was read before it is passed on, at last; NULL: it is kept here. */
	void (*seen)(void *host, const unsigned char *p, size_t n, int64_t t_ns);
	void *host;
	size_t len;
	unsigned pieces;
	struct piece {
		int64_t t_ns;
		size_t at, len;
	} piece[STAGE_PIECES];
	unsigned char bytes[STAGE_BYTES];
};

enum pump_result {
	PUMP_WAIT,    /* nothing can be done now */
	PUMP_MORE,    /* the stage is full: call again */
	PUMP_ENDED,   /* the end was read, and all before it was taken */
	PUMP_BROKEN,  /* by the sender */
	PUMP_REFUSED, /* by the receiver */
};

enum pump_result pump(struct way *w, struct stage *st);

#endif
