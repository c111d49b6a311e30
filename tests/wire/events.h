/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of policy traffic as text, a line each, so that two logs can be compared; and the little
 * MessagePack and WebSocket that a test writes by hand.
 */
#ifndef POLICYTOP_TESTS_WIRE_EVENTS_H
#define POLICYTOP_TESTS_WIRE_EVENTS_H

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "model/event.h"

static inline void events_number(struct buf *b, const char *word, double v)
{
	if (!isnan(v))
		buf_printf(b, " %s=%g", word, v);
}

static inline void events_exchange(struct buf *b, const struct exchange *x)
{
	static const char *const states[] = {"asked", "answered", "failed", "broken", "stranger"};

	buf_printf(b, "%s %llu", states[x->state], (unsigned long long)x->number);
	buf_printf(b, " %s%s%llu/%llu", x->endpoint, x->endpoint[0] ? " " : "",
		   (unsigned long long)x->request_bytes, (unsigned long long)x->reply_bytes);
	events_number(b, "server_ms", x->server_ms);
	events_number(b, "policy_ms", x->policy_ms);
	for (unsigned i = 0; i < x->tensors; i++) {
		const struct tensor *t = &x->tensor[i];

		buf_printf(b, " %s%s%s", t->reply ? "<" : ">", t->name, t->dtype);
		for (unsigned d = 0; d < t->dims; d++)
			buf_printf(b, "%s%u", d ? "x" : "", t->shape[d]);
		events_number(b, "min", t->min);
		events_number(b, "max", t->max);
	}
	if (x->error)
		buf_printf(b, " %s", x->error);
	if (x->acted)
		buf_str(b, " acted");
}

static inline void events_step(struct buf *b, const struct step *s)
{
	buf_printf(b, "step %d %s", s->position, driver_word(s->driver));
	for (unsigned k = 0; k < VEC_N; k++) {
		if (!s->vec[k].present)
			continue;
		buf_printf(b, " %s:", vec_word((enum vec_kind)k));
		for (unsigned i = 0; i < s->joints; i++) {
			if (vec_known(&s->vec[k], i))
				buf_printf(b, " %g", s->vec[k].v[i]);
			else
				buf_str(b, " -");
		}
	}
}

static inline void events_chunk(struct buf *b, const struct chunk *c)
{
	buf_printf(b, "chunk %ux%u", c->horizon, c->dims);
	events_number(b, "latency", c->latency_s);
	buf_printf(b, " '%s'", c->prompt_known ? c->prompt : "?");
	for (size_t i = 0; i < (size_t)c->horizon * c->dims && i < 12; i++)
		buf_printf(b, " %g", c->actions[i]);
}

static inline void events_emit(void *host, const struct event *ev)
{
	struct buf *b = host;

	buf_printf(b, "%lld ", (long long)(ev->t_ns / NS_PER_MS));
	if (ev->kind == EVENT_HELLO) {
		buf_printf(b, "hello fps=%g", ev->hello->fps);
		for (unsigned i = 0; i < ev->hello->joints; i++)
			buf_printf(b, " %s", ev->hello->joint[i].name);
	} else if (ev->kind == EVENT_EPISODE) {
		buf_printf(b, "%s%s%s: %s '%s'", ev->episode->start ? "start" : "end",
			   ev->episode->resumed ? " resumed" : "",
			   ev->episode->guessed ? " guessed" : "", ev->episode->boundary,
			   ev->episode->task);
	} else if (ev->kind == EVENT_EXCHANGE) {
		events_exchange(b, ev->exchange);
	} else if (ev->kind == EVENT_STEP) {
		events_step(b, ev->step);
	} else if (ev->kind == EVENT_CHUNK) {
		events_chunk(b, ev->chunk);
	} else if (ev->kind == EVENT_EXECUTED) {
		buf_printf(b, "executed %u", ev->executed->steps);
	} else if (ev->kind == EVENT_FRAME) {
		buf_printf(b, "frame %s %ux%ux%u", ev->frame->camera, ev->frame->width,
			   ev->frame->height, ev->frame->channels);
	} else if (ev->kind == EVENT_GAP) {
		buf_printf(b, "gap %lld %s: %s", (long long)ev->lost, ev->unit, ev->text);
	} else {
		buf_printf(b, "%s %s", ev->kind == EVENT_RESET ? "reset" : "note",
			   ev->text ? ev->text : "");
	}
	buf_str(b, "\n");
}

/* Bytes written in hex; spaces between them do not count. */
static inline void put_hex(struct buf *b, const char *hex)
{
	for (; *hex; hex++) {
		unsigned v = 0;

		for (unsigned k = 0; *hex != ' ' && k < 2; k++, hex += k < 2)
			v = v << 4 | (unsigned)(*hex <= '9' ? *hex - '0' : *hex - 'a' + 10);
		if (*hex != ' ')
			buf_add(b, &(uint8_t){(uint8_t)v}, 1);
	}
}

static inline void put_byte(struct buf *b, unsigned v)
{
	buf_add(b, &(uint8_t){(uint8_t)v}, 1);
}

/* A short string, or a binary. */
static inline void put_str(struct buf *b, const char *s)
{
	put_byte(b, 0xd9);
	put_byte(b, (unsigned)strlen(s));
	buf_str(b, s);
}

static inline void put_bin(struct buf *b, const void *p, size_t n)
{
	put_byte(b, 0xc6);
	for (int shift = 24; shift >= 0; shift -= 8)
		put_byte(b, (unsigned)(n >> shift) & 255);
	if (n)
		buf_add(b, p, n);
}

/* One frame of WebSocket; a client's is masked. */
static inline void put_frame(struct buf *b, bool client, unsigned first, const void *p, size_t n)
{
	static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};

	put_byte(b, first);
	put_byte(b, (client ? 0x80u : 0u) | 127);
	for (int shift = 56; shift >= 0; shift -= 8)
		put_byte(b, (unsigned)((uint64_t)n >> shift) & 255);
	if (client)
		buf_add(b, mask, 4);
	for (size_t i = 0; i < n; i++)
		put_byte(b, ((const uint8_t *)p)[i] ^ (client ? mask[i % 4] : 0u));
}

#endif
