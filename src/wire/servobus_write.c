/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers that were written, in few lines: a program writes the same values to all its servos,
 * one register and one servo at a time.
 */
#include "wire/servobus_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/verdict.h"

static const int64_t quiet_ns = 100 * NS_PER_MS;

enum { NAMED = 3 /* servos of a line that are named */ };

/* The last row of the register, when it has this value. */
static struct written *open_row(struct servobus *b, uint16_t address, int32_t value)
{
	for (unsigned i = b->rows; i > 0; i--) {
		struct written *w = &b->written[i - 1];

		if (w->address != address)
			continue;
		return w->value == value ? w : NULL;
	}
	return NULL;
}

static void add(struct servobus *b, uint16_t address, uint16_t len, int32_t value, uint8_t id)
{
	struct written *w = open_row(b, address, value);

	if (!w && b->rows == WRITE_ROWS) {
		b->rows_more++;
		return;
	}
	if (!w) {
		w = &b->written[b->rows++];
		*w = (struct written){.address = address, .len = len, .value = value};
	}
	for (unsigned i = 0; i < w->n; i++) {
		if (w->id[i] == id)
			return; /* once more, because no answer came */
	}
	if (w->n < SERVOBUS_MOTORS)
		w->id[w->n++] = id;
}

void servobus_wrote(struct servobus *b, const struct servo_target *to, int64_t t_ns)
{
	bool routine = true;
	uint16_t at = to->address, end = (uint16_t)(to->address + to->len);

	/* A write may go over several registers; those of goals come with each step. */
	for (const struct servo_register *r = b->wire->registers; r->name; r++) {
		if (r->address < at || r->address + r->size > end)
			continue;
		if (r->role != SERVO_GOAL && r->role != SERVO_COMMAND)
			routine = false;
	}
	if (routine && servo_register_at(b->wire, at))
		return;
	if (routine) {
		add(b, at, to->len, to->data[0], to->id);
	}
	for (const struct servo_register *r = b->wire->registers; r->name && !routine; r++) {
		if (r->address >= at && r->address + r->size <= end && r->role != SERVO_GOAL &&
		    r->role != SERVO_COMMAND)
			add(b, r->address, r->size, servo_value(r, to->data + r->address - at),
			    to->id);
	}
	b->written_ns = t_ns;
}

static void name_ids(struct servobus *b, const struct written *w, struct buf *text)
{
	if (w->n == 1 && w->id[0] == SERVO_BROADCAST) {
		buf_str(text, "all");
		return;
	}
	for (unsigned i = 0; i < w->n && w->n <= NAMED; i++) {
		const char *joint = b->index[w->id[i]]
					    ? b->motor[b->index[w->id[i]] - 1].health.joint
					    : "motor";

		buf_printf(text, "%s%s (id %u)", i ? ", " : "", joint, w->id[i]);
	}
	if (w->n <= NAMED)
		return;
	buf_printf(text, "%u motors (id", w->n);
	for (unsigned i = 0; i < w->n; i++)
		buf_printf(text, " %u", w->id[i]);
	buf_str(text, ")");
}

static void name_motors(const struct servobus *b, uint32_t mask, struct buf *text)
{
	bool first = true;

	for (unsigned i = 0; i < b->motors; i++) {
		if (!(mask >> i & 1))
			continue;
		buf_printf(text, "%s%s (id %u)", first ? "" : ", ", b->motor[i].health.joint,
			   b->motor[i].as.id);
		first = false;
	}
}

/*
 * The torque of some servos was taken away, and not of all: LeRobot stops at the first servo that
 * answers with an error, or not, and leaves those behind it as they are.
 */
static void tell_torqued(struct servobus *b, int64_t t_ns)
{
	uint32_t on = 0, unknown = 0, off = 0;
	struct buf text = {0};

	servobus_doubt_open(b);
	for (unsigned i = 0; i < b->motors; i++) {
		const struct servo_state *m = &b->motor[i];
		uint32_t bit = 1U << i;

		if (!m->placed)
			continue;
		on |= m->health.torque == 1 ? bit : 0;
		off |= m->health.torque == 0 ? bit : 0;
		unknown |= m->health.torque == -1 ? bit : 0;
	}
	if (off && on && on != b->told_on) {
		buf_str(&text, "torque was not taken from all: still on ");
		name_motors(b, on, &text);
		buf_str(&text, unknown ? "; unknown " : "");
		name_motors(b, unknown, &text);
		servobus_note(b, LEVEL_WARN, t_ns, "%s", buf_text(&text));
	}
	b->told_on = off ? on : 0;
	buf_fini(&text);
}

void servobus_tell_written(struct servobus *b, int64_t t_ns)
{
	struct buf text = {0};
	bool torque_off = false;

	for (unsigned i = 0; i < b->rows; i++) {
		const struct written *w = &b->written[i];
		const struct servo_register *r = servo_register_at(b->wire, w->address);

		torque_off = torque_off || (r && r->role == SERVO_TORQUE && !w->value);
		buf_clear(&text);
		if (r)
			buf_printf(&text, "wrote %s %d to ", r->name, (int)w->value);
		else
			buf_printf(&text, "wrote %u bytes at %u to ", w->len, w->address);
		name_ids(b, w, &text);
		servobus_note(b, LEVEL_NOTE, t_ns, "%s", buf_text(&text));
	}
	if (b->rows_more)
		servobus_note(b, LEVEL_NOTE, t_ns, "and wrote %u registers more", b->rows_more);
	buf_fini(&text);
	if (torque_off)
		tell_torqued(b, t_ns);
	b->rows = b->rows_more = 0;
}

int64_t servobus_written_due(const struct servobus *b)
{
	return b->rows || b->rows_more ? b->written_ns + quiet_ns : INT64_MAX;
}
