/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sources of the stream protocol share: bytes from a descriptor, into the capture, into
 * the decoder, in bites that leave the loop free. Part of the source's state; loop thread only.
 */
#ifndef POLICYTOP_SOURCE_LINES_H
#define POLICYTOP_SOURCE_LINES_H

#include <stdbool.h>
#include <sys/types.h>

#include "source/source.h"
#include "wire/stream.h"

enum { LINES_READ = 16384, LINES_BITE = 256 /* lines a run() at most */ };

struct lines {
	struct source *source;
	struct stream *stream;
	int64_t t_ns; /* when the bytes were read */
	size_t at, len;
	char bytes[LINES_READ];
};

void lines_open(struct lines *l, struct source *s);
void lines_close(struct lines *l); /* also after a failed open */

/* Bytes are left from the last read: call lines_decode() before the next lines_read(). */
bool lines_left(const struct lines *l);

/* One read() of fd, which must not block. Returns the bytes read, 0 at the end, or -errno. */
ssize_t lines_read(struct lines *l, int fd, int64_t now_ns);

/* Decodes at most LINES_BITE lines of what is left. */
void lines_decode(struct lines *l);

/* The bytes ended for good: decodes a last line without newline. */
void lines_end(struct lines *l, int64_t now_ns);

/* The bytes begin anew after they were lost: the partial line ends, and a gap is told. */
void lines_anew(struct lines *l, int64_t now_ns);

/* The gap that lines_anew() tells; a replay tells the same. */
struct event lines_gap(int64_t t_ns);

#endif
