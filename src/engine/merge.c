/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/merge_internal.h"

/* After so long without a step, the source of the tick is silent. */
static const int64_t SILENT_NS = NS_PER_S;

/* After so many steps without asked, a source will not show any. */
enum { SILENT_STEPS = 30 };

static void on_mark(void *host, const struct episode_mark *mark, int64_t t_ns)
{
	struct merge *m = host;
	struct event ev = {.kind = EVENT_EPISODE, .t_ns = t_ns, .src_ns = TIME_UNKNOWN};
	struct episode_mark numbered = *mark;

	numbered.number = m->boundary.number;
	ev.source = m->tick;
	ev.episode = &numbered;
	if (!mark->start)
		attribute_episode_end(&m->attribute, t_ns);
	m->host.out(m->host.host, &ev);
}

struct merge *merge_new(const struct merge_host *host, const struct resume_point *resume,
			unsigned rereads)
{
	struct merge *m = xcalloc(1, sizeof(*m));

	m->host = *host;
	m->tick_last_ns = m->tick_before_ns = m->done_before_ns = TIME_UNKNOWN;
	m->boundary.host = m;
	m->boundary.mark = on_mark;
	boundary_init(&m->boundary, resume);
	number_init(&m->number, resume);
	attribute_init(&m->attribute, m, merge_chunk_over);
	m->heir = resume->run && resume->last_seq != SEQ_UNKNOWN &&
				  resume->last_source < ENGINE_SOURCES_MAX
			  ? resume->last_source
			  : -1;
	m->begun_ns = TIME_UNKNOWN;
	m->chunks = m->chunks_stored = resume->chunks;
	m->chunk_stored_ns = resume->chunks ? resume->last_chunk_ns : TIME_UNKNOWN;
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		m->input[i].last_seq = SEQ_UNKNOWN;
		m->input[i].taken_ns = TIME_UNKNOWN;
		m->input[i].last_chunk = CHUNK_UNKNOWN;
		m->input[i].rereads = m->number.stored != SEQ_UNKNOWN && (rereads >> i & 1);
		m->input[i].catching_up = m->input[i].rereads;
	}
	return m;
}

void merge_free(struct merge *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		free(m->input[i].hello);
		free(m->input[i].last);
		free(m->input[i].recent);
		merge_fit_free(m->input[i].fit);
	}
	free(m->held);
	attribute_fini(&m->attribute);
	free(m->actions);
	free(m);
}

static void tell_gap(struct merge *m, const struct event *at, int64_t lost, const char *why)
{
	struct event ev = {.kind = EVENT_GAP, .t_ns = at->t_ns, .src_ns = at->src_ns};

	ev.source = at->source;
	ev.lost = lost;
	ev.unit = "steps";
	ev.text = why;
	m->host.out(m->host.host, &ev);
}

/* soft: its unit is that of a motor, and gives way to what another source says of the joint. */
static unsigned union_joint(struct merge *m, const struct joint *j, bool soft)
{
	struct hello *u = &m->hello;
	unsigned i = 0;

	while (i < u->joints && strcmp(u->joint[i].name, j->name) != 0)
		i++;
	if (i == MAX_JOINTS)
		return MAX_JOINTS;
	if (i == u->joints) {
		u->joint[u->joints++] = *j;
		m->soft[i / 64] |= (uint64_t)soft << i % 64;
	} else if (!soft && m->soft[i / 64] >> i % 64 & 1) {
		u->joint[i].unit = j->unit;
		m->soft[i / 64] &= ~(1ULL << i % 64);
	}
	return i;
}

static void take_text(char *dst, size_t size, const char *src)
{
	if (!dst[0])
		text_copy(dst, size, src);
}

