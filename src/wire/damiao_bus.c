/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/damiao_bus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/canerror.h"
#include "wire/damiao_impl.h"

/* The teaching handle of a YAM leader, which shares the bus: asked for, and its answer. */
enum { HANDLE_ID = 0x50e, HANDLE_ANSWER_ID = 0x50f };

/* Reports that were due so long ago are not made up for: nobody was there to make them. */
static const int64_t STALE_NS = 60 * NS_PER_S;

struct damiao_bus *damiao_bus_new(const struct damiao_setup *setup,
				  void (*emit)(void *host, const struct event *ev), void *host)
{
	struct damiao_bus *b = xcalloc(1, sizeof(*b));

	b->emit = emit;
	b->host = host;
	text_copy(b->robot, sizeof(b->robot), setup->robot);
	bus_init(&b->bus);
	b->bus.can = 1;
	text_copy(b->bus.name, sizeof(b->bus.name), setup->bus);
	b->last_ns = b->cycle_ns = b->framed_ns = b->report_ns = TIME_UNKNOWN;
	b->half = true;
	b->seats = setup->joints;
	for (unsigned i = 0; i < b->seats; i++) {
		struct seat *s = &b->seat[i];

		s->joint = setup->joint[i];
		b->by_id[s->joint.id & 15] = (uint8_t)(i + 1);
		motor_init(&s->health);
		s->waits_ns = TIME_UNKNOWN;
		s->reg = NO_REGISTER;
		s->error = -1;
		s->got = s->sent_rad = NAN;
		s->excused = 1;
		for (unsigned k = 0; k < NOTE_N; k++)
			s->noted_ns[k] = TIME_UNKNOWN;
	}
	return b;
}

void damiao_bus_free(struct damiao_bus *b)
{
	free(b);
}

static void set_state(struct damiao_bus *b, enum bus_state state, int64_t t_ns)
{
	if (state == BUS_UNKNOWN)
		return;
	b->bus.state = state;
	if (state != b->told_state && t_ns - b->state_ns >= HASTE_NS)
		damiao_tell_bus(b, t_ns);
}

static void take_error(struct damiao_bus *b, const struct canframe *f)
{
	struct canerror e;

	canerror_read(&e, f->id, f->data, f->len);
	b->bus.corrupt++;
	b->bus.overruns += e.overflow;
	if (e.tx_errors >= 0) {
		b->bus.tx_errors = e.tx_errors;
		b->bus.rx_errors = e.rx_errors;
	}
	if (b->bus.corrupt == 1 || f->t_ns - b->error_ns >= NS_PER_S) {
		b->error_ns = f->t_ns;
		damiao_note(b, f->t_ns, "%s: %s", b->bus.name, e.what);
	}
	set_state(b, e.state, f->t_ns);
}

static void take_stray(struct damiao_bus *b, const struct canframe *f)
{
	uint32_t id = f->id & 0x1fffffff;

	if (id == HANDLE_ID || id == HANDLE_ANSWER_ID)
		return;
	b->bus.stray++;
	for (unsigned i = 0; i < b->strays; i++) {
		if (b->stray[i] == f->id)
			return;
	}
	if (b->strays == STRAYS_TOLD)
		return;
	b->stray[b->strays++] = f->id;
	damiao_note(b, f->t_ns, "%s: frames with the id 0x%x belong to no motor of %s", b->bus.name,
		    id, b->robot);
}

static void take_lost(struct damiao_bus *b, const struct canframe *f)
{
	struct event gap = {.kind = EVENT_GAP,
			    .t_ns = f->t_ns,
			    .src_ns = TIME_UNKNOWN,
			    .text = "this host did not take CAN frames in time",
			    .lost = f->lost,
			    .unit = "frames"};

	b->bus.overruns += f->lost;
	/* What was asked and answered meanwhile is unknown. */
	for (unsigned i = 0; i < b->seats; i++) {
		b->seat[i].pending = false;
		b->seat[i].waits_ns = TIME_UNKNOWN;
		b->seat[i].excused = 1;
	}
	b->emit(b->host, &gap);
}

static void take_link(struct damiao_bus *b, const struct canframe *f)
{
	if (f->tx_errors != CANFRAME_COUNT_UNKNOWN)
		b->bus.tx_errors = f->tx_errors;
	if (f->rx_errors != CANFRAME_COUNT_UNKNOWN)
		b->bus.rx_errors = f->rx_errors;
	set_state(b, f->state, f->t_ns);
}

