/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream protocol of policytop(1): newline-delimited JSON, one event a line. Bytes or lines
 * in, events out, and back. A struct stream belongs to its maker and to one thread
 * at a time; it allocates only for partial lines and action chunks, both bounded.
 *
 * A line that is not understood, wholly or in part, is counted and told as EVENT_NOTE, at most
 * once a second (of t_ns), with its number and the reason; what could be understood of it is still
 * emitted. Nothing is fatal. What is emitted in doubt:
 * - No hello, or one without joints: joints are named by the first values that come (the keys of a
 *   name→value map, else joint.0, joint.1, …) and a hello is made up.
 * - A vector whose length is not that of the joints is unknown in its step; null is an unknown
 *   joint; NaN, Infinity and -Infinity are known values.
 * - More than MAX_JOINTS joints: the first MAX_JOINTS are kept. Names that repeat get "#N".
 * - A camera line without facts has those of its thumbnail.
 * - src_ns is "t" in nanoseconds (146 years at most) on the source's own axis, whatever its clock
 *   ("monotonic", "unix", "relative"); TIME_UNKNOWN without a usable "t".
 */
#ifndef POLICYTOP_WIRE_STREAM_H
#define POLICYTOP_WIRE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/event.h"

enum {
	STREAM_LINE_MAX = 1 << 20, /* bytes; a longer line is skipped, counted and told */
	STREAM_HORIZON_MAX = 4096, /* steps of a chunk */
};

/* What the protocol can carry; hello.facts when the sender does not list its own. */
#define STREAM_FACTS                                                                               \
	(FACT_SEEN | FACT_ASKED | FACT_SENT | FACT_GOT | FACT_CHUNK | FACT_PROMPT | FACT_RESET |   \
	 FACT_LATENCY)

struct stream;

/* emit gets every event, with source 0; what the event points to lives during the call. */
struct stream *stream_new(void (*emit)(void *host, const struct event *ev), void *host);
void stream_free(struct stream *s); /* NULL is allowed */

/* Text put before every joint name from the next hello on; cut to NAME_BYTES. */
void stream_prefix(struct stream *s, const char *prefix);

/* Decodes one line (with or without its newline). 0, or -EBADMSG: counted, reason told. */
int stream_line(struct stream *s, const char *line, size_t len, int64_t t_ns);

/*
 * Decodes bytes as they were read, wherever they are cut, until max_lines lines are done. Returns
 * how many bytes were taken.
 */
size_t stream_bytes(struct stream *s, const void *p, size_t n, size_t max_lines, int64_t t_ns);

/* The bytes end here (end of file, lost connection): a last line without newline is decoded. */
void stream_end(struct stream *s, int64_t t_ns);

uint64_t stream_lines(const struct stream *s); /* so far, empty ones included */
uint64_t stream_bad(const struct stream *s);   /* of them not understood, wholly or in part */
const char *stream_first_bad(const struct stream *s); /* "line 3: no type"; "" none so far */

/*
 * Appends ev as one line with its newline: decoding it gives the same event bit for bit (NaN
 * payloads, t_ns, source and prefixes of other sources apart). -EINVAL for what is no line: the
 * end, an exchange, what was executed.
 */
int stream_encode(struct buf *b, const struct event *ev);

#endif
