/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of fields name every field once, in the order of the packet. Shared by message.c,
 * message_policy.c and message_health.c; nobody else includes it.
 */
#ifndef POLICYTOP_VIEW_MESSAGE_IMPL_H
#define POLICYTOP_VIEW_MESSAGE_IMPL_H

#include "view/fields.h"
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

/* view/policy.h's part of a snapshot. A count that cannot be fails the cursor. */
void message_put_policy(struct cursor *c, const struct snapshot *s);
void message_get_policy(struct cursor *c, struct snapshot *s);

/* message_health.c: view/health.h's part. */
void message_put_health(struct cursor *c, const struct snapshot *s);
void message_get_health(struct cursor *c, struct snapshot *s);

void message_put_chunks(struct cursor *c, const struct history *h); /* and of a history */
void message_get_chunks(struct cursor *c, struct history *h);

#endif
