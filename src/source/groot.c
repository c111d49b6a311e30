/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `groot:[HOST:]PORT=UPSTREAM:PORT`: what passes between a GR00T inference server and its client.
 */
#include "wire/groot.h"

#include "source/policy.h"
#include "source/tap.h"

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	struct groot *o;
	double fps;

	if (policy_fps(u, &fps, e) < 0)
		return NULL;
	o = groot_new(emit, host, prefix, fps);
	if (policy_joints(groot_session(o), u, e) == 0)
		return o;
	groot_free(o);
	return NULL;
}

static void drop(void *state)
{
	groot_free(state);
}

static size_t bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns)
{
	return groot_bytes(state, 0, p, n, most, t_ns);
}

static void sent(void *state, const void *p, size_t n, int64_t t_ns)
{
	groot_bytes(state, 1, p, n, SIZE_MAX, t_ns);
}

static void end(void *state, int64_t t_ns)
{
	groot_end(state, t_ns);
}

static uint64_t count(const void *state)
{
	return traffic_messages(groot_session(state));
}

static uint64_t bad(const void *state)
{
	return traffic_bads(groot_session(state));
}

static const char *first_bad(const void *state)
{
	return traffic_first_bad(groot_session(state));
}

static void lost(void *state, int direction, uint64_t n, bool whole, int64_t t_ns)
{
	groot_lost(state, direction != 0, n, whole, t_ns);
}

static void place(const void *state, int direction, struct decoder_place *out)
{
	groot_place(state, direction != 0, &out->held, &out->left);
}

static void again(void *state, bool on)
{
	traffic_again(groot_session(state), on);
}

static int64_t due(void *state, int64_t now_ns)
{
	return traffic_due(groot_session(state), now_ns);
}

static const struct decoder_class decoder = {
	.make = make,
	.free = drop,
	.bytes = bytes,
	.end = end,
	.count = count,
	.bad = bad,
	.first_bad = first_bad,
	.sent = sent,
	.lost = lost,
	.place = place,
	.again = again,
	.due = due,
};

const struct source_class source_groot = {
	.kind = "groot",
	.rest = TAP_REST,
	.summary = "between a GR00T inference server and its client",
	.facts = GROOT_FACTS,
	.decoder = &decoder,
	.params = policy_params,
	.slots = TAP_SLOTS,
	.state_size = sizeof(struct tapped),
	.open = tap_open,
	.run = tap_run,
	.close = tap_close,
};