static void take(struct damiao_bus *b, const struct canframe *f)
{
	b->records++;
	if (f->kind == CANFRAME_LOST) {
		take_lost(b, f);
		return;
	}
	if (f->kind == CANFRAME_LINK) {
		take_link(b, f);
		return;
	}
	if (f->id & CANFRAME_ERROR) {
		take_error(b, f);
		return;
	}
	b->bus.transactions++;
	b->framed_ns = f->t_ns;
	/* Nobody hears frames on a bus that is off. */
	if (b->bus.state == BUS_OFF || b->bus.state == BUS_GONE)
		set_state(b, BUS_OK, f->t_ns);
	if (f->id & (CANFRAME_EXTENDED | CANFRAME_REMOTE) || !damiao_take(b, f))
		take_stray(b, f);
}

static void count_bad(struct damiao_bus *b)
{
	if (!b->bad++)
		snprintf(b->first_bad, sizeof(b->first_bad), "no CAN record after %llu of them",
			 (unsigned long long)b->records);
}

/* A time that no clock can have would make every difference overflow. */
static bool good_time(const struct canframe *f)
{
	return f->t_ns >= 0 && f->t_ns < INT64_MAX / 4;
}

static void begin(struct damiao_bus *b, int64_t t_ns)
{
	if (b->report_ns != TIME_UNKNOWN || t_ns < 0 || t_ns >= INT64_MAX / 4)
		return;
	b->report_ns = t_ns + REPORT_NS;
	b->state_ns = t_ns - NS_PER_S; /* the first state is told at once */
	damiao_greet(b, t_ns);
}

/* One record, or one byte that begins none. Returns the bytes used, 0 when more are needed. */
static size_t take_one(struct damiao_bus *b, const uint8_t *p, size_t n, size_t *done)
{
	struct canframe f;
	ssize_t used = canframe_get(&f, p, n);

	if (used > 0 && good_time(&f)) {
		take(b, &f);
		(*done)++;
	} else if (used) {
		count_bad(b);
	}
	return used < 0 ? 1 : (size_t)used;
}

/* Completes what came in parts, and takes all that is whole. Returns the bytes used of p. */
static size_t take_parts(struct damiao_bus *b, const uint8_t *p, size_t n, size_t *done)
{
	size_t want = b->held < CANFRAME_HEAD ? CANFRAME_HEAD : CANFRAME_HEAD + b->part[2];
	size_t more = want > b->held ? want - b->held : 0, used;

	if (more > n)
		more = n;
	memcpy(b->part + b->held, p, more);
	b->held += more;
	do {
		used = take_one(b, b->part, b->held, done);
		memmove(b->part, b->part + used, b->held - used);
		b->held -= used;
	} while (used && b->held);
	return more;
}

size_t damiao_bus_bytes(struct damiao_bus *b, const void *bytes, size_t n, size_t most,
			int64_t t_ns)
{
	const uint8_t *p = bytes;
	size_t at = 0, done = 0;

	begin(b, t_ns);
	while (done < most && at < n) {
		size_t used;

		if (b->held) {
			at += take_parts(b, p + at, n - at, &done);
			continue;
		}
		used = take_one(b, p + at, n - at, &done);
		if (!used) {
			memcpy(b->part, p + at, n - at);
			b->held = n - at;
			used = n - at;
		}
		at += used;
	}
	return at;
}

void damiao_bus_end(struct damiao_bus *b, int64_t t_ns)
{
	(void)t_ns;
	damiao_cycle_over(b);
	if (b->held)
		count_bad(b);
	b->held = 0;
}

int64_t damiao_bus_due(struct damiao_bus *b, int64_t now_ns)
{
	if (b->report_ns == TIME_UNKNOWN)
		return INT64_MAX;
	if (b->last_ns != TIME_UNKNOWN && now_ns - b->last_ns >= 2 * CYCLE_NS)
		damiao_cycle_over(b);
	if (now_ns - b->report_ns > STALE_NS)
		b->report_ns = now_ns;
	while (b->report_ns <= now_ns) {
		damiao_report(b, b->report_ns);
		b->report_ns += REPORT_NS;
	}
	if (b->last_ns != TIME_UNKNOWN && b->last_ns + 2 * CYCLE_NS < b->report_ns)
		return b->last_ns + 2 * CYCLE_NS;
	return b->report_ns;
}

uint64_t damiao_bus_records(const struct damiao_bus *b)
{
	return b->records;
}

uint64_t damiao_bus_bad(const struct damiao_bus *b)
{
	return b->bad;
}

const char *damiao_bus_first_bad(const struct damiao_bus *b)
{
	return b->first_bad;
}
