/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client and a server that say anything to each other, for the decoders of policy traffic. An
 * input is a row of commands: a byte, u16 length, as many bytes.
 *   0, 1  these bytes from the server, or to it; 2, 3 the same as the payload of a frame
 *   4, 5  as many bytes as the length says were lost in a direction; 6, 7 and a message begins
 *   8     the connection ended   9  time passes   10, 11  again off, on
 * Events may not depend on where the bytes were cut.
 */
#ifndef POLICYTOP_TESTS_FUZZ_TRAFFIC_H
#define POLICYTOP_TESTS_FUZZ_TRAFFIC_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/traffic.h"

struct traffic_talk {
	const struct traffic_wire *wire;
	void (*greet)(void *w); /* what opens a connection passes; NULL: it does not */
	void (*frame)(struct buf *b, unsigned direction, const uint8_t *p, size_t n);
};

static inline void traffic_mix(uint64_t *sum, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*sum = *sum * 31 + ((const uint8_t *)p)[i];
}

static inline void traffic_text(uint64_t *sum, const char *text)
{
	if (text && strpbrk(text, "\x1b\n\r"))
		abort();
	traffic_mix(sum, text ? text : "", text ? strlen(text) : 0);
}

static inline void traffic_exchange(uint64_t *sum, const struct exchange *x)
{
	if (x->tensors > TENSORS_MAX)
		abort();
	for (unsigned i = 0; i < x->tensors; i++) {
		if (x->tensor[i].dims > 4)
			abort();
		traffic_text(sum, x->tensor[i].name);
		traffic_text(sum, x->tensor[i].dtype);
	}
	traffic_mix(sum, &x->number, sizeof(x->number));
	traffic_text(sum, x->endpoint);
	/* How a stranger looks depends on how many bytes of it there are. */
	if (x->state != EXCHANGE_STRANGER)
		traffic_text(sum, x->error);
}

static inline void traffic_emit(void *host, const struct event *ev)
{
	uint64_t *sum = host;

	traffic_mix(sum, &ev->kind, sizeof(ev->kind));
	traffic_mix(sum, &ev->t_ns, sizeof(ev->t_ns));
	traffic_text(sum, ev->kind == EVENT_NOTE || ev->kind == EVENT_GAP ? ev->text : NULL);
	if (ev->kind == EVENT_HELLO && ev->hello->joints > MAX_JOINTS)
		abort();
	if (ev->kind == EVENT_STEP && (!ev->step->joints || ev->step->joints > MAX_JOINTS))
		abort();
	if (ev->kind == EVENT_FRAME &&
	    (ev->frame->thumb_width > FRAME_THUMB_WIDTH || !ev->frame->thumb_width ||
	     ev->frame->thumb_height > FRAME_THUMB_HEIGHT || !ev->frame->thumb_height))
		abort();
	if (ev->kind == EVENT_EXCHANGE)
		traffic_exchange(sum, ev->exchange);
	if (ev->kind != EVENT_CHUNK)
		return;
	if (!ev->chunk->horizon || ev->chunk->horizon > TRAFFIC_HORIZON_MAX || !ev->chunk->dims ||
	    ev->chunk->dims > MAX_JOINTS)
		abort();
	traffic_text(sum, ev->chunk->prompt);
	traffic_mix(sum, ev->chunk->actions, sizeof(double) * ev->chunk->horizon * ev->chunk->dims);
}

static inline void traffic_feed(const struct traffic_talk *talk, void *d, unsigned direction,
				const uint8_t *p, size_t n, size_t piece, int64_t t_ns)
{
	for (size_t at = 0; at < n;) {
		size_t some = n - at < piece ? n - at : piece;
		size_t took = talk->wire->bytes(d, direction, p + at, some, 2, t_ns);

		if (!took || took > some)
			abort();
		at += took;
	}
}

static inline void traffic_command(const struct traffic_talk *talk, void *d, unsigned command,
				   const uint8_t *p, size_t n, size_t lost, size_t piece,
				   int64_t t_ns)
{
	struct buf b = {0};

	if (command < 2) {
		traffic_feed(talk, d, command, p, n, piece, t_ns);
	} else if (command < 4) {
		talk->frame(&b, command & 1, p, n);
		traffic_feed(talk, d, command & 1, (uint8_t *)b.p, b.len, piece, t_ns);
	} else if (command < 8) {
		talk->wire->lost(d, command & 1, lost, command > 5, t_ns);
	} else if (command == 8) {
		talk->wire->end(d, t_ns);
	} else if (command > 9) {
		traffic_again(talk->wire->session(d), command & 1);
	}
	buf_fini(&b);
}

/* The same input, its bytes in pieces. Returns a sum over the events. */
static inline uint64_t traffic_run(const struct traffic_talk *talk, const uint8_t *p, size_t n,
				   size_t piece)
{
	uint64_t sum = 7, held, left;
	void *d = talk->wire->make(traffic_emit, &sum, "left/", 30);
	int64_t t_ns = NS_PER_S;

	if (talk->greet)
		talk->greet(d);
	while (n >= 3) {
		size_t len = p[1] | (size_t)p[2] << 8, some = len < n - 3 ? len : n - 3;
		unsigned command = p[0] % 12;
		bool takes = command < 4;

		traffic_command(talk, d, command, p + 3, some, len, piece, t_ns);
		talk->wire->place(d, command & 1, &held, &left);
		if (left >> 63)
			abort();
		t_ns += command == 9 ? (int64_t)len * NS_PER_MS : NS_PER_MS;
		traffic_due(talk->wire->session(d), t_ns);
		p += takes ? 3 + some : 3;
		n -= takes ? 3 + some : 3;
	}
	talk->wire->end(d, t_ns);
	talk->wire->free(d);
	return sum;
}

#endif
