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

extern const struct traffic_wire openpi_wire;

#endif
