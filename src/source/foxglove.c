/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `foxglove:HOST:PORT`: what LeRobot shows with --display_data=true --display_mode=foxglove. It
 * does not wait: the server's queue would drop without a word what we do not read, and here what
 * the engine cannot take is counted.
 */
#include "wire/foxglove.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/text.h"
#include "source/net.h"

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	const char *text = uri_param(u, "fps"), *images = uri_param(u, "images");
	struct foxglove *f;
	double fps = 0;

	if (text && (!text_to_double(text, &fps) || !(fps > 0 && fps <= 1000))) {
		err_set(e, EINVAL, "%s: fps is a rate in Hz, up to 1000", u->word);
		return NULL;
	}
	if (images && strcmp(images, "0") != 0 && strcmp(images, "1") != 0) {
		err_set(e, EINVAL, "%s: images is 0 or 1", u->word);
		return NULL;
	}
	f = foxglove_new(emit, host, prefix, fps);
	if (!images || images[0] == '1')
		foxglove_want_pictures(f);
	return f;
}

static void drop(void *state)
{
	foxglove_free(state);
}

static size_t bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns)
{
	return foxglove_bytes(state, p, n, most, t_ns);
}

static void end(void *state, int64_t t_ns)
{
	foxglove_end(state, t_ns);
}

static uint64_t count(const void *state)
{
	return foxglove_messages(state);
}

static uint64_t bad(const void *state)
{
	return foxglove_bad(state);
}

static const char *first_bad(const void *state)
{
	return foxglove_first_bad(state);
}

static int greet(void *state, const char *where, struct buf *out, struct err *e)
{
	uint8_t nonce[16];

	(void)state;
	if (getrandom(nonce, sizeof(nonce), GRND_NONBLOCK) != sizeof(nonce))
		return err_set(e, errno, "no random bytes: %s", strerror(errno));
	foxglove_request(out, where, nonce);
	return 0;
}

static void sent(void *state, const void *p, size_t n, int64_t t_ns)
{
	(void)t_ns;
	foxglove_sent(state, p, n);
}

static const struct buf *replies(const void *state)
{
	return foxglove_replies(state);
}

static int ready(const void *state, const char **why)
{
	return foxglove_ready(state, why);
}

static int64_t due(void *state, int64_t now_ns)
{
	return foxglove_due(state, now_ns);
}

static const struct decoder_class decoder = {
	.make = make,
	.free = drop,
	.bytes = bytes,
	.end = end,
	.count = count,
	.bad = bad,
	.first_bad = first_bad,
	.greet = greet,
	.sent = sent,
	.replies = replies,
	.ready = ready,
	.due = due,
};

static int foxglove_open(struct source *s, struct uri *u, struct err *e)
{
	int rc = net_init(s, u, e);

	if (rc == 0)
		rc = net_host_port(s->state, u, e);
	return rc == 0 ? net_start(s, e) : rc;
}

static const struct source_param params[] = {
	{"fps", "Hz", "", "control rate of the loop, which the connection does not tell"},
	{"images", "", "1", "0: leave the cameras alone"},
	{0},
};

const struct source_class source_foxglove = {
	.kind = "foxglove",
	.rest = "HOST:PORT",
	.summary = "LeRobot's --display_mode=foxglove: state, action, cameras",
	.facts = FOXGLOVE_FACTS,
	.decoder = &decoder,
	.params = params,
	.state_size = sizeof(struct net),
	.open = foxglove_open,
	.run = net_run,
	.close = net_close,
};
