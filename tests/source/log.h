/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a source emitted, as text: one line an event, times and all, so that two logs can be
 * compared; and what it captured.
 */
#ifndef POLICYTOP_TESTS_SOURCE_LOG_H
#define POLICYTOP_TESTS_SOURCE_LOG_H

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "source/source.h"
#include "wire/capture.h"
#include "wire/stream.h"

struct log {
	struct buf text;
	struct buf capture; /* records */
	unsigned n[EVENT_END + 1];
	struct hello hello; /* the last one */
	struct step step;   /* the last one */
	char note[400];	    /* the last one */
};

static inline void log_emit(void *host, const struct event *ev)
{
	struct log *l = host;

	l->n[ev->kind]++;
	if (ev->kind == EVENT_HELLO)
		l->hello = *ev->hello;
	if (ev->kind == EVENT_STEP)
		l->step = *ev->step;
	if (ev->kind == EVENT_NOTE)
		snprintf(l->note, sizeof(l->note), "%s", ev->text);
	if (ev->kind == EVENT_NOTE || ev->kind == EVENT_END)
		return; /* of the connection, not of the robot */
	buf_printf(&l->text, "%u %lld %lld ", ev->source, (long long)ev->t_ns,
		   ev->kind == EVENT_STEP ? (long long)ev->step->t_ns : 0);
	stream_encode(&l->text, ev);
}

static inline void log_raw(void *host, uint16_t source, int direction, int64_t t_ns, const void *p,
			   size_t n)
{
	struct log *l = host;
	struct capture_record r = {.t_ns = t_ns,
				   .source = source,
				   .direction = (uint8_t)direction,
				   .bytes = p,
				   .len = n};

	capture_put(&l->capture, &r);
}

static inline struct source_host log_host(struct log *l, bool capture)
{
	return (struct source_host){.host = l, .emit = log_emit, .raw = capture ? log_raw : NULL};
}

static inline void log_fini(struct log *l)
{
	buf_fini(&l->text);
	buf_fini(&l->capture);
}

/*
 * Runs s until `count` events of a kind came, on made-up time: pauses cost nothing. False when it
 * failed, or nothing happened for 20 s of real time.
 */
static inline bool log_until(struct source *s, struct log *l, enum event_kind kind, unsigned count,
			     int64_t *now_ns)
{
	while (l->n[kind] < count) {
		int64_t next = s->class->run(s, *now_ns);
		struct pollfd p = {.fd = s->fd, .events = POLLIN};

		if (next < 0 || l->n[kind] >= count)
			return next >= 0;
		if (next == INT64_MAX && s->fd < 0)
			return false;
		if (next == INT64_MAX && poll(&p, 1, 20000) == 0)
			return false;
		*now_ns += 1000;
		if (next != INT64_MAX && next > *now_ns && (s->fd < 0 || poll(&p, 1, 0) == 0))
			*now_ns = next;
	}
	return true;
}

#endif
