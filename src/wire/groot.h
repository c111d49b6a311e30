/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection to a GR00T inference server, seen from between the two: ZMTP, REQ to REP, MessagePack
 * with arrays as .npy files (N1.5 late, N1.6, N1.7: generations B and C) or by msgpack-numpy (D);
 * flat observations, `state.single_arm`, and nested ones. Bytes of both directions in, events out
 * (traffic.h says which). Direction 0 is from the server, 1 to it.
 *
 * - Only the endpoint `get_action` asks for actions; `reset` begins an episode.
 * - Generation A sends pickles. They are programs: nothing of them is read, and what is left are
 *   sizes and latency, and a note that says so.
 * - A connection in which the client does not greet (a port scan) tells nothing. Whoever answers
 *   its greeting otherwise is told as a stranger.
 */
#ifndef POLICYTOP_WIRE_GROOT_H
#define POLICYTOP_WIRE_GROOT_H

#include "wire/traffic.h"

#define GROOT_FACTS                                                                                \
	(FACT_SEEN | FACT_ASKED | FACT_CHUNK | FACT_PROMPT | FACT_RESET | FACT_LATENCY |           \
	 FACT_FRAMES)

struct groot;

struct groot *groot_new(void (*emit)(void *host, const struct event *ev), void *host,
			const char *prefix, double fps);
void groot_free(struct groot *g); /* NULL is allowed */

/* Decodes bytes of a direction until `most` messages are done. Returns how many were taken. */
size_t groot_bytes(struct groot *g, unsigned direction, const void *p, size_t n, size_t most,
		   int64_t t_ns);

/*
 * As in source/decoder.h. Where it is lost where messages begin, the end of a message of the other
 * direction tells it: request and reply take turns.
 */
void groot_lost(struct groot *g, unsigned direction, uint64_t n, bool whole, int64_t t_ns);
void groot_place(const struct groot *g, unsigned direction, uint64_t *held, uint64_t *left);
void groot_end(struct groot *g, int64_t t_ns);

struct traffic *groot_session(const struct groot *g); /* for its counts, again() and due() */

#endif
