/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bus and loop: what was written to the motors belongs to the tick in whose call it was written.
 * The loop tells of a tick when its call has returned, the bus of a write when its bytes have
 * passed, and either may come first: a tick waits a moment for its bus.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "engine/merge_internal.h"

/* A write is seen at most so long after the call that made it has returned. */
static const int64_t LATE_NS = 5000000;

/* So long a tick waits: the bus may tell later what it saw in time. */
static const int64_t WAIT_NS = 20000000;

/* A bus that has been silent for so long is not waited for. */
static const int64_t ALIVE_NS = NS_PER_S;

/* Calls in a row that outweigh one of the other kind. */
enum { SURE = 4 };

/* No call of a loop takes longer: a time further back is on another axis. */
static const int64_t CALL_NS = 10 * NS_PER_S;

void merge_bus_keep(struct merge *m, const struct event *ev)
{
	struct input *in = &m->input[ev->source];
	struct step *to;

	if (!in->hello->on_bus)
		return;
	if (!in->recent)
		in->recent = xcalloc(MERGE_RECENT, sizeof(*in->recent));
	to = &in->recent[in->recents++ % MERGE_RECENT];
	*to = *ev->step;
	to->t_ns = ev->t_ns;
}

static bool is_awaited(const struct merge *m, const struct event *ev)
{
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		const struct input *in = &m->input[i];

		int64_t heard_ns = in->heard_ns;

		if (i == ev->source || !in->hello || !in->hello->on_bus)
			continue;
		/* Before its first goal: when it said anything, if it surely was sent one. */
		if (in->recents)
			heard_ns = in->recent[(in->recents - 1) % MERGE_RECENT].t_ns;
		else if (ev->step->done_ns == TIME_UNKNOWN)
			continue;
		if (ev->t_ns - heard_ns < ALIVE_NS)
			return true;
	}
	return false;
}

bool merge_bus_hold(struct merge *m, const struct event *ev)
{
	if (m->input[ev->source].hello->on_bus || !is_awaited(m, ev))
		return false;
	if (!m->held)
		m->held = xcalloc(1, sizeof(*m->held));
	m->held->ev = *ev;
	m->held->step = *ev->step;
	m->held->ev.step = &m->held->step;
	m->held->fresh = m->input[ev->source].fresh;
	m->holds = true;
	return true;
}

/* Events of the bus, and notes, do not touch what the tick is part of. */
bool merge_bus_waits(const struct merge *m, const struct event *ev)
{
	const struct hello *h = m->input[ev->source].hello;

	return h && h->on_bus && ev->kind != EVENT_HELLO && ev->source != m->tick &&
	       ev->t_ns - m->held->ev.t_ns < WAIT_NS;
}

int64_t merge_bus_begin(const struct event *ev)
{
	int64_t src_ns = ev->src_ns != TIME_UNKNOWN ? ev->src_ns : ev->step->src_ns, took;

	if (src_ns != TIME_UNKNOWN && !__builtin_sub_overflow(ev->t_ns, src_ns, &took) &&
	    took >= 0 && took < CALL_NS)
		return src_ns;
	return TIME_UNKNOWN;
}

/*
 * The same; else when that of the tick before had returned, or was told. A source that knows but one
 * time knows when its goal had been sent.
 */
static int64_t call_begin(const struct merge *m, const struct event *ev)
{
	int64_t src_ns = merge_bus_begin(ev);

	if (src_ns != TIME_UNKNOWN && src_ns != ev->step->done_ns)
		return src_ns;
	return m->tick_before_ns != TIME_UNKNOWN ? m->tick_before_ns : ev->t_ns - LATE_NS;
}

int64_t merge_bus_next(const struct merge *m, const struct event *ev)
{
	int64_t begin_ns = ev->kind == EVENT_STEP && ev->source == m->held->ev.source
				   ? merge_bus_begin(ev)
				   : TIME_UNKNOWN;

	return begin_ns != TIME_UNKNOWN ? begin_ns : INT64_MAX;
}

/*
 * Where a call reads before it writes, a write is in the call whose client got what was read: that
 * cannot pass late. Others read before their call begins (the hook's, of LeRobot).
 */
static int64_t time_of(const struct input *in, const struct step *s)
{
	bool known = s->read_ns != TIME_UNKNOWN && s->read_ns <= s->t_ns;

	return in->reads_inside > 0 && known ? s->read_ns : s->t_ns;
}

static void learn_reads(struct input *in, const struct step *s, int64_t begin_ns)
{
	if (s->read_ns == TIME_UNKNOWN)
		return;
	if (s->read_ns >= begin_ns && in->reads_inside < SURE)
		in->reads_inside++;
	else if (s->read_ns < begin_ns && in->reads_inside > -SURE)
		in->reads_inside--;
}

/* When a call had returned, as its source says; TIME_UNKNOWN: it does not, or not on this axis. */
static int64_t told_end(const struct event *ev, int64_t begin_ns)
{
	int64_t done_ns = ev->step->done_ns;

	return done_ns >= begin_ns && done_ns <= ev->t_ns ? done_ns : TIME_UNKNOWN;
}