/* Everything but the joints, which only grow: their index is their identity in the store. */
static void join_hellos(struct merge *m)
{
	struct hello *u = &m->hello;

	u->robot[0] = u->task[0] = u->policy[0] = '\0';
	u->facts = 0;
	u->fps = m->input[m->tick].hello ? m->input[m->tick].hello->fps : 0;
	u->no_tick = merge_no_tick(m, m->tick);
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		const struct hello *h = m->input[i].hello;

		if (!h)
			continue;
		take_text(u->robot, sizeof(u->robot), h->robot);
		take_text(u->task, sizeof(u->task), h->task);
		take_text(u->policy, sizeof(u->policy), h->policy);
		u->facts |= h->facts;
		if (!(u->fps > 0))
			u->fps = h->fps;
	}
	text_copy(m->boundary.task, sizeof(m->boundary.task), u->task);
}

static void find_same(struct merge *m)
{
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		struct input *in = &m->input[i];

		in->same = in->hello && in->hello->joints == m->hello.joints && !in->fit;
		for (unsigned j = 0; in->same && j < m->hello.joints; j++)
			in->same = in->map[j] == j &&
				   in->hello->joint[j].unit == m->hello.joint[j].unit;
	}
}

/* The first source that sees one of the facts; one whose steps are replies after all others. */
static int seer(const struct merge *m, unsigned facts)
{
	int found = -1;

	for (int i = 0; i < ENGINE_SOURCES_MAX; i++) {
		const struct hello *h = m->input[i].hello;

		if (h && (h->facts & facts) &&
		    (found < 0 || (m->input[found].hello->no_tick && !h->no_tick)))
			found = i;
	}
	return found;
}

static void choose_tick(struct merge *m, uint16_t source)
{
	static const unsigned order[] = {FACT_ASKED, FACT_SENT, FACT_SEEN | FACT_GOT};
	bool proven = m->has_tick && m->input[m->tick].asked;

	m->has_tick = true;
	if (proven)
		return;
	if (m->heir >= 0 && m->input[m->heir].hello) {
		m->tick = (uint16_t)m->heir;
		return;
	}
	for (unsigned k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		int found = seer(m, order[k]);

		if (found >= 0) {
			m->tick = (uint16_t)found;
			return;
		}
	}
	m->tick = source;
}

static void feed_hello(struct merge *m, const struct event *ev)
{
	struct input *in = &m->input[ev->source];
	struct event out = *ev;
	bool again = in->hello != NULL;

	if (!in->hello)
		in->hello = xcalloc(1, sizeof(*in->hello));
	*in->hello = *ev->hello;
	if (in->hello->joints > MAX_JOINTS)
		in->hello->joints = MAX_JOINTS;
	for (unsigned j = 0; j < in->hello->joints; j++)
		in->map[j] = (uint16_t)union_joint(m, &in->hello->joint[j],
						   in->hello->fits[j / 64] >> j % 64 & 1);
	merge_fit_hello(in);
	merge_fit_lose(m, ev->source);
	in->fresh = again;
	free(in->last); /* its columns meant what the hello before said */
	in->last = NULL;
	in->recents = 0;
	in->taken_ns = TIME_UNKNOWN;
	choose_tick(m, ev->source);
	if (again && ev->source == m->tick)
		boundary_reconnect(&m->boundary, ev->t_ns);
	join_hellos(m);
	find_same(m);
	out.hello = &m->hello;
	m->host.out(m->host.host, &out);
}

/* Its rate, and whether it has one, are the run's from now on. */
static void make_tick(struct merge *m, const struct event *ev)
{
	struct event out = {.kind = EVENT_HELLO, .t_ns = ev->t_ns, .src_ns = TIME_UNKNOWN};
	bool no_tick_before = m->hello.no_tick;
	double fps_before = m->hello.fps;

	m->tick = out.source = ev->source;
	join_hellos(m);
	out.hello = &m->hello;
	if (m->hello.no_tick != no_tick_before || m->hello.fps != fps_before)
		m->host.out(m->host.host, &out);
}

