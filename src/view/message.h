/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed messages from the engine to its viewers over the control socket: one message a packet.
 * Both ends run on one machine (native byte order) and agree on MESSAGE_VERSION in their first
 * JSON exchange (view/client.h), but decoding still trusts nothing: lengths and counts are bounded,
 * enums and texts are made valid. Pure; any thread.
 *
 * Packet: "PTM" and the version as one byte, the kind as uint32_t, then the fields of the tables in
 * message.c, message_policy.c and message_health.c in order: numbers as they are, bools as a byte,
 * texts as uint16_t length and bytes.
 */
#ifndef POLICYTOP_VIEW_MESSAGE_H
#define POLICYTOP_VIEW_MESSAGE_H

#include <stddef.h>

#include "view/snapshot.h"

enum {
	MESSAGE_VERSION = 5,
	MESSAGE_SIZE_MAX = 96 * 1024, /* every message fits */
	MESSAGE_SPAN_MAX_S = 8,	      /* history goes back this far */
};

enum message_kind {
	MESSAGE_NONE, /* no message of this version */
	MESSAGE_SNAPSHOT,
	MESSAGE_HISTORY,
	MESSAGE_VERDICT,   /* struct verdict, at once */
	MESSAGE_EVENT,	   /* struct view_event, at once; its age is 0 */
	MESSAGE_THUMB,	   /* struct view_thumb, when asked for */
	MESSAGE_REFERENCE, /* struct view_reference, when asked for */
};

enum message_kind message_kind(const void *p, size_t len);

/* Bytes written to dst, 0 when they do not fit in size (MESSAGE_SIZE_MAX always does). */
size_t message_put_snapshot(void *dst, size_t size, const struct snapshot *s);
size_t message_put_history(void *dst, size_t size, const struct history *h);
size_t message_put_verdict(void *dst, size_t size, const struct verdict *v);
size_t message_put_event(void *dst, size_t size, const struct view_event *ev);
size_t message_put_thumb(void *dst, size_t size, const struct view_thumb *t);
size_t message_put_reference(void *dst, size_t size, const struct view_reference *r);

/* 0, or -EBADMSG: not such a message; the destination is then undefined. */
int message_get_snapshot(struct snapshot *s, const void *p, size_t len);
int message_get_history(struct history *h, const void *p, size_t len);
int message_get_verdict(struct verdict *v, const void *p, size_t len);
int message_get_event(struct view_event *ev, const void *p, size_t len);
int message_get_thumb(struct view_thumb *t, const void *p, size_t len);
int message_get_reference(struct view_reference *r, const void *p, size_t len);

#endif
