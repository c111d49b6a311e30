/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/servobus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/verdict.h"
#include "wire/servobus_impl.h"

enum { HEAD_BYTES = 7 /* tell the length of a packet of either protocol */ };

void servobus_emit(struct servobus *b, struct event *ev, int64_t t_ns)
{
	if (b->again && ev->kind != EVENT_HELLO)
		return;
	ev->t_ns = t_ns;
	ev->src_ns = TIME_UNKNOWN;
	b->emit(b->host, ev);
}

void servobus_note(struct servobus *b, int level, int64_t t_ns, const char *fmt, ...)
{
	struct event ev = {.kind = EVENT_NOTE, .level = level};
	char raw[MESSAGE_BYTES], text[2 * MESSAGE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(text, sizeof(text), raw, strlen(raw));
	ev.text = text;
	servobus_emit(b, &ev, t_ns);
}

void servobus_blame(struct servobus *b, const char *what)
{
	if (!b->first_bad[0])
		snprintf(b->first_bad, sizeof(b->first_bad), "packet %llu: %s",
			 (unsigned long long)b->packets + 1, what);
}

static void speak(struct servobus *b, const struct servo_wire *wire)
{
	b->wire = wire;
	b->goal = servo_register_of(wire, SERVO_GOAL);
	b->where = servo_register_of(wire, SERVO_POSITION);
	for (unsigned i = 0; i < b->motors; i++)
		b->motor[i].as.scale.reversed &= wire->reverses;
	servo_stream_init(&b->stream[0], wire, true);
	servo_stream_init(&b->stream[1], wire, false);
}

struct servobus *servobus_new(const struct servobus_setup *setup,
			      void (*emit)(void *host, const struct event *ev), void *host)
{
	struct servobus *b = xcalloc(1, sizeof(*b));
	char name[2 * NAME_BYTES];

	b->emit = emit;
	b->host = host;
	b->setup = *setup;
	b->step_ns = b->request_ns = b->reply_ns = b->read_ns = TIME_UNKNOWN;
	b->bus_due_ns = INT64_MAX;
	bus_init(&b->bus);
	snprintf(name, sizeof(name), "%s%s", setup->prefix, setup->name);
	text_copy(b->bus.name, sizeof(b->bus.name), name);
	b->bus.transactions = b->bus.retries = b->bus.timeouts = b->bus.corrupt = 0;
	b->bus.late = b->bus.behind = b->bus.stray = b->bus.can = 0;
	text_copy(b->hello.robot, sizeof(b->hello.robot), setup->robot);
	b->hello.facts = setup->polled ? FACT_GOT | FACT_HEALTH : FACT_HEALTH;
	b->hello.on_bus = !setup->polled;
	b->hello.samples = true;
	servobus_joints(b);
	if (setup->wire)
		speak(b, setup->wire);
	return b;
}

void servobus_free(struct servobus *b)
{
	free(b);
}

/* A packet that begins at p and ends with the last of its n bytes. */
static bool ends_here(const struct servo_wire *wire, const uint8_t *p, size_t n)
{
	struct servo_packet packet;
	size_t used;

	/* Its length first: what ended before was looked at before. */
	wire->probe(&packet, p, n < HEAD_BYTES ? n : HEAD_BYTES, false, &used);
	return used == n && wire->probe(&packet, p, n, false, &used) == SERVO_WHOLE;
}

/* The protocol of the first whole request, which ends now. */
static void find_wire(struct servobus *b)
{
	for (size_t i = 0; i + 1 < b->early_len; i++) {
		if (b->early[i] != 0xff || b->early[i + 1] != 0xff)
			continue; /* both begin so */
		for (unsigned w = 0; servo_wires[w]; w++) {
			if (!ends_here(servo_wires[w], b->early + i, b->early_len - i))
				continue;
			speak(b, servo_wires[w]);
			servo_stream_add(&b->stream[1], b->early, b->early_len);
			return;
		}
	}
}

/* A byte before the protocol is known: of replies nothing can be made. */
static void take_early(struct servobus *b, unsigned direction, uint8_t byte)
{
	if (direction == 0)
		return;
	if (b->early_len == sizeof(b->early)) {
		servobus_blame(b, "neither of Feetech's protocol nor Dynamixel 2.0");
		b->senseless++;
		b->early_garbage += sizeof(b->early) / 2;
		b->early_len -= sizeof(b->early) / 2;
		memmove(b->early, b->early + sizeof(b->early) / 2, b->early_len);
	}
	b->early[b->early_len++] = byte;
	find_wire(b);
}

static bool next_packet(struct servobus *b, unsigned direction, struct servo_packet *out)
{
	bool whole = servo_stream_next(&b->stream[direction], out);

	if (direction == 0 && b->stream[0].corrupt != b->corrupt)
		servobus_damaged(b, b->stream[0].corrupt_id);
	b->corrupt = b->stream[0].corrupt;
	return whole;
}

size_t servobus_take(struct servobus *b, unsigned direction, int64_t t_ns)
{
	struct servo_packet p;
	size_t n = 0;

	for (; next_packet(b, direction, &p); n++) {
		b->packets++;
		if (direction)
			servobus_request(b, &p, t_ns);
		else
			servobus_reply(b, &p, t_ns);
	}
	if (b->stream[direction].corrupt)
		servobus_blame(b, direction ? "a request with a wrong checksum"
					    : "a reply with a wrong checksum, or cut");
	return n;
}

/* One byte at a time: what is found must not depend on how they were read. */
size_t servobus_bytes(struct servobus *b, unsigned direction, const void *p, size_t n, size_t most,
		      int64_t t_ns)
{
	const uint8_t *bytes = p;
	size_t at = 0, done = 0;

	servobus_due(b, t_ns);
	if (b->bus_due_ns == INT64_MAX && n)
		b->bus_due_ns = t_ns + NS_PER_S;
	while (at < n && done < most) {
		if (b->wire)
			servo_stream_add(&b->stream[direction], bytes + at, 1);
		else
			take_early(b, direction, bytes[at]);
		at++;
		if (b->wire)
			done += servobus_take(b, direction, t_ns);
	}
	return at;
}

void servobus_lost(struct servobus *b, unsigned direction, uint64_t n, int64_t t_ns)
{
	struct event gap = {.kind = EVENT_GAP,
			    .text = "bytes of the bus were not seen",
			    .lost = (int64_t)(n < INT64_MAX ? n : INT64_MAX),
			    .unit = "bytes"};

	servobus_due(b, t_ns);
	b->early_len = 0;
	if (b->wire)
		servo_stream_drop(&b->stream[direction]);
	b->turn[0].open = b->turn[1].open = false;
	servobus_emit(b, &gap, t_ns);
}

void servobus_end(struct servobus *b, int64_t t_ns)
{
	servobus_due(b, t_ns);
	servobus_step(b, t_ns);
	servobus_tell_written(b, t_ns);
	b->turn[0].open = b->turn[1].open = false;
	b->early_len = 0;
	if (b->wire) {
		servo_stream_drop(&b->stream[0]);
		servo_stream_drop(&b->stream[1]);
	}
	for (unsigned i = 0; i < b->motors; i++)
		b->motor[i].position_ns = TIME_UNKNOWN;
	b->bus.behind = 0; /* what it had not read is gone with it */
	if (b->bus_due_ns == INT64_MAX)
		return;
	servobus_tell_motors(b, t_ns);
	b->bus.state = b->setup.polled ? BUS_GONE : BUS_UNKNOWN;
	b->request_ns = b->reply_ns = TIME_UNKNOWN;
	servobus_tell_bus(b, t_ns);
	b->bus_due_ns = INT64_MAX;
}

/* Does the first thing that is due by now; false: nothing is. */
static bool do_due(struct servobus *b, int64_t now_ns, int64_t *next_ns)
{
	int64_t step_ns = servobus_step_due(b), written_ns = servobus_written_due(b);
	int64_t first = b->bus_due_ns;

	first = step_ns < first ? step_ns : first;
	first = written_ns < first ? written_ns : first;
	*next_ns = first;
	if (first > now_ns)
		return false;
	if (first == step_ns) {
		servobus_step(b, step_ns);
	} else if (first == written_ns) {
		servobus_tell_written(b, written_ns);
	} else {
		servobus_tell_motors(b, first);
		servobus_tell_bus(b, first);
		/* A bus that is not used says nothing new. */
		b->bus_due_ns = b->packets == b->told_packets ? INT64_MAX : first + NS_PER_S;
		b->told_packets = b->packets;
	}
	return true;
}

int64_t servobus_due(struct servobus *b, int64_t now_ns)
{
	int64_t next_ns;

	while (do_due(b, now_ns, &next_ns))
		;
	return next_ns;
}

void servobus_again(struct servobus *b, bool on)
{
	b->again = on;
}

uint64_t servobus_held(const struct servobus *b, unsigned direction)
{
	return b->wire ? b->stream[direction].len - b->stream[direction].at
		       : (direction ? b->early_len : 0);
}

uint64_t servobus_count(const struct servobus *b)
{
	return b->packets;
}

uint64_t servobus_bad(const struct servobus *b)
{
	return b->senseless + b->stream[0].corrupt + b->stream[1].corrupt;
}

const char *servobus_first_bad(const struct servobus *b)
{
	return b->first_bad;
}
