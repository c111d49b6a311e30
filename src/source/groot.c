/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `groot:[HOST:]PORT=UPSTREAM:PORT`: what passes between a GR00T inference server and its client.
 */
#include "wire/groot.h"

#include <errno.h>

#include "base/text.h"
#include "source/source.h"

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	const char *text = uri_param(u, "fps");
	double fps = 0;

	if (text && (!text_to_double(text, &fps) || !fps_possible(fps))) {
		err_set(e, EINVAL, "%s: fps is the control rate in Hz", u->word);
		return NULL;
	}
	return groot_new(emit, host, prefix, fps);
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

static int groot_open(struct source *s, struct uri *u, struct err *e)
{
	(void)s;
	return err_set(e, EOPNOTSUPP, "%s: this version replays such captures (raw:), no more",
		       u->word);
}

static int64_t groot_run(struct source *s, int64_t now_ns)
{
	(void)s;
	(void)now_ns;
	return INT64_MAX;
}

static void groot_close(struct source *s)
{
	(void)s;
}

static const struct source_param params[] = {
	{"fps", "Hz", "", "control rate of the loop, which the connection does not tell"},
	{0},
};

const struct source_class source_groot = {
	.kind = "groot",
	.rest = "[HOST:]PORT=UPSTREAM:PORT",
	.summary = "between a GR00T inference server and its client",
	.facts = GROOT_FACTS,
	.decoder = &decoder,
	.params = params,
	.slots = 4,
	.open = groot_open,
	.run = groot_run,
	.close = groot_close,
};
