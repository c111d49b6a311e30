/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which reply belongs to which request. A reply names its servo only, so that a late one looks like
 * the answer to the request after it; but then that request's own answer comes in excess. What is
 * in excess is therefore the other request's: the one before, when it still waits.
 */
#include "wire/servobus_impl.h"

#include <string.h>

#include "model/verdict.h"

static struct servo_turn *this_turn(struct servobus *b)
{
	return &b->turn[b->now];
}

static struct servo_turn *turn_before(struct servobus *b)
{
	return &b->turn[!b->now];
}

static bool same_packet(const struct servo_packet *a, const struct servo_packet *b)
{
	return a->id == b->id && a->instruction == b->instruction && a->len == b->len &&
	       memcmp(a->param, b->param, a->len) == 0;
}

static bool reads(const struct servo_request *r)
{
	return r->answers && r->target[0].len && !r->target[0].data;
}

/*
 * What is under way in the other direction should have ended: where its length lied, whole packets
 * may be behind it, and they came before what comes now.
 */
static void flush_other(struct servobus *b, unsigned direction, int64_t t_ns)
{
	struct servo_stream *s = &b->stream[direction];

	s->overdue = s->at < s->len;
	if (!s->overdue || b->flushing)
		return;
	b->flushing = true;
	servobus_take(b, direction, t_ns);
	b->flushing = false;
}

static void doubt_missing(struct servobus *b, const struct servo_turn *t)
{
	for (unsigned i = 0; i < t->request.n; i++) {
		const struct servo_target *to = &t->request.target[i];

		if (!(t->answered >> i & 1) && b->index[to->id])
			servobus_doubt(b, servobus_motor(b, to->id), to);
	}
}

void servobus_doubt_open(struct servobus *b)
{
	for (unsigned i = 0; i < 2; i++) {
		if (b->turn[i].open)
			doubt_missing(b, &b->turn[i]);
	}
}

/* The request waits no longer: who has not answered never did. */
static void give_up(struct servobus *b, struct servo_turn *t, int64_t t_ns)
{
	if (!t->open)
		return;
	t->open = false;
	if (t->request.any || (t->request.target[0].data && !b->writes_answered))
		return; /* servos can be told to answer reads only */
	if (t->request.instruction == SERVO_PING && !b->index[t->request.target[0].id])
		return; /* so one finds out who is there */
	b->bus.timeouts++;
	doubt_missing(b, t);
	for (unsigned i = 0; i < t->request.n; i++) {
		struct servo_state *m;

		if (t->answered >> i & 1 || !b->index[t->request.target[i].id])
			continue;
		m = servobus_motor(b, t->request.target[i].id);
		m->silent++;
		servobus_missed(b, m, t_ns);
		if (m->owed < SERVOBUS_SILENT)
			m->owed++;
		if (m->silent < SERVOBUS_SILENT || m->silence_told)
			continue;
		m->silence_told = true;
		servobus_note(b, LEVEL_WARN, t_ns, "%s (id %u) does not answer", m->health.joint,
			      m->as.id);
	}
}

static void take_writes(struct servobus *b, const struct servo_request *r, int64_t t_ns)
{
	bool together = r->n > 1;

	for (unsigned i = 0; i < r->n; i++) {
		const struct servo_target *to = &r->target[i];
		uint16_t end = (uint16_t)(to->address + to->len);

		if (!to->data)
			continue;
		/* What is answered counts when it is. */
		if (b->index[to->id] && !(r->answers && b->writes_answered))
			servobus_registers(b, servobus_motor(b, to->id), to->address, to->data,
					   to->len, false, t_ns);
		if (to->address <= b->goal->address && end >= b->goal->address + b->goal->size)
			servobus_goal(
				b, to->id,
				servo_value(b->goal, to->data + b->goal->address - to->address),
				together, t_ns);
		servobus_wrote(b, to, t_ns);
	}
	servobus_tell_passed(b);
	if (together)
		servobus_step(b, t_ns);
}

static bool reads_positions(const struct servobus *b, const struct servo_request *r)
{
	const struct servo_target *to = &r->target[0];

	return reads(r) && to->address <= b->where->address &&
	       to->address + to->len >= b->where->address + b->where->size;
}

/* Reads of positions end the goals of a cycle, and name the servos of an unknown robot. */
static void take_reads(struct servobus *b, const struct servo_request *r, int64_t t_ns)
{
	if (!reads_positions(b, r))
		return;
	servobus_step(b, t_ns);
	for (unsigned i = 0; i < r->n; i++)
		servobus_joint(b, r->target[i].id);
	servobus_say_hello(b, t_ns);
}

void servobus_request(struct servobus *b, const struct servo_packet *p, int64_t t_ns)
{
	struct servo_turn *before, *t;
	bool retry;

	flush_other(b, 0, t_ns);
	before = this_turn(b);
	t = turn_before(b);
	retry = before->open && same_packet(p, &before->packet);
	give_up(b, t, t_ns);
	b->now = !b->now;
	t->packet = *p;
	t->answered = 0;
	t->late = false;
	t->sent_ns = t_ns;
	if (before->open)
		servobus_polled(b, before, t_ns); /* with what did come */
	if (!b->wire->request(&t->request, &t->packet)) {
		b->senseless++;
		servobus_blame(b, "a request without sense");
		t->open = false;
		return;
	}
	t->open = t->request.answers || t->request.any;
	b->bus.transactions += t->open;
	b->bus.retries += retry;
	if (t->open)
		b->request_ns = t_ns;
	if (b->setup.motors)
		servobus_say_hello(b, t_ns);
	if (p->instruction == SERVO_PING)
		b->bus.behind = 0; /* a program begins, with nothing unread */
	take_writes(b, &t->request, t_ns);
	take_reads(b, &t->request, t_ns);
}

