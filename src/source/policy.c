/* SPDX-License-Identifier: Apache-2.0 */
#include "source/policy.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

const struct source_param policy_params[] = {
	{"fps", "Hz", "", "control rate of the loop, which the connection does not tell"},
	{"joints", "", "", "names of the actions' values, in order, separated by commas"},
	{0},
};

struct policy {
	const struct traffic_wire *wire;
	void *w;
};

static struct traffic *session(const void *state)
{
	const struct policy *p = state;

	return p->wire->session(p->w);
}

void *policy_make(const struct traffic_wire *wire, void (*emit)(void *host, const struct event *ev),
		  void *host, const char *prefix, struct uri *u, struct err *e)
{
	const char *rate = uri_param(u, "fps"), *joints = uri_param(u, "joints");
	struct policy *p;
	double fps = 0;

	if (rate && (!text_to_double(rate, &fps) || !fps_possible(fps))) {
		err_set(e, EINVAL, "%s: fps is the control rate in Hz", u->word);
		return NULL;
	}
	p = xcalloc(1, sizeof(*p));
	p->wire = wire;
	p->w = wire->make(emit, host, prefix, fps);
	if (!joints || traffic_name(session(p), joints, e) == 0)
		return p;
	err_prefix(e, "%s", u->word);
	policy_free(p);
	return NULL;
}

void policy_free(void *state)
{
	struct policy *p = state;

	if (p)
		p->wire->free(p->w);
	free(p);
}

size_t policy_bytes(void *state, const void *bytes, size_t n, size_t most, int64_t t_ns)
{
	struct policy *p = state;

	return p->wire->bytes(p->w, 0, bytes, n, most, t_ns);
}

void policy_sent(void *state, const void *bytes, size_t n, int64_t t_ns)
{
	struct policy *p = state;

	p->wire->bytes(p->w, 1, bytes, n, SIZE_MAX, t_ns);
}

void policy_end(void *state, int64_t t_ns)
{
	struct policy *p = state;

	p->wire->end(p->w, t_ns);
}

uint64_t policy_count(const void *state)
{
	return traffic_messages(session(state));
}

uint64_t policy_bad(const void *state)
{
	return traffic_bads(session(state));
}

const char *policy_first_bad(const void *state)
{
	return traffic_first_bad(session(state));
}

void policy_lost(void *state, int direction, uint64_t n, bool whole, int64_t t_ns)
{
	struct policy *p = state;

	p->wire->lost(p->w, direction != 0, n, whole, t_ns);
}

void policy_place(const void *state, int direction, struct decoder_place *out)
{
	const struct policy *p = state;

	p->wire->place(p->w, direction != 0, &out->held, &out->left);
}

void policy_again(void *state, bool on)
{
	traffic_again(session(state), on);
}

int64_t policy_due(void *state, int64_t now_ns)
{
	return traffic_due(session(state), now_ns);
}
