/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of motors, buses and cameras; only the files of the stream protocol include it. */
#ifndef POLICYTOP_WIRE_STREAM_HEALTH_H
#define POLICYTOP_WIRE_STREAM_HEALTH_H

#include "wire/stream_impl.h"

/* False: type is none of them. */
bool stream_take_health(struct stream *s, const char *type, const char *text, size_t len);

/* The line without its end; false: ev is none of them, and nothing was written. */
bool stream_put_health(struct buf *b, const struct event *ev);

/* stream_encode.c: ,"key":v and ,"t":…; nothing for TIME_UNKNOWN. */
void stream_put_number(struct buf *b, const char *key, double v);
void stream_put_time(struct buf *b, int64_t src_ns);

#endif