/* The target of t that r answers, -1: none, -2: one that is answered already. */
static int target_of(const struct servo_turn *t, const struct servo_reply *r)
{
	int found = -1;

	if (!t->request.answers)
		return -1;
	for (unsigned i = 0; i < t->request.n; i++) {
		const struct servo_target *to = &t->request.target[i];
		bool fits = to->id == r->id &&
			    (t->request.instruction == SERVO_PING ||
			     r->len == (to->data ? 0 : to->len) || (r->error && !r->len));

		if (fits && !(t->answered >> i & 1))
			return (int)i;
		if (fits)
			found = -2;
	}
	return found;
}

static void note_time(struct servobus *b, const struct servo_turn *t, int64_t t_ns)
{
	double ms = (double)(t_ns - t->sent_ns) / (double)NS_PER_MS;

	if (b->times < REPLY_TIMES)
		b->times_ms[b->times++] = ms;
	if (!(b->bus.worst_ms >= ms))
		b->bus.worst_ms = ms;
}

/*
 * A whole set of replies came too late, and nobody throws it away: what the client takes next, it
 * takes for the answer to another request.
 */
static void fall_behind(struct servobus *b, const struct servo_turn *t, int64_t t_ns)
{
	const struct servo_turn *next = this_turn(b);
	bool taken = reads(&t->request) &&
		     (same_packet(&t->packet, &next->packet) || !next->request.answers);

	if (b->wire->purges || b->setup.polled || !taken || b->bus.behind == 1)
		return;
	b->bus.behind = 1;
	servobus_note(b, LEVEL_WARN, t_ns,
		      "replies came after the next request: a client that does not drop them reads "
		      "the state before from now on");
	servobus_tell_bus(b, t_ns);
}

static void answered(struct servobus *b, struct servo_turn *t, unsigned i,
		     const struct servo_reply *r, int64_t t_ns)
{
	const struct servo_target *to = &t->request.target[i];
	struct servo_state *m = servobus_motor(b, r->id);
	uint64_t all = t->request.n == 64 ? UINT64_MAX : (1ULL << t->request.n) - 1;
	bool late = t != this_turn(b);
	bool more = !to->data && to->len && r->len == to->len;

	t->answered |= 1ULL << i;
	b->bus.late += late;
	b->writes_answered |= to->data != NULL;
	if (m) {
		m->silent = m->garbled = 0;
		if (m->silence_told)
			servobus_note(b, LEVEL_NOTE, t_ns, "%s (id %u) answers again",
				      m->health.joint, m->as.id);
		m->silence_told = false;
		if (servobus_faults(b, m, r->error, more, t_ns))
			servobus_doubt(b, m, to);
		else if (to->data)
			servobus_registers(b, m, to->address, to->data, to->len, false, t_ns);
		if (more)
			servobus_registers(b, m, to->address, r->data, r->len, true, t_ns);
	}
	if (t->answered != all)
		return;
	t->open = false;
	note_time(b, t, t_ns);
	if (late)
		fall_behind(b, t, t_ns);
	else
		servobus_polled(b, t, t_ns);
	if (!late && t->request.n > 1 && reads_positions(b, &t->request))
		b->read_ns = t_ns;
}

static void nobody_asked(struct servobus *b, const struct servo_reply *r, bool twice, int64_t t_ns)
{
	struct servo_state *m = b->index[r->id] ? servobus_motor(b, r->id) : NULL;

	b->bus.late++;
	if (!m)
		return;
	if (m->owed) {
		m->owed--; /* of a request that was given up */
		return;
	}
	if (!twice)
		return;
	m->twice++;
	m->twice_ns = t_ns;
	if (m->twin_told)
		return;
	m->twin_told = true;
	servobus_note(b, LEVEL_WARN, t_ns,
		      "two answers to one request as %s (id %u): is another servo on its id?",
		      m->health.joint, m->as.id);
}

void servobus_reply(struct servobus *b, const struct servo_packet *p, int64_t t_ns)
{
	struct servo_turn *now, *before;
	struct servo_reply r[SERVO_TARGETS_MAX];
	unsigned n;

	flush_other(b, 1, t_ns);
	now = this_turn(b);
	before = turn_before(b);
	n = b->wire->replies(r, SERVO_TARGETS_MAX, p, &now->request);
	b->reply_ns = t_ns;
	for (unsigned i = 0; i < n; i++) {
		int to = target_of(now, &r[i]);
		int other = before->open ? target_of(before, &r[i]) : -1;

		if (now->open && to >= 0)
			answered(b, now, (unsigned)to, &r[i], t_ns);
		else if (other >= 0)
			answered(b, before, (unsigned)other, &r[i], t_ns);
		else if (!now->request.any)
			nobody_asked(b, &r[i], to == -2, t_ns);
	}
	servobus_tell_passed(b);
}

void servobus_damaged(struct servobus *b, uint8_t id)
{
	const struct servo_turn *t = this_turn(b);

	for (unsigned i = 0; t->open && i < t->request.n; i++) {
		if (t->request.target[i].id == id && !(t->answered >> i & 1) && b->index[id])
			servobus_motor(b, id)->garbled++;
	}
}

bool servobus_idle(const struct servobus *b)
{
	return !b->turn[b->now].open;
}