static int64_t number(struct merge *m, const struct event *ev, bool fresh)
{
	struct number_gap gap;
	int64_t seq = number_step(&m->number, ev->step->seq, fresh, &gap);

	if (gap.is)
		tell_gap(m, ev, gap.lost, gap.why);
	return seq;
}

/* In the units of the run; what cannot be converted is not known. */
static void copy_vec(const struct merge *m, struct vec *to, const struct vec *from,
		     const struct input *in, unsigned n)
{
	for (unsigned j = 0; j < n; j++) {
		unsigned at = in->map[j];
		double factor;

		if (at < MAX_JOINTS && vec_known(from, j) && !vec_known(to, at) &&
		    unit_factor(merge_fit_unit(m, in, j), m->hello.joint[at].unit, &factor))
			vec_set(to, at, factor == 1 ? from->v[j] : from->v[j] * factor);
	}
	to->present = true;
}

/* What the tick's own source does not know, from the others while they are fresh. */
static void sample_others(struct merge *m, const struct event *ev)
{
	for (unsigned i = 0; i < ENGINE_SOURCES_MAX; i++) {
		const struct input *in = &m->input[i];
		double period_ns;

		if (i == ev->source || !in->last || !in->hello)
			continue;
		period_ns = in->hello->fps > 0 ? 1e9 / in->hello->fps : (double)in->period_ns;
		if (!(period_ns > 0) || (double)(ev->t_ns - in->last->t_ns) > 2 * period_ns)
			continue;
		for (unsigned k = 0; k < VEC_N; k++) {
			/* What a reply asks for is not what is asked now. */
			if (in->hello->no_tick && (k == VEC_ASKED || k == VEC_SENT))
				continue;
			/* A write belongs to the call that made it, or to none: merge_bus.c. */
			if (in->hello->on_bus && k == VEC_SENT)
				continue;
			if (in->last->vec[k].present)
				copy_vec(m, &m->step.vec[k], &in->last->vec[k], in,
					 in->last->joints);
		}
	}
}

static void build_step(struct merge *m, const struct event *ev, int64_t seq)
{
	struct input *in = &m->input[ev->source];
	const struct step *from = merge_fit_apply(in, ev->step);

	step_init(&m->step, m->hello.joints);
	for (unsigned k = 0; k < VEC_N; k++) {
		if (!from->vec[k].present)
			continue;
		if (in->same && from->joints == m->hello.joints) {
			m->step.vec[k].present = true;
			memcpy(m->step.vec[k].known, from->vec[k].known,
			       sizeof(from->vec[k].known));
			memcpy(m->step.vec[k].v, from->vec[k].v, from->joints * sizeof(double));
		} else {
			copy_vec(m, &m->step.vec[k], &from->vec[k], in, from->joints);
		}
	}
	m->step.seq = seq;
	m->step.t_ns = ev->t_ns;
	m->step.src_ns = ev->src_ns != TIME_UNKNOWN ? ev->src_ns : from->src_ns;
	m->step.source = ev->source;
	m->step.driver = from->driver;
	m->step.position = from->position;
	m->step.chunk = from->position >= 0 ? in->last_chunk : CHUNK_UNKNOWN;
}

static void keep_sample(struct merge *m, const struct event *ev)
{
	struct input *in = &m->input[ev->source];
	int64_t seq = ev->step->seq;

	if (!in->last)
		in->last = xcalloc(1, sizeof(*in->last));
	else if (ev->t_ns > in->last->t_ns)
		in->period_ns = in->period_ns ? (7 * in->period_ns + ev->t_ns - in->last->t_ns) / 8
					      : ev->t_ns - in->last->t_ns;
	if (number_usable(seq) && in->last_seq != SEQ_UNKNOWN && seq > in->last_seq + 1)
		tell_gap(m, ev, seq - in->last_seq - 1, "the source skipped step numbers");
	*in->last = *merge_fit_apply(in, ev->step);
	in->last->t_ns = ev->t_ns;
	merge_bus_keep(m, ev);
}