/* The call of a tick. */
struct call {
	int64_t begin_ns, end_ns, late_ns; /* a write may pass late */
	int64_t last_ns;		   /* after that nothing of it passed */
	int64_t from_ns, done_ns;	   /* it read and wrote from, without, to; TIME_UNKNOWN */
};

static struct call call_of(const struct merge *m, const struct event *ev, int64_t next_ns)
{
	struct call c = {.begin_ns = call_begin(m, ev), .last_ns = INT64_MAX};

	c.done_ns = told_end(ev, c.begin_ns);
	c.from_ns = m->done_before_ns;
	c.end_ns = c.done_ns != TIME_UNKNOWN ? c.done_ns : ev->t_ns;
	c.late_ns = c.end_ns + LATE_NS;
	if (c.done_ns != TIME_UNKNOWN)
		return c; /* it has sent: the first that passes later is its own */
	if (next_ns <= c.late_ns)
		c.late_ns = next_ns - 1;
	/* Who was read late was told late, too: its next call may have begun long before. */
	if (next_ns != INT64_MAX)
		c.end_ns = c.late_ns;
	else
		c.last_ns = c.late_ns;
	return c;
}

/* Where both calls told when they returned, what was read in between is this one's, and its goal. */
static bool is_surely(const struct call *c, const struct step *s, bool *in_call)
{
	if (s->read_ns == TIME_UNKNOWN || s->read_ns > s->t_ns || c->done_ns == TIME_UNKNOWN ||
	    c->from_ns == TIME_UNKNOWN)
		return false;
	*in_call = s->read_ns > c->from_ns && s->read_ns <= c->done_ns;
	return true;
}

/*
 * What was written in a call: the newest from begin to end, else the first one that came late; what
 * came later still may be the next call's, where nobody knows when that began. Never what the tick
 * before has. NULL: nothing.
 */
static const struct step *written(const struct input *in, const struct call *c)
{
	unsigned n = in->recents < MERGE_RECENT ? in->recents : MERGE_RECENT;
	const struct step *late = NULL;

	for (unsigned i = 1; i <= n; i++) {
		const struct step *s = &in->recent[(in->recents - i) % MERGE_RECENT];
		int64_t t_ns = time_of(in, s);
		bool in_call = t_ns >= c->begin_ns && t_ns <= c->end_ns;

		if (!s->vec[VEC_SENT].present || s->t_ns <= in->taken_ns || s->t_ns > c->last_ns)
			continue;
		if (!is_surely(c, s, &in_call) && t_ns > c->end_ns && t_ns <= c->late_ns)
			late = s;
		if (in_call)
			return s;
	}
	return late;
}

/*
 * Positions for a call in which nothing was written, the newest. Where the loop has its own: only what
 * was read since the call before, which is not older than those.
 */
static const struct step *read_for(const struct merge *m, const struct input *in,
				   const struct call *c)
{
	double period_ns = in->hello->fps > 0 ? 1e9 / in->hello->fps : (double)in->period_ns;
	unsigned n = in->recents < MERGE_RECENT ? in->recents : MERGE_RECENT;
	int64_t from_ns = c->begin_ns - (int64_t)(2 * period_ns);

	if (m->step.vec[VEC_GOT].present && from_ns < m->tick_before_ns)
		from_ns = m->tick_before_ns;
	for (unsigned i = 1; i <= n; i++) {
		const struct step *s = &in->recent[(in->recents - i) % MERGE_RECENT];

		if (s->vec[VEC_GOT].present && s->t_ns >= from_ns && s->t_ns <= c->late_ns)
			return s;
	}
	return NULL;
}

/* What the wire says takes the place of what the loop believes, joint by joint. */
static void take(struct merge *m, const struct input *in, const struct step *s, enum vec_kind k)
{
	struct vec *to = &m->step.vec[k];

	for (unsigned j = 0; j < s->joints; j++) {
		unsigned at = in->map[j];

		if (at < MAX_JOINTS && vec_known(&s->vec[k], j) &&
		    m->hello.joint[at].unit == in->hello->joint[j].unit) {
			vec_set(to, at, s->vec[k].v[j]);
			to->present = true;
		}
	}
}

static void apply(struct merge *m, struct input *in, const struct call *c)
{
	const struct step *s = written(in, c);

	if (s) {
		learn_reads(in, s, c->begin_ns);
		take(m, in, s, VEC_SENT);
		in->taken_ns = s->t_ns;
	} else {
		s = read_for(m, in, c);
	}
	/* What was read before a write is told with it, when it was not too old by then. */
	if (s && s->vec[VEC_GOT].present)
		take(m, in, s, VEC_GOT);
}

void merge_bus_apply(struct merge *m, const struct event *ev, int64_t next_ns)
{
	struct call c = call_of(m, ev, next_ns);

	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		if (i != ev->source && m->input[i].recents)
			apply(m, &m->input[i], &c);
	}
	m->done_before_ns = c.done_ns;
	m->tick_before_ns = c.done_ns != TIME_UNKNOWN ? c.done_ns : ev->t_ns;
}
