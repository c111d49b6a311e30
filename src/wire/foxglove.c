/* SPDX-License-Identifier: Apache-2.0 */
/* The connection: handshake, frames, replies, and what is wrong with them. */
#include "wire/foxglove.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/verdict.h"
#include "wire/foxglove_impl.h"

static const char protocol[] = "foxglove.sdk.v1";

/* Binary messages: a kind, then for data u32 subscription and u64 log time, little endian. */
enum { KIND_DATA = 1, DATA_HEAD = 13 };

/* Before a subscription that was refused is tried again. */
static const int64_t renew_ns = 100 * NS_PER_MS;

struct foxglove *foxglove_new(void (*emit)(void *host, const struct event *ev), void *host,
			      const char *prefix, double fps)
{
	struct foxglove *f = xcalloc(1, sizeof(*f));

	f->emit = emit;
	f->host = host;
	f->told_ns = TIME_UNKNOWN;
	f->hello.facts = FOXGLOVE_FACTS & ~(unsigned)FACT_FRAMES;
	f->hello.fps = fps;
	text_copy(f->prefix, sizeof(f->prefix), prefix);
	websocket_init(&f->socket, false, FOXGLOVE_MESSAGE_MAX);
	return f;
}

void foxglove_want_pictures(struct foxglove *f)
{
	f->pictures = true;
}

void foxglove_free(struct foxglove *f)
{
	if (!f)
		return;
	websocket_fini(&f->socket);
	buf_fini(&f->head);
	buf_fini(&f->replies);
	free(f);
}

void foxglove_request(struct buf *b, const char *host, const uint8_t nonce[16])
{
	char key[WEBSOCKET_KEY + 1];

	websocket_key(key, nonce);
	websocket_request(b, host, key, protocol);
}

void foxglove_sent(struct foxglove *f, const void *p, size_t n)
{
	uint64_t seed = 0;

	if (f->key[0] || !websocket_request_key(f->key, p, n))
		return;
	/* Masks keep a script in a browser from forging bytes; here they only have to differ. */
	for (unsigned i = 0; i < WEBSOCKET_KEY; i++)
		seed = seed * 31 + (uint8_t)f->key[i];
	f->mask = rng_seed(seed);
}

void foxglove_blame(struct foxglove *f, const char *fmt, ...)
{
	va_list ap;

	if (f->reason[0])
		return;
	va_start(ap, fmt);
	vsnprintf(f->reason, sizeof(f->reason), fmt, ap);
	va_end(ap);
}

void foxglove_tell(struct foxglove *f, const char *text)
{
	struct event ev = {
		.kind = EVENT_NOTE, .t_ns = f->t_ns, .src_ns = TIME_UNKNOWN, .level = LEVEL_NOTE};
	char clean[320];

	text_clean(clean, sizeof(clean), text, strlen(text));
	ev.text = clean;
	f->emit(f->host, &ev);
}

/* Counts the bad message and tells it, unless another one was told within the last second. */
static void message_is_bad(struct foxglove *f)
{
	char text[256];

	if (!f->bad++)
		text_clean(f->first_bad, sizeof(f->first_bad), f->reason, strlen(f->reason));
	if (f->told_ns != TIME_UNKNOWN && f->t_ns - f->told_ns < NS_PER_S) {
		f->untold++;
		return;
	}
	if (f->untold)
		snprintf(text, sizeof(text), "foxglove: %s (and %llu more bad messages before)",
			 f->reason, (unsigned long long)f->untold);
	else
		snprintf(text, sizeof(text), "foxglove: %s", f->reason);
	f->told_ns = f->t_ns;
	f->untold = 0;
	foxglove_tell(f, text);
}

static void reply(struct foxglove *f, enum websocket_opcode opcode, const void *p, size_t n)
{
	uint32_t v = rng_u32(&f->mask);
	uint8_t mask[4];

	memcpy(mask, &v, sizeof(mask));
	websocket_frame(&f->replies, opcode, p, n, mask);
}

void foxglove_say(struct foxglove *f, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply(f, WEBSOCKET_TEXT, text, strlen(text));
}

void foxglove_subscribe(struct foxglove *f, unsigned which)
{
	struct topic *t = &f->topic[which];

	t->subscription = ++f->subscriptions;
	t->live = true;
	t->refused = false;
	t->asked_ns = f->t_ns;
	foxglove_say(f,
		     "{\"op\":\"subscribe\",\"subscriptions\":[{\"id\":%lu,\"channelId\":%lld}]}",
		     (unsigned long)t->subscription, (long long)t->channel);
}

