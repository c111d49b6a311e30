/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection to an openpi policy server, seen from between the two: HTTP upgrade, WebSocket
 * frames, MessagePack with numpy arrays. Bytes of both directions in, events out (traffic.h says
 * which). Direction 0 is from the server, 1 to it.
 *
 * - The server's first message is its metadata, told in a note when it has any.
 * - State is the array `state`, or `…/state`; without one all small arrays together, in order
 *   (DROID's joint and gripper position). Pictures are told by their shape.
 * - An error is a text frame: a traceback.
 * - A connection without the upgrade (a health check, a port scan) tells nothing. Whoever answers
 *   the upgrade otherwise is told as a stranger, as is a client that begins with TLS.
 */
#ifndef POLICYTOP_WIRE_OPENPI_H
#define POLICYTOP_WIRE_OPENPI_H

#include "wire/traffic.h"

#define OPENPI_FACTS                                                                               \
	(FACT_SEEN | FACT_ASKED | FACT_CHUNK | FACT_PROMPT | FACT_LATENCY | FACT_FRAMES)

struct openpi;

struct openpi *openpi_new(void (*emit)(void *host, const struct event *ev), void *host,
			  const char *prefix, double fps);
void openpi_free(struct openpi *o); /* NULL is allowed */

/* Decodes bytes of a direction until `most` messages are done. Returns how many were taken. */
size_t openpi_bytes(struct openpi *o, unsigned direction, const void *p, size_t n, size_t most,
		    int64_t t_ns);

/*
 * As in source/decoder.h. Where it is lost where messages begin, the end of a message of the other
 * direction tells it: request and reply take turns.
 */
void openpi_lost(struct openpi *o, unsigned direction, uint64_t n, bool whole, int64_t t_ns);
void openpi_place(const struct openpi *o, unsigned direction, uint64_t *held, uint64_t *left);
void openpi_end(struct openpi *o, int64_t t_ns);

struct traffic *openpi_session(const struct openpi *o); /* for its counts, again() and due() */

#endif
