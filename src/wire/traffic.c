/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges, and what is told about them. */
#include "wire/traffic.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/verdict.h"
#include "wire/traffic_impl.h"

struct traffic *traffic_new(const struct traffic_protocol *protocol,
			    void (*emit)(void *host, const struct event *ev), void *host,
			    const char *prefix, double fps)
{
	struct traffic *p = xcalloc(1, sizeof(*p));

	p->protocol = protocol;
	p->emit = emit;
	p->host = host;
	p->hello = (struct hello){.fps = fps, .facts = protocol->facts, .no_tick = true};
	p->request_ns = p->acted_ns = p->told_bad_ns = p->ended_ns = TIME_UNKNOWN;
	text_copy(p->hello.policy, sizeof(p->hello.policy), protocol->policy);
	text_copy(p->prefix, sizeof(p->prefix), prefix);
	traffic_message_init(p);
	return p;
}

void traffic_free(struct traffic *p)
{
	if (!p)
		return;
	traffic_message_fini(p);
	free(p->name);
	free(p);
}

void traffic_emit(struct traffic *p, struct event *ev, int64_t t_ns)
{
	if (p->again)
		return;
	ev->t_ns = t_ns;
	ev->src_ns = TIME_UNKNOWN;
	p->emit(p->host, ev);
}

static void note(struct traffic *p, int64_t t_ns, const char *text)
{
	struct event ev = {.kind = EVENT_NOTE, .level = LEVEL_NOTE};
	char clean[320];

	text_clean(clean, sizeof(clean), text, strlen(text));
	ev.text = clean;
	traffic_emit(p, &ev, t_ns);
}