/* True: the step is stored already, or is not the tick's. */
static bool catch_up(struct merge *m, const struct event *ev)
{
	struct input *in = &m->input[ev->source];
	bool done = false, stored = true;

	if (!merge_catching_up(m, ev->source))
		return false;
	if (ev->source == m->tick)
		stored = number_again(&m->number, ev->step->seq, &done);
	if (ev->source == m->tick && stored) { /* so that the chunk under way is known */
		build_step(m, ev, m->number.last);
		attribute_step(&m->attribute, &m->step, ev->t_ns);
	}
	in->catching_up = !done;
	return stored;
}

/*
 * Replies of a policy's server make the tick only where nobody sees the control loop itself. Who
 * said that it would see actions, and has shown none for so many steps, does not.
 */
static bool ranks_behind(const struct merge *m, uint16_t source, uint16_t other)
{
	return merge_no_tick(m, source) && !merge_no_tick(m, other) &&
	       (m->input[other].asked || m->input[other].silent < SILENT_STEPS);
}

/*
 * Two arms may both act, and one of them may die: the run goes on with the other. The source that
 * fell silent is sampled from then on, should it come back.
 */
static void take_over(struct merge *m, const struct event *ev)
{
	if (ev->source == m->tick || m->tick_last_ns == TIME_UNKNOWN ||
	    ranks_behind(m, ev->source, m->tick) || ev->t_ns - m->tick_last_ns < SILENT_NS ||
	    m->input[ev->source].catching_up)
		return;
	make_tick(m, ev);
	number_hand_over(&m->number, ev->step->seq);
	tell_gap(m, ev, -1, "the source that made the steps fell silent, another one goes on");
	free(m->input[ev->source].last);
	m->input[ev->source].last = NULL;
}

/*
 * Of several that act, the one that made the steps before the engine restarted goes on to make
 * them: the others wait for it a moment.
 */
static bool waits_for_heir(struct merge *m, const struct event *ev)
{
	if (m->begun_ns == TIME_UNKNOWN)
		m->begun_ns = ev->t_ns;
	return m->heir >= 0 && ev->source != m->heir && !m->input[m->heir].asked &&
	       !ranks_behind(m, (uint16_t)m->heir, ev->source) &&
	       ev->t_ns - m->begun_ns < SILENT_NS;
}

static void emit_tick(struct merge *m, const struct event *ev, bool fresh, int64_t next_ns)
{
	struct event out = *ev;
	bool inside;

	build_step(m, ev, number(m, ev, fresh));
	sample_others(m, ev);
	merge_bus_apply(m, ev, next_ns);
	inside = boundary_step(&m->boundary, m->step.vec[VEC_ASKED].present, step_axis_ns(&m->step),
			       ev->t_ns);
	if (!inside && m->step.driver == DRIVER_UNKNOWN)
		m->step.driver = DRIVER_IDLE;
	attribute_step(&m->attribute, &m->step, ev->t_ns);
	m->step.episode = m->boundary.number;
	out.src_ns = m->step.src_ns;
	out.step = &m->step;
	m->host.out(m->host.host, &out);
}

static void release(struct merge *m, int64_t next_ns)
{
	if (!m->holds)
		return;
	m->holds = false;
	emit_tick(m, &m->held->ev, m->held->fresh, next_ns);
}

