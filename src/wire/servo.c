/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/servo.h"

#include <string.h>
#include <strings.h>

#include "wire/dynamixel.h"
#include "wire/feetech.h"

const struct servo_wire *const servo_wires[] = {&feetech_wire, &dynamixel_wire, NULL};

const struct servo_register *servo_register_at(const struct servo_wire *w, uint16_t address)
{
	for (const struct servo_register *r = w->registers; r->name; r++) {
		if (r->address == address)
			return r;
	}
	return NULL;
}

const struct servo_register *servo_register_of(const struct servo_wire *w, enum servo_role role)
{
	for (const struct servo_register *r = w->registers; r->name; r++) {
		if (r->role == role)
			return r;
	}
	return NULL;
}

int32_t servo_value(const struct servo_register *r, const uint8_t *bytes)
{
	uint32_t raw = 0, top = 1U << (8 * r->size - 1);

	for (unsigned i = r->size; i > 0; i--)
		raw = raw << 8 | bytes[i - 1];
	if (r->sign == SERVO_SIGN_BIT) {
		uint32_t bit = 1U << r->sign_bit;
		int32_t magnitude = (int32_t)(raw & (bit - 1));

		return raw & bit ? -magnitude : magnitude;
	}
	if (r->sign == SERVO_TWOS && raw & top)
		return -(int32_t)(top - 1 - (raw & (top - 1))) - 1;
	return (int32_t)(raw & INT32_MAX);
}

const struct servo_model *servo_model_find(const struct servo_wire *w, const char *name)
{
	for (const struct servo_model *m = w->models; m->name; m++) {
		if (strcasecmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

const struct servo_model *servo_model_number(const struct servo_wire *w, uint32_t number)
{
	for (const struct servo_model *m = w->models; m->name; m++) {
		if (m->number == number)
			return m;
	}
	return NULL;
}

void servo_stream_init(struct servo_stream *s, const struct servo_wire *wire, bool reply)
{
	s->wire = wire;
	s->reply = reply;
	s->overdue = false;
	s->packets = s->corrupt = s->garbage_bytes = 0;
	s->corrupt_id = SERVO_BROADCAST;
	s->inside = s->at = s->len = 0;
}

size_t servo_stream_add(struct servo_stream *s, const void *p, size_t n)
{
	if (s->at) {
		memmove(s->bytes, s->bytes + s->at, s->len - s->at);
		s->len -= s->at;
		s->at = 0;
	}
	if (n > sizeof(s->bytes) - s->len)
		n = sizeof(s->bytes) - s->len;
	if (n)
		memcpy(s->bytes + s->len, p, n);
	s->len += n;
	return n;
}

/* Bytes inside a corrupt packet are that packet's, no garbage of their own. */
static void step_over(struct servo_stream *s, size_t n)
{
	size_t inside = n < s->inside ? n : s->inside;

	s->inside -= inside;
	s->garbage_bytes += n - inside;
	s->at += n;
}

static void note_corrupt(struct servo_stream *s, uint8_t id, size_t bytes)
{
	if (!s->inside) {
		s->corrupt++;
		s->corrupt_id = id;
	}
	s->inside = bytes;
}

/* A whole packet behind an unfinished one that should have ended. */
static bool find_inside(struct servo_stream *s, struct servo_packet *out)
{
	uint8_t id = out->id;
	size_t used;

	for (size_t i = s->at + 1; i < s->len; i++) {
		if (s->wire->probe(out, s->bytes + i, s->len - i, s->reply, &used) != SERVO_WHOLE)
			continue;
		note_corrupt(s, id, i - s->at);
		step_over(s, i - s->at);
		s->at += used;
		return true;
	}
	return false;
}

bool servo_stream_next(struct servo_stream *s, struct servo_packet *out)
{
	while (s->at < s->len) {
		size_t used = 0;
		enum servo_probe what;

		out->id = SERVO_BROADCAST;
		what = s->wire->probe(out, s->bytes + s->at, s->len - s->at, s->reply, &used);

		if (what == SERVO_MORE) {
			if (!s->overdue || !find_inside(s, out))
				return false;
			s->packets++;
			return true;
		}
		if (what == SERVO_WHOLE) {
			s->at += used;
			s->inside = 0;
			s->overdue = false;
			s->packets++;
			return true;
		}
		if (what == SERVO_CORRUPT && !s->inside)
			note_corrupt(s, out->id, used);
		step_over(s, 1);
	}
	s->overdue = false;
	return false;
}

void servo_stream_drop(struct servo_stream *s)
{
	step_over(s, s->len - s->at);
	s->inside = 0;
	s->overdue = false;
}
