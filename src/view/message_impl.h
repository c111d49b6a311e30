/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of fields name every field once, in the order of the packet. Shared by the files
 * message*.c; nobody else includes it.
 */
#ifndef POLICYTOP_VIEW_MESSAGE_IMPL_H
#define POLICYTOP_VIEW_MESSAGE_IMPL_H

#include "view/fields.h"
#include "view/message.h"
#include "view/snapshot.h"

#define ROW(kind, type, member, limit)                                                             \
	{                                                                                          \
		FIELD_##kind, offsetof(struct type, member), limit                                 \
	}
#define TEXT(type, member)                                                                         \
	{                                                                                          \
		FIELD_TEXT, offsetof(struct type, member), sizeof(((struct type *)0)->member)      \
	}
#define END                                                                                        \
	{                                                                                          \
		FIELD_END, 0, 0                                                                    \
	}

/* A packet of a kind, and its end: bytes written (0 failed); 0 or -EBADMSG with bytes left over. */
struct cursor message_begin_put(void *dst, size_t size, enum message_kind kind);
size_t message_end_put(const struct cursor *c, size_t size);
struct cursor message_begin_get(const void *p, size_t len, enum message_kind kind);
int message_end_get(const struct cursor *c);

/* view/policy.h's part of a snapshot. A count that cannot be fails the cursor. */
void message_put_policy(struct cursor *c, const struct snapshot *s);
void message_get_policy(struct cursor *c, struct snapshot *s);

/* message_health.c: view/health.h's part. */
void message_put_health(struct cursor *c, const struct snapshot *s);
void message_get_health(struct cursor *c, struct snapshot *s);

void message_put_chunks(struct cursor *c, const struct history *h); /* and of a history */
void message_get_chunks(struct cursor *c, struct history *h);

#endif
