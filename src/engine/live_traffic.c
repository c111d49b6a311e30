/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between a policy and whoever asks it: exchanges, and how long they take. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "engine/live_internal.h"

enum { REPLY_ROOM = 8 }; /* tensors of a reply that a request of many leaves room for */

static double seconds(int64_t from_ns, int64_t to_ns)
{
	return (double)(to_ns - from_ns) / 1e9;
}

void live_latency_add(struct live *l, double ms, bool first)
{
	l->latency.last_ms = ms;
	if (first)
		l->latency.first_ms = ms;
	else
		l->latency.ms[l->latency.n++ % LIVE_LATENCIES] = ms;
	l->facts |= FACT_LATENCY;
}

/* Numbers that begin anew are another connection. */
static void note_connection(struct live *l, uint16_t source, const struct exchange *x)
{
	struct live_connection *c = &l->traffic.connection[source];
	bool again = x->number < c->number ||
		     (x->number == c->number && c->state != EXCHANGE_ASKED);

	if (!x->number)
		return;
	if (!c->any || again) {
		l->traffic.v.reconnects += c->any;
		c->cold = true;
	}
	c->any = true;
	l->traffic.v.requests += !(x->number == c->number && c->state == EXCHANGE_ASKED && !again);
	c->number = x->number;
	c->state = x->state;
}

static void note_answer(struct live *l, uint16_t source, const struct exchange *x)
{
	struct live_connection *c = &l->traffic.connection[source];
	bool timed = x->request_ns != TIME_UNKNOWN && x->reply_ns != TIME_UNKNOWN &&
		     x->reply_ns >= x->request_ns;

	if (x->state == EXCHANGE_ASKED)
		return; /* what is told of the answer is the last one's */
	l->traffic.v.took_ms = timed ? 1e3 * seconds(x->request_ns, x->reply_ns) : NAN;
	l->traffic.v.reply_bytes = x->reply_bytes;
	l->traffic.v.server_ms = x->server_ms;
	l->traffic.v.policy_ms = x->policy_ms;
	if (x->state != EXCHANGE_ANSWERED || !x->acted)
		return;
	if (!l->traffic.v.acts++) /* until now, the chunks themselves told it */
		l->latency.n = 0;
	if (timed)
		live_latency_add(l, l->traffic.v.took_ms, c->cold);
	c->cold = false;
}

/* A side that an event does not tell of stays as it was: a ping has no state, a request no action. */
static void note_tensors(struct live_traffic *t, const struct exchange *x)
{
	bool told[2] = {false, false};

	for (unsigned i = 0; i < x->tensors && i < TENSORS_MAX; i++) {
		unsigned side = x->tensor[i].reply;

		if (!told[side])
			t->n[side] = 0;
		told[side] = true;
		t->tensor[side][t->n[side]++] = x->tensor[i];
	}
}

static void note_error(struct live_traffic *t, const struct exchange *x, int64_t now_ns)
{
	t->v.errors += x->state == EXCHANGE_FAILED;
	t->v.broken += x->state == EXCHANGE_BROKEN;
	t->v.strangers += x->state == EXCHANGE_STRANGER;
	if (x->state == EXCHANGE_ASKED || x->state == EXCHANGE_ANSWERED)
		return;
	t->error_ns = now_ns;
	text_copy(t->v.error, sizeof(t->v.error),
		  x->error			  ? x->error
		  : x->state == EXCHANGE_BROKEN	  ? "the connection ended before the answer"
		  : x->state == EXCHANGE_STRANGER ? "who answers does not speak the protocol"
						  : "the server told an error");
}

void live_exchange(struct live *l, uint16_t source, const struct exchange *x, int64_t now_ns)
{
	struct live_traffic *t = &l->traffic;

	if (source >= ENGINE_SOURCES_MAX)
		return;
	note_connection(l, source, x);
	t->v.seen = true;
	t->v.number = x->number;
	t->v.state = x->state;
	t->v.acted = x->acted;
	t->v.request_bytes = x->request_bytes;
	text_copy(t->v.endpoint, sizeof(t->v.endpoint), x->endpoint ? x->endpoint : "");
	t->at_ns = now_ns;
	note_answer(l, source, x);
	note_tensors(t, x);
	note_error(t, x, now_ns);
}

static void show_latency(const struct live *l, struct view_latency *v)
{
	double ms[LIVE_LATENCIES];

	v->n = l->latency.n < LIVE_LATENCIES ? (unsigned)l->latency.n : LIVE_LATENCIES;
	memcpy(ms, l->latency.ms, sizeof(ms));
	v->last_ms = l->latency.last_ms;
	v->first_ms = l->latency.first_ms;
	v->p50_ms = live_quantile(ms, v->n, 0.5);
	v->p95_ms = live_quantile(ms, v->n, 0.95);
	v->worst_ms = live_quantile(ms, v->n, 1);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

void live_traffic_show(const struct live *l, int64_t now_ns, struct snapshot *out)
{
	const struct live_traffic *t = &l->traffic;
	struct view_traffic *v = &out->traffic;
	unsigned asked = least(t->n[0], TENSORS_MAX - least(t->n[1], REPLY_ROOM));
	unsigned replied = least(t->n[1], TENSORS_MAX - asked);

	show_latency(l, &out->latency);
	if (!t->v.seen)
		return;
	*v = t->v;
	v->age_s = seconds(t->at_ns, now_ns);
	v->in_flight_s = t->v.state == EXCHANGE_ASKED ? v->age_s : NAN;
	v->error_age_s = t->v.error[0] ? seconds(t->error_ns, now_ns) : NAN;
	v->ntensors = asked + replied;
	memcpy(v->tensor, t->tensor[0], asked * sizeof(v->tensor[0]));
	memcpy(v->tensor + asked, t->tensor[1], replied * sizeof(v->tensor[0]));
}
