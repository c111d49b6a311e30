/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of the Foxglove WebSocket protocol (subprotocol foxglove.sdk.v1), for what LeRobot 0.6
 * and newer show with --display_mode=foxglove: once a control tick they log the observation that
 * the policy is given to /observation/state and the action that it chose to /action/state, as JSON
 * {"scalars":[{"label":"shoulder_pan.pos","value":-6.9},…]}, both with the tick's log time.
 *
 * Bytes of the connection in (the handshake's answer first), events and bytes to send out. The
 * same bytes give the same events, whether they are read from a socket or a capture. Nothing is
 * ever sent but the handshake, subscriptions and pongs.
 *
 * What becomes of the messages:
 * - Messages of both topics with one log time are one step: seen and asked. One that stays alone
 *   when the next tick begins is a step with that vector only; LeRobot's base strategy logs
 *   observations without an action while its policy has none.
 * - asked is the policy's action before the robot's limits: what reached the motors is not shown.
 * - src_ns is the log time, Unix time of the robot's computer. Step numbers are unknown.
 * - Joints have the names of the labels, in order of arrival, and unknown units: the protocol does
 *   not say any. A hello precedes the first step, and comes again when a new label does.
 *   Over MAX_JOINTS labels: the first are kept.
 * - A message that is not understood, wholly or in part, is counted and told as EVENT_NOTE, at most
 *   once a second; what could be understood is used. A frame that is no WebSocket ends the
 *   connection: there is no way to find the next one.
 * - /observation/images/NAME, as RawImage or CompressedImage of Foxglove in protobuf, becomes
 *   EVENT_FRAME of camera NAME where pictures are wanted: one a second of each of the first 8. Each
 *   is subscribed to until one has come, one camera at a time, so that the loop sends hardly more
 *   than what is looked at. One of over FOXGLOVE_MESSAGE_MAX is never asked for again.
 * - Other topics are told once and never subscribed to.
 */
#ifndef POLICYTOP_WIRE_FOXGLOVE_H
#define POLICYTOP_WIRE_FOXGLOVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/event.h"

enum {
	FOXGLOVE_MESSAGE_MAX = 8 << 20, /* bytes; a longer message is stepped over and counted */
	FOXGLOVE_PORT = 8765,		/* of LeRobot unless --display_port says another */
};

#define FOXGLOVE_FACTS (FACT_SEEN | FACT_ASKED | FACT_FRAMES) /* frames: if any is offered */

struct foxglove;

/* emit gets every event, with source 0. fps is for the hello, 0 unknown. */
struct foxglove *foxglove_new(void (*emit)(void *host, const struct event *ev), void *host,
			      const char *prefix, double fps);
void foxglove_want_pictures(struct foxglove *f); /* before the first bytes; else there are none */
void foxglove_free(struct foxglove *f);		 /* NULL is allowed */

/* Appends the handshake to send. host as in a URL; nonce: 16 random bytes. */
void foxglove_request(struct buf *b, const char *host, const uint8_t nonce[16]);

/* Bytes that were sent, as they are in a capture, too: the handshake's key is in the first. */
void foxglove_sent(struct foxglove *f, const void *p, size_t n);

/* Decodes bytes until `most` messages are done. Returns how many bytes were taken. */
size_t foxglove_bytes(struct foxglove *f, const void *p, size_t n, size_t most, int64_t t_ns);

/*
 * Asks again for what the server refused: the SDK may offer a channel a moment before it takes a
 * subscription to it. Returns when there will be something to do, INT64_MAX never.
 */
int64_t foxglove_due(struct foxglove *f, int64_t now_ns);

/* What foxglove_bytes() or foxglove_due() wants to be sent, "" mostly; valid until the next call. */
const struct buf *foxglove_replies(const struct foxglove *f);

/* The connection ended: a step that is half there is emitted, another handshake may come. */
void foxglove_end(struct foxglove *f, int64_t t_ns);

/* 1: the handshake is done; 0: not yet; -1: nothing more will come, *why says why. */
int foxglove_ready(const struct foxglove *f, const char **why);

uint64_t foxglove_messages(const struct foxglove *f); /* so far */
uint64_t foxglove_bad(const struct foxglove *f); /* of them not understood, wholly or in part */
const char *foxglove_first_bad(const struct foxglove *f); /* why the first, "" none; cleaned */

#endif
