/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of all sources: numbered, in the run's columns, and what became of them. */
#include <math.h>

#include "base/mem.h"
#include "engine/merge_internal.h"

bool merge_no_tick(const struct merge *m, uint16_t source)
{
	return m->input[source].hello && m->input[source].hello->no_tick;
}

bool merge_catching_up(const struct merge *m, uint16_t source)
{
	return m->input[source].catching_up && m->input[m->tick].catching_up;
}

void merge_chunk_over(void *host, uint16_t source, const struct executed *x, int64_t t_ns)
{
	struct merge *m = host;
	struct event ev = {.kind = EVENT_EXECUTED, .t_ns = t_ns, .src_ns = TIME_UNKNOWN};

	ev.source = source;
	ev.executed = x;
	if (merge_no_tick(m, m->tick)) /* tells by itself, from the times of its requests */
		return;
	/* What is told once more may not have been stored when the engine before this one died. */
	if (!m->input[m->tick].catching_up || x->chunk >= m->chunks_stored - ATTRIBUTE_CHUNKS)
		m->host.out(m->host.host, &ev);
}

static const double *map_actions(struct merge *m, const struct input *in, const struct chunk *c)
{
	unsigned n = m->hello.joints;
	size_t need = (size_t)c->horizon * n;

	if (in->same && c->dims == n)
		return c->actions;
	if (need > m->actions_room) {
		m->actions = xrealloc(m->actions, need, sizeof(double));
		m->actions_room = need;
	}
	for (size_t i = 0; i < need; i++)
		m->actions[i] = NAN;
	for (unsigned h = 0; h < c->horizon; h++) {
		for (unsigned d = 0; d < c->dims && d < in->hello->joints; d++) {
			if (in->map[d] < MAX_JOINTS)
				m->actions[(size_t)h * n + in->map[d]] =
					c->actions[(size_t)h * c->dims + d];
		}
	}
	return m->actions;
}

/*
 * One that rereads its bytes gives the same chunks again: they keep their numbers. So does the last
 * one that was stored, which comes again when its step may not have been. True: it is stored already.
 */
static bool number_chunk(struct merge *m, struct input *in, int64_t t_ns)
{
	if (!in->rereads && t_ns <= m->chunk_stored_ns) {
		in->last_chunk = m->chunks_stored - 1;
		return true;
	}
	if (in->rereads && m->chunks_again < m->chunks_stored) {
		in->last_chunk = m->chunks_again++;
		return true;
	}
	in->last_chunk = m->chunks++;
	return false;
}

void merge_chunk(struct merge *m, const struct event *ev)
{
	struct input *in = &m->input[ev->source];
	struct event out = *ev;
	struct chunk c = *ev->chunk;
	bool stored;

	if (!in->hello || !c.horizon || c.horizon > ATTRIBUTE_HORIZON || !c.dims ||
	    c.dims > MAX_JOINTS)
		return;
	stored = number_chunk(m, in, ev->t_ns);
	c.number = in->last_chunk;
	if (ev->source != m->tick) /* numbers of one that makes no steps are about none of them */
		c.seq = SEQ_UNKNOWN;
	else if (merge_catching_up(m, ev->source))
		c.seq = number_ahead_again(&m->number, c.seq);
	else
		c.seq = number_ahead(&m->number, c.seq, in->fresh);
	c.actions = map_actions(m, in, ev->chunk);
	c.dims = m->hello.joints;
	attribute_chunk(&m->attribute, ev->source, &c, ev->t_ns);
	out.chunk = &c;
	if (!stored)
		m->host.out(m->host.host, &out);
}

/* A source means its newest chunk; of the steps of a tick the merge knows better. */
void merge_executed(struct merge *m, const struct event *ev)
{
	struct executed x = *ev->executed;
	struct event out = *ev;

	x.chunk = m->input[ev->source].last_chunk;
	out.executed = &x;
	if (x.chunk != CHUNK_UNKNOWN &&
	    (merge_no_tick(m, m->tick) || !attribute_knows(&m->attribute, x.chunk)))
		m->host.out(m->host.host, &out);
}