int64_t foxglove_due(struct foxglove *f, int64_t now_ns)
{
	int64_t next;

	f->t_ns = now_ns;
	buf_clear(&f->replies);
	next = foxglove_due_picture(f);
	for (unsigned i = 0; i < TOPICS; i++) {
		const struct topic *t = &f->topic[i];
		int64_t due_ns = t->asked_ns + renew_ns;

		if (!t->live || !t->refused)
			continue;
		if (due_ns <= now_ns)
			foxglove_subscribe(f, i);
		else if (due_ns < next)
			next = due_ns;
	}
	return next;
}

static uint64_t little_endian(const uint8_t *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = bytes; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

static void take_binary(struct foxglove *f, const uint8_t *p, size_t n)
{
	uint64_t subscription;

	if (!n || p[0] != KIND_DATA)
		return; /* the time, and answers to what nobody asked */
	if (n < DATA_HEAD) {
		foxglove_blame(f, "a message of %zu bytes is cut short", n);
		return;
	}
	subscription = little_endian(p + 1, 4);
	for (unsigned i = 0; i < TOPICS; i++) {
		if (f->topic[i].live && f->topic[i].subscription == subscription) {
			foxglove_take_data(f, i, little_endian(p + 5, 8),
					   (const char *)p + DATA_HEAD, n - DATA_HEAD);
			return;
		}
	}
	foxglove_take_picture(f, subscription, little_endian(p + 5, 8), p + DATA_HEAD,
			      n - DATA_HEAD);
	/* Nothing of ours: it was under way when its channel was withdrawn. */
}

static void take_message(struct foxglove *f, const struct websocket_message *m)
{
	f->messages++;
	f->reason[0] = '\0';
	if (m->size > m->len) {
		foxglove_refuse_large(f);
		foxglove_blame(f, "a message of %llu bytes is stepped over",
			       (unsigned long long)m->size);
	} else if (m->opcode == WEBSOCKET_TEXT)
		foxglove_take_text(f, (const char *)m->bytes, m->len);
	else if (m->opcode == WEBSOCKET_BINARY)
		take_binary(f, m->bytes, m->len);
	else if (m->opcode == WEBSOCKET_PING)
		reply(f, WEBSOCKET_PONG, m->bytes, m->len);
	else if (m->opcode == WEBSOCKET_CLOSE)
		text_copy(f->broken, sizeof(f->broken), "the server closes it");
	if (f->reason[0])
		message_is_bad(f);
}

/* Bytes of the server's answer to the handshake. */
static size_t take_head(struct foxglove *f, const void *p, size_t n)
{
	size_t before = f->head.len, room = WEBSOCKET_HEAD_MAX - before;
	struct err e = {0};
	ssize_t used;

	buf_add(&f->head, p, n < room ? n : room);
	used = websocket_answer(f->head.p, f->head.len, f->key, protocol, &e);
	if (used < 0)
		text_copy(f->broken, sizeof(f->broken), e.msg);
	if (used <= 0)
		return n;
	f->open = true;
	buf_clear(&f->head);
	return (size_t)used - before;
}

size_t foxglove_bytes(struct foxglove *f, const void *bytes, size_t n, size_t most, int64_t t_ns)
{
	const uint8_t *p = bytes;
	size_t at = 0;

	f->t_ns = t_ns;
	buf_clear(&f->replies);
	if (!f->open && !f->broken[0] && n)
		at = take_head(f, p, n);
	while (at < n && !f->broken[0] && most) {
		struct websocket_message m;
		bool whole;

		at += websocket_take(&f->socket, p + at, n - at, &m, &whole);
		if (f->socket.error)
			text_copy(f->broken, sizeof(f->broken), f->socket.error);
		else if (whole)
			take_message(f, &m);
		most -= whole;
	}
	return f->broken[0] ? n : at;
}

const struct buf *foxglove_replies(const struct foxglove *f)
{
	return &f->replies;
}

void foxglove_end(struct foxglove *f, int64_t t_ns)
{
	f->t_ns = t_ns;
	foxglove_flush(f);
	f->key[0] = f->broken[0] = '\0';
	f->open = false;
	f->others = 0;
	f->hello.joints = 0; /* who comes next may be another robot */
	f->hello.facts &= ~(unsigned)FACT_FRAMES;
	f->cameras = 0;
	memset(f->topic, 0, sizeof(f->topic));
	memset(f->camera, 0, sizeof(f->camera));
	buf_clear(&f->head);
	buf_clear(&f->replies);
	websocket_fini(&f->socket);
	websocket_init(&f->socket, false, FOXGLOVE_MESSAGE_MAX);
}

int foxglove_ready(const struct foxglove *f, const char **why)
{
	*why = f->broken;
	return f->broken[0] ? -1 : f->open;
}

uint64_t foxglove_messages(const struct foxglove *f)
{
	return f->messages;
}

uint64_t foxglove_bad(const struct foxglove *f)
{
	return f->bad;
}

const char *foxglove_first_bad(const struct foxglove *f)
{
	return f->first_bad;
}
