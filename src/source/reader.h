/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sources that read bytes share: from a descriptor, into the capture, into the decoder, in
 * bites that leave the loop free. Part of the source's state; loop thread only.
 */
#ifndef POLICYTOP_SOURCE_READER_H
#define POLICYTOP_SOURCE_READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "source/decoder.h"
#include "source/source.h"

enum { READER_BYTES = 16384 };

struct reader {
	struct source *source;
	struct decoder decoder;
	int64_t t_ns; /* when the bytes were read */
	size_t at, len;
	char bytes[READER_BYTES];
};

/* Makes the decoder of the source's class. */
int reader_open(struct reader *r, struct source *s, struct uri *u, struct err *e);
void reader_close(struct reader *r); /* also after a failed or no open */

/* Bytes are left from the last read: call reader_decode() before the next reader_read(). */
bool reader_left(const struct reader *r);

/* One read() of fd, which must not block. Returns the bytes read, 0 at the end, or -errno. */
ssize_t reader_read(struct reader *r, int fd, int64_t now_ns);

/* Decodes at most DECODER_BITE lines or messages of what is left. */
void reader_decode(struct reader *r);

/*
 * Sends bytes to fd, a socket that must not block, all or none: what is sent is so little that a
 * peer which has no room for it does not read. 0 or -errno.
 */
int reader_send(struct reader *r, int fd, const struct buf *b, int64_t now_ns);

/* The bytes ended for good: decodes a last line without newline. */
void reader_end(struct reader *r, int64_t now_ns);

/* The bytes begin anew after they were lost: the partial line ends, and a gap is told. */
void reader_anew(struct reader *r, int64_t now_ns);

#endif
