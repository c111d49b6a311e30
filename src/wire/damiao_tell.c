/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a bus with DaMiao motors. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/verdict.h"
#include "wire/damiao_impl.h"

static void tell(struct damiao_bus *b, struct event *ev, enum event_kind kind, int64_t t_ns)
{
	ev->kind = kind;
	ev->t_ns = t_ns;
	ev->src_ns = TIME_UNKNOWN;
	b->emit(b->host, ev);
}

static void vnote(struct damiao_bus *b, int64_t t_ns, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void vnote(struct damiao_bus *b, int64_t t_ns, const char *fmt, va_list ap)
{
	char raw[256], text[320];
	struct event ev = {.text = text, .level = LEVEL_NOTE};

	vsnprintf(raw, sizeof(raw), fmt, ap);
	text_clean(text, sizeof(text), raw, strlen(raw));
	tell(b, &ev, EVENT_NOTE, t_ns);
}

void damiao_note(struct damiao_bus *b, int64_t t_ns, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vnote(b, t_ns, fmt, ap);
	va_end(ap);
}

void damiao_motor_note(struct damiao_bus *b, struct seat *s, enum seat_note what, int64_t t_ns,
		       const char *fmt, ...)
{
	int64_t *noted = &s->noted_ns[what];
	va_list ap;

	if (*noted != TIME_UNKNOWN && t_ns - *noted < NS_PER_S)
		return;
	*noted = t_ns;
	va_start(ap, fmt);
	vnote(b, t_ns, fmt, ap);
	va_end(ap);
}

void damiao_greet(struct damiao_bus *b, int64_t t_ns)
{
	struct hello h = {.facts = DAMIAO_FACTS, .joints = b->seats, .samples = true};
	struct event ev = {.hello = &h};

	text_copy(h.robot, sizeof(h.robot), b->robot);
	for (unsigned i = 0; i < b->seats; i++) {
		text_copy(h.joint[i].name, NAME_BYTES, b->seat[i].joint.name);
		h.joint[i].unit = b->seat[i].joint.unit;
		h.fits[i / 64] |= (uint64_t)b->seat[i].joint.fits << i % 64;
	}
	tell(b, &ev, EVENT_HELLO, t_ns);
}

static bool fresh(const struct damiao_bus *b, const struct seat *s)
{
	int64_t limit_ns = 2 * b->period_ns;

	if (!b->period_ns || limit_ns < CYCLE_NS)
		limit_ns = CYCLE_NS;
	return s->heard && b->last_ns - s->heard_ns <= limit_ns;
}

static void measure(struct damiao_bus *b)
{
	int64_t period_ns = b->cycle_ns == TIME_UNKNOWN ? 0 : b->last_ns - b->cycle_ns;

	/* A pause is no period. */
	if (period_ns > 0 && period_ns < NS_PER_S)
		b->period_ns = b->period_ns ? (7 * b->period_ns + period_ns) / 8 : period_ns;
	b->cycle_ns = b->last_ns;
}

void damiao_cycle_over(struct damiao_bus *b)
{
	struct event ev = {.step = &b->step};
	int64_t t_ns = b->last_ns;

	if (t_ns == TIME_UNKNOWN)
		return;
	measure(b);
	step_init(&b->step, b->seats);
	b->step.seq = SEQ_UNKNOWN;
	b->step.t_ns = t_ns;
	for (unsigned i = 0; i < b->seats; i++) {
		struct seat *s = &b->seat[i];
		double sent = damiao_value(s, s->sent_rad);

		if (b->commanded >> i & 1 && isfinite(sent))
			vec_set(&b->step.vec[VEC_SENT], i, sent);
		if (fresh(b, s) && isfinite(s->got))
			vec_set(&b->step.vec[VEC_GOT], i, s->got);
		s->sent_rad = NAN;
	}
	b->before = b->commanded;
	b->commanded = 0;
	b->last_ns = TIME_UNKNOWN;
	if (b->step.vec[VEC_SENT].present || b->step.vec[VEC_GOT].present)
		tell(b, &ev, EVENT_STEP, t_ns);
}

void damiao_tell_value(struct damiao_bus *b, unsigned seat, enum vec_kind kind, double value,
		       int64_t t_ns)
{
	struct sample_value v = {.value = value, .joint = (uint16_t)seat, .vector = (uint8_t)kind};
	struct sample sample = {.n = 1, .v = &v};
	struct event ev = {.sample = &sample};

	if (isfinite(value))
		tell(b, &ev, EVENT_SAMPLE, t_ns);
}

void damiao_tell_motor(struct damiao_bus *b, struct seat *s, int64_t t_ns)
{
	struct motor m = s->health;
	struct event ev = {.motor = &m};

	text_copy(m.joint, sizeof(m.joint), s->joint.name);
	text_copy(m.model, sizeof(m.model), s->joint.model);
	m.id = s->joint.id;
	motor_init(&s->health);
	s->health.missed = m.missed;
	s->told_ns = t_ns;
	s->talked = s->changed = false;
	tell(b, &ev, EVENT_MOTOR, t_ns);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void reply_times(struct damiao_bus *b)
{
	unsigned n = b->replies < REPLY_TIMES ? b->replies : REPLY_TIMES;

	b->bus.reply_ms = b->bus.worst_ms = NAN;
	if (!n)
		return;
	qsort(b->reply_ms, n, sizeof(b->reply_ms[0]), compare);
	b->bus.reply_ms = b->reply_ms[n / 2];
	b->bus.worst_ms = b->reply_ms[n - 1];
	b->replies = 0;
}

void damiao_tell_bus(struct damiao_bus *b, int64_t t_ns)
{
	struct bus out = b->bus;
	struct event ev = {.bus = &out};

	b->told_state = (enum bus_state)b->bus.state;
	b->state_ns = t_ns;
	/* Where no controller says how it is, frames do. */
	if (out.state == BUS_UNKNOWN && b->framed_ns != TIME_UNKNOWN &&
	    t_ns - b->framed_ns < SILENT_NS)
		out.state = BUS_OK;
	tell(b, &ev, EVENT_BUS, t_ns);
}

static void find_silent(struct damiao_bus *b, struct seat *s, int64_t t_ns)
{
	if (s->silent || s->waits_ns == TIME_UNKNOWN || t_ns - s->waits_ns < SILENT_NS)
		return;
	s->silent = true;
	damiao_note(b, t_ns, "%s (motor %u) has not answered for %.1f s", s->joint.name,
		    s->joint.id, (double)(t_ns - s->waits_ns) / (double)NS_PER_S);
}

void damiao_report(struct damiao_bus *b, int64_t t_ns)
{
	for (unsigned i = 0; i < b->seats; i++) {
		struct seat *s = &b->seat[i];

		find_silent(b, s, t_ns);
		if (s->talked)
			damiao_tell_motor(b, s, t_ns);
	}
	b->half = !b->half;
	if (b->half)
		return;
	reply_times(b);
	damiao_tell_bus(b, t_ns);
}
