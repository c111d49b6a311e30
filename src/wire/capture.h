/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The capture file: what every source of a run read, byte for byte, with the time of each read.
 * Little endian, one pass, appended only:
 *
 *   header   "PTOPCAP\n", u16 version (2), u16 sources, then per source u16 length and its word,
 *            u32 CRC-32 of all before
 *   record   i64 t_ns (CLOCK_MONOTONIC, so 0 or more), u32 length, u16 source, u8 direction (0 from
 *            the device, 1 to it), u8 kind, u32 CRC-32 of the 16 bytes before; then, when there
 *            is a payload, the payload and its u32 CRC-32
 *
 * Kind 0 are bytes. Without a payload it is a mark: direction 0 the bytes of the source begin anew
 * (its connection was lost, or is another one), direction 1 they ended. Kind 1: bytes that passed
 * and were not seen; the payload is u64 how many, u8 whether the next byte begins a message.
 *
 * The head has a check of its own, so that a damaged length is not taken for a cut. A file that
 * ends inside a record was cut (its writer died); all records before are good. CRC-32 is that of
 * zlib and PNG.
 *
 * Pure: bytes in, structs out, nothing read beyond what is given. Any thread.
 */
#ifndef POLICYTOP_WIRE_CAPTURE_H
#define POLICYTOP_WIRE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	CAPTURE_VERSION = 2,
	CAPTURE_SOURCES_MAX = 16,
	CAPTURE_WORD_MAX = 4096, /* bytes of a source word */
	CAPTURE_HEADER_MAX = 16 + CAPTURE_SOURCES_MAX * (2 + CAPTURE_WORD_MAX),
	CAPTURE_HEAD = 20,	   /* bytes of a record before its payload */
	CAPTURE_TAIL = 4,	   /* and after it, when there is one */
	CAPTURE_PAYLOAD = 1 << 20, /* at most; more is written as several records */
	CAPTURE_RECORD_MAX = CAPTURE_HEAD + CAPTURE_PAYLOAD + CAPTURE_TAIL,
};

struct capture_header {
	unsigned sources;
	char *word[CAPTURE_SOURCES_MAX]; /* owned, capture_header_fini() */
};

struct capture_record {
	int64_t t_ns;
	uint16_t source;
	uint8_t direction;
	bool is_lost;
	uint64_t lost;		    /* is_lost: bytes; then bytes is NULL and len 0 */
	bool whole;		    /* is_lost: the next byte begins a message */
	const unsigned char *bytes; /* NULL for a mark */
	size_t len;
};

/* Appends a header; -EINVAL when there are too many sources or a word is too long. */
int capture_put_header(struct buf *b, const char *const *word, unsigned sources, struct err *e);
void capture_put(struct buf *b, const struct capture_record *r);

/*
 * Reads a header from the n first bytes of a file. Returns the bytes it took, 0 when more bytes
 * are needed (at most CAPTURE_HEADER_MAX), or -EBADMSG. h needs capture_header_fini() after > 0.
 */
ssize_t capture_get_header(struct capture_header *h, const void *p, size_t n, struct err *e);
void capture_header_fini(struct capture_header *h);

/*
 * Reads one record; r->bytes points into p. Returns the bytes it took, 0 when more bytes are
 * needed (at most CAPTURE_RECORD_MAX), or -EBADMSG when it is damaged.
 */
ssize_t capture_get(struct capture_record *r, const void *p, size_t n, unsigned sources,
		    struct err *e);

#endif
