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

extern const struct traffic_wire groot_wire;

#endif