void traffic_note(struct traffic *p, int64_t t_ns, const char *fmt, ...)
{
	char text[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note(p, t_ns, text);
}

void traffic_bad(struct traffic *p, int64_t t_ns, const char *why)
{
	if (!p->bad++)
		text_clean(p->first_bad, sizeof(p->first_bad), why, strlen(why));
	if (p->told_bad_ns != TIME_UNKNOWN && t_ns - p->told_bad_ns < NS_PER_S) {
		p->untold++;
		return;
	}
	if (p->untold)
		traffic_note(p, t_ns, "%s: %s (and %llu more before)", p->protocol->word, why,
			     (unsigned long long)p->untold);
	else
		traffic_note(p, t_ns, "%s: %s", p->protocol->word, why);
	p->told_bad_ns = t_ns;
	p->untold = 0;
}

void traffic_exchange(struct traffic *p, enum exchange_state state, int64_t t_ns, uint64_t bytes,
		      const char *error, bool acted)
{
	bool answered = state == EXCHANGE_ANSWERED || state == EXCHANGE_FAILED;
	struct exchange x = {.number = state == EXCHANGE_STRANGER ? 0 : p->number,
			     .state = state,
			     .acted = acted,
			     .request_ns = p->request_ns,
			     .reply_ns = answered ? t_ns : TIME_UNKNOWN,
			     .request_bytes = p->request_bytes,
			     .reply_bytes = answered ? bytes : 0,
			     .server_ms = answered ? p->reply.server_ms : (double)NAN,
			     .policy_ms = answered ? p->reply.policy_ms : (double)NAN,
			     .endpoint = p->request.endpoint,
			     .error = error,
			     .tensors = p->requested + (answered ? p->replied : 0),
			     .tensor = p->tensor};
	struct event ev = {.kind = EVENT_EXCHANGE, .exchange = &x};

	if (state == EXCHANGE_STRANGER) {
		x.request_ns = TIME_UNKNOWN;
		x.request_bytes = 0;
		x.tensors = 0;
		x.endpoint = "";
	}
	traffic_emit(p, &ev, t_ns);
}

void traffic_connected(struct traffic *p, int64_t t_ns)
{
	if (p->connected)
		return;
	p->connected = true;
	p->number = 0;
	if (!p->told)
		traffic_tell_hello(p, t_ns);
}

struct payload *traffic_begin(struct traffic *p, enum traffic_message what, int64_t t_ns)
{
	traffic_due(p, t_ns);
	p->t_ns = t_ns;
	traffic_message_begin(p, what);
	return &p->reader[what != TRAFFIC_REQUEST];
}

static void tell_shots(struct traffic *p, int64_t t_ns)
{
	for (unsigned i = 0; i < p->shots; i++) {
		struct event ev = {.kind = EVENT_FRAME, .frame = &p->shot[i].frame};

		p->shot[i].frame.thumb = p->shot[i].thumb;
		for (unsigned c = 0; c < p->cameras; c++) {
			if (strcmp(p->camera[c].name, p->shot[i].frame.camera) == 0)
				p->camera[c].last_ns = t_ns;
		}
		traffic_emit(p, &ev, t_ns);
	}
	p->shots = 0;
}

static void end_request(struct traffic *p, int64_t t_ns, uint64_t size)
{
	char *endpoint = p->request.endpoint;

	if (p->protocol->endpoints && !endpoint[0])
		text_copy(endpoint, NAME_BYTES, "get_action"); /* as GR00T's server takes it */
	p->number++;
	p->request_ns = t_ns;
	p->request_bytes = size;
	p->acting = !p->protocol->endpoints || strcmp(endpoint, "get_action") == 0;
	if (p->acting)
		traffic_asked(p, t_ns);
	else if (strcmp(endpoint, "reset") == 0)
		traffic_reset(p, t_ns);
	p->awaits = true;
	traffic_exchange(p, EXCHANGE_ASKED, t_ns, 0, NULL, false);
	tell_shots(p, t_ns);
}

/* A reply is complete, with or without a request that was seen. */
static void begin_answer(struct traffic *p)
{
	if (!p->awaits) {
		p->request_ns = TIME_UNKNOWN;
		p->request_bytes = 0;
		p->requested = 0;
		memset(&p->request, 0, sizeof(p->request));
		p->acting = !p->protocol->endpoints;
	}
}

static void end_reply(struct traffic *p, int64_t t_ns, uint64_t size)
{
	struct traffic_reply *r = &p->reply;

	begin_answer(p);
	if (r->error) {
		traffic_tell_error(p, r->error, r->error_len, t_ns, size);
		p->awaits = false;
		return;
	}
	if (p->acting && r->odd)
		traffic_bad(p, t_ns, "a reply's actions have a shape that is not understood");
	if (r->action.n && !r->odd && (p->acting || !p->awaits))
		traffic_act(p, t_ns);
	else
		traffic_exchange(p, EXCHANGE_ANSWERED, t_ns, size, NULL, false);
	p->awaits = false;
}

bool traffic_end(struct traffic *p, enum traffic_message what, int64_t t_ns, uint64_t size)
{
	struct payload *reader = &p->reader[what != TRAFFIC_REQUEST];
	bool good = payload_end(reader);

	p->t_ns = t_ns;
	if (!good && what == TRAFFIC_METADATA)
		return false;
	if (!good) {
		traffic_bad(p, t_ns, reader->error);
		traffic_opaque(p, what, t_ns, size);
		return false;
	}
	p->messages++;
	p->reply.bytes = size;
	traffic_touch(p, t_ns);
	if (what == TRAFFIC_REQUEST)
		end_request(p, t_ns, size);
	else if (what == TRAFFIC_REPLY)
		end_reply(p, t_ns, size);
	else if (p->meta[0])
		traffic_note(p, t_ns, "%s: server metadata: %s", p->protocol->word, p->meta);
	return true;
}

void traffic_opaque(struct traffic *p, enum traffic_message what, int64_t t_ns, uint64_t size)
{
	traffic_due(p, t_ns);
	p->messages++;
	traffic_message_begin(p, what);
	traffic_touch(p, t_ns);
	if (what == TRAFFIC_REQUEST) {
		p->number++;
		p->request_ns = t_ns;
		p->request_bytes = size;
		p->awaits = true;
		p->acting = false;
		traffic_exchange(p, EXCHANGE_ASKED, t_ns, 0, NULL, false);
	} else if (what == TRAFFIC_REPLY) {
		begin_answer(p);
		traffic_exchange(p, EXCHANGE_ANSWERED, t_ns, size, NULL, false);
		p->awaits = false;
	}
}

void traffic_failed(struct traffic *p, const char *text, size_t n, int64_t t_ns, uint64_t size)
{
	traffic_due(p, t_ns);
	traffic_message_begin(p, TRAFFIC_REPLY);
	traffic_touch(p, t_ns);
	p->messages++;
	begin_answer(p);
	traffic_tell_error(p, text, n, t_ns, size);
	p->awaits = false;
}

void traffic_stranger(struct traffic *p, int64_t t_ns, const char *fmt, ...)
{
	char text[256], clean[320];
	va_list ap;

	if (p->stranger)
		return;
	p->stranger = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(clean, sizeof(clean), text, strlen(text));
	if (!p->told)
		traffic_tell_hello(p, t_ns);
	traffic_exchange(p, EXCHANGE_STRANGER, t_ns, 0, clean, false);
}

void traffic_touch(struct traffic *p, int64_t t_ns)
{
	traffic_due(p, t_ns);
	p->last_ns = t_ns;
}

void traffic_lost(struct traffic *p, bool reply, uint64_t n, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_GAP,
			   .text = reply ? "bytes of replies passed unseen"
					 : "bytes of requests passed unseen",
			   .lost = n > INT64_MAX ? INT64_MAX : (int64_t)n,
			   .unit = "bytes"};

	traffic_due(p, t_ns);
	p->last_ns = t_ns;
	p->awaits = false;
	p->acted_ns = TIME_UNKNOWN; /* what was executed of which chunk is not known any more */
	p->number += !reply;	    /* at least this one is not the connection's first */
	traffic_emit(p, &ev, t_ns);
}

void traffic_disconnected(struct traffic *p, int64_t t_ns)
{
	traffic_due(p, t_ns);
	if (p->awaits)
		traffic_exchange(p, EXCHANGE_BROKEN, t_ns, 0, NULL, false);
	p->awaits = p->connected = p->stranger = p->resumed = false;
	traffic_episode_end(p, "connection", t_ns);
}

void traffic_again(struct traffic *p, bool on)
{
	bool over = p->again && !on;

	p->again = on;
	if (over && p->connected && !p->told)
		traffic_tell_hello(p, p->t_ns);
	if (over)
		traffic_episode_again(p);
}

bool traffic_is_connected(const struct traffic *p)
{
	return p->connected;
}

uint64_t traffic_messages(const struct traffic *p)
{
	return p->messages;
}

uint64_t traffic_bads(const struct traffic *p)
{
	return p->bad;
}

const char *traffic_first_bad(const struct traffic *p)
{
	return p->first_bad;
}