static void feed_step(struct merge *m, const struct event *ev)
{
	struct input *in = &m->input[ev->source];
	int64_t seq = ev->step->seq;
	bool asked = ev->step->vec[VEC_ASKED].present, waits;

	if (!in->hello || ev->step->joints > in->hello->joints)
		return; /* a source that breaks its own word cannot be placed */
	in->silent += !asked && !in->asked;
	waits = waits_for_heir(m, ev);
	if (asked && !in->asked && !waits) {
		in->asked = true;
		if (ranks_behind(m, m->tick, ev->source) ||
		    (!m->input[m->tick].asked && !ranks_behind(m, ev->source, m->tick)))
			make_tick(m, ev);
	}
	if (catch_up(m, ev)) {
		in->fresh = false;
		return;
	}
	merge_sample_step(m, ev);
	merge_fit_step(m, ev);
	if (asked && !waits)
		take_over(m, ev);
	if (ev->source != m->tick || waits) {
		keep_sample(m, ev);
	} else {
		m->tick_last_ns = ev->t_ns;
		if (!merge_bus_hold(m, ev))
			emit_tick(m, ev, in->fresh, INT64_MAX);
	}
	in->last_seq = number_usable(seq) ? seq : SEQ_UNKNOWN;
	in->fresh = false;
}

/* Where several sources tell episodes, those of the tick's count. */
static void feed_episode(struct merge *m, const struct event *ev)
{
	m->input[ev->source].tells = true;
	if (ev->source == m->tick || !m->has_tick || !m->input[m->tick].tells)
		boundary_message(&m->boundary, ev->episode, ev->t_ns);
}

void merge_feed(struct merge *m, const struct event *ev)
{
	if (ev->source >= ENGINE_SOURCES_MAX)
		return;
	if (ev->kind == EVENT_SAMPLE) { /* beside the ticks: it neither waits nor ends a wait */
		merge_sample(m, ev);
		return;
	}
	m->input[ev->source].heard_ns = ev->t_ns;
	if (m->holds && !merge_bus_waits(m, ev))
		release(m, merge_bus_next(m, ev));
	if (ev->kind != EVENT_HELLO && ev->kind != EVENT_NOTE && ev->kind != EVENT_STEP &&
	    ev->kind != EVENT_CHUNK && merge_catching_up(m, ev->source))
		return;
	switch (ev->kind) {
	case EVENT_HELLO:
		feed_hello(m, ev);
		break;
	case EVENT_EPISODE:
		feed_episode(m, ev);
		break;
	case EVENT_STEP:
		feed_step(m, ev);
		break;
	case EVENT_CHUNK:
		merge_chunk(m, ev);
		break;
	case EVENT_RESET:
		boundary_reset(&m->boundary, ev->t_ns);
		attribute_reset(&m->attribute);
		m->host.out(m->host.host, ev);
		break;
	case EVENT_EXCHANGE:
	case EVENT_FRAME:
	case EVENT_CAMERA:
	case EVENT_MOTOR:
	case EVENT_BUS:
	case EVENT_NOTE:
	case EVENT_GAP:
		m->host.out(m->host.host, ev);
		break;
	case EVENT_EXECUTED:
		merge_executed(m, ev);
		break;
	case EVENT_SAMPLE:
	case EVENT_END:
	default:
		break;
	}
}

void merge_end(struct merge *m, const char *why, int64_t t_ns)
{
	struct event at = {.t_ns = t_ns, .src_ns = TIME_UNKNOWN, .source = m->tick};

	release(m, INT64_MAX);
	if (m->number.restarted)
		tell_gap(m, &at, -1, "the engine restarted, and no step came after");
	m->number.restarted = false;
	boundary_end(&m->boundary, why, t_ns);
	attribute_end(&m->attribute, t_ns);
}

int64_t merge_chunks(const struct merge *m)
{
	return m->chunks;
}

struct boundary *merge_boundary(struct merge *m)
{
	return &m->boundary;
}

const struct hello *merge_hello(const struct merge *m)
{
	return &m->hello;
}

int64_t merge_last_seq(const struct merge *m)
{
	return m->number.rereading ? m->number.stored : m->number.last;
}

int64_t merge_seq_offset(const struct merge *m)
{
	return m->number.offset;
}

uint16_t merge_tick_source(const struct merge *m)
{
	return m->tick;
}
