/* SPDX-License-Identifier: Apache-2.0 */
/* What each motor is told and what it answers. */
#include <math.h>
#include <string.h>

#include "wire/damiao_impl.h"

static const double TURN_RAD = 6.283185307179586;

/* Of a gap this long, nobody can say whether the motor passed over the end of its range. */
static const int64_t UNWRAP_NS = NS_PER_S / 2;

double damiao_value(const struct seat *s, double position_rad)
{
	if (s->joint.turns && !s->turned)
		return NAN;
	return s->joint.gain * (position_rad - s->turns_rad) + s->joint.bias;
}

/* The one that puts the motor inside of the joint's limits; none, when it is there already. */
static void choose_turns(struct seat *s, double position_rad)
{
	static const double margin_rad = 0.3;
	static const int order[] = {0, 1, -1};
	double low = s->joint.low_rad - margin_rad, high = s->joint.high_rad + margin_rad;

	s->turned = true;
	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		double turns = order[i] * TURN_RAD, at = position_rad - turns;

		if (at >= low && at <= high) {
			s->turns_rad = turns;
			return;
		}
	}
}

/* A request that asks for an answer. */
static void asked(struct damiao_bus *b, struct seat *s, int64_t t_ns, bool again)
{
	if (s->pending) {
		s->health.missed++;
		b->bus.timeouts++;
		b->bus.retries += again;
	}
	s->pending = true;
	s->excused = 0;
	s->asked_ns = t_ns;
	if (s->waits_ns == TIME_UNKNOWN)
		s->waits_ns = t_ns;
	s->talked = true;
}

static void commanded(struct damiao_bus *b, unsigned at, double position_rad, double kp,
		      int64_t t_ns)
{
	struct seat *s = &b->seat[at];
	bool again = b->last_ns != TIME_UNKNOWN && b->last == at && s->pending;

	/* The answers that are still to come belong to nobody's cycle: it ends before this one. */
	if (b->last_ns != TIME_UNKNOWN && !again &&
	    (b->commanded >> at & 1 || t_ns - b->last_ns > CYCLE_NS))
		damiao_cycle_over(b);
	asked(b, s, t_ns, again);
	s->sent_rad = kp > 0 ? position_rad : NAN;
	s->untold = s->joint.turns && !s->turned;
	damiao_tell_value(b, at, VEC_SENT, damiao_value(s, s->sent_rad), t_ns);
	b->commanded |= 1u << at;
	b->last = at;
	b->last_ns = t_ns;
}

static void note_special(struct damiao_bus *b, struct seat *s, enum damiao_kind kind, int64_t t_ns)
{
	const char *name = s->joint.name;
	unsigned id = s->joint.id;

	if (kind == DAMIAO_ZERO)
		damiao_motor_note(b, s, NOTE_ZERO, t_ns,
				  "%s (motor %u) took its position as its new zero", name, id);
	else if (kind == DAMIAO_CLEAR)
		damiao_motor_note(b, s, NOTE_CLEAR, t_ns, "an error of %s (motor %u) was cleared",
				  name, id);
	else if (kind == DAMIAO_SAVE)
		damiao_motor_note(b, s, NOTE_SAVE, t_ns,
				  "%s (motor %u) saves its registers for good", name, id);
}

static void note_write(struct damiao_bus *b, struct seat *s, const struct damiao_command *c,
		       int64_t t_ns)
{
	const char *word = damiao_register_word(c->reg);
	double v = damiao_is_whole(c->reg) ? damiao_whole(c->raw) : damiao_float(c->raw);

	damiao_motor_note(b, s, NOTE_WRITE, t_ns, "register %u%s%s of %s (motor %u) set to %g",
			  c->reg, word ? " " : "", word ? word : "", s->joint.name, s->joint.id, v);
}

static void command(struct damiao_bus *b, unsigned at, struct damiao_command *c,
		    const struct canframe *f)
{
	struct seat *s = &b->seat[at];

	damiao_command_values(c, f->data, &s->joint.range);
	switch (c->kind) {
	case DAMIAO_MIT:
		commanded(b, at, c->position_rad, c->kp, f->t_ns);
		break;
	case DAMIAO_POS_VEL:
	case DAMIAO_POS_FORCE:
		commanded(b, at, c->position_rad, 1, f->t_ns);
		break;
	case DAMIAO_VEL:
		commanded(b, at, NAN, 0, f->t_ns);
		break;
	case DAMIAO_READ:
	case DAMIAO_WRITE:
		s->reg = (int)c->reg;
		s->reg_write = c->kind == DAMIAO_WRITE;
		if (s->reg_write)
			note_write(b, s, c, f->t_ns);
		break;
	case DAMIAO_REFRESH:
	case DAMIAO_ENABLE:
	case DAMIAO_DISABLE:
		asked(b, s, f->t_ns, false);
		break;
	case DAMIAO_NONE:
	case DAMIAO_ZERO:
	case DAMIAO_CLEAR:
	case DAMIAO_SAVE:
	default: /* some motors answer these, too */
		s->excused = 1;
		note_special(b, s, c->kind, f->t_ns);
		break;
	}
}

static void range_read(struct damiao_bus *b, struct seat *s, double *mine, double v,
		       const struct damiao_register *r, int64_t t_ns)
{
	if (!(v > 0 && v < 1e6) || fabs(v - *mine) <= 1e-4 * v)
		return;
	damiao_motor_note(b, s, NOTE_RANGE, t_ns,
			  "%s (motor %u) has %s %g, the table of ranges %g: the motor's is used",
			  s->joint.name, s->joint.id, damiao_register_word(r->reg), v, *mine);
	*mine = v;
}

static void register_read(struct damiao_bus *b, struct seat *s, const struct damiao_register *r,
			  int64_t t_ns)
{
	double v = damiao_float(r->raw);

	switch (r->reg) {
	case DAMIAO_UNDER_VOLTAGE:
		s->health.min_v = v;
		break;
	case DAMIAO_OVER_VOLTAGE:
		s->health.max_v = v;
		break;
	case DAMIAO_OVER_TEMPERATURE:
		s->health.limit_degc = v;
		break;
	case DAMIAO_VBUS:
		s->health.voltage_v = v;
		break;
	case DAMIAO_PMAX:
		range_read(b, s, &s->joint.range.position_rad, v, r, t_ns);
		break;
	case DAMIAO_VMAX:
		range_read(b, s, &s->joint.range.velocity_rad_s, v, r, t_ns);
		break;
	case DAMIAO_TMAX:
		range_read(b, s, &s->joint.range.torque_nm, v, r, t_ns);
		break;
	default:
		break;
	}
}

/* The position is sent modulo the range: over its end it goes on at the other. */
static void unwrap(struct seat *s, double raw_rad, int64_t t_ns)
{
	double half = s->joint.range.position_rad, delta = raw_rad - s->raw_rad;

	if (!s->heard || t_ns - s->heard_ns > UNWRAP_NS)
		s->wrapped_rad = 0;
	else if (delta > half)
		s->wrapped_rad -= 2 * half;
	else if (delta < -half)
		s->wrapped_rad += 2 * half;
	s->raw_rad = raw_rad;
}

static void answered(struct damiao_bus *b, struct seat *s, int64_t t_ns)
{
	if (s->pending)
		b->reply_ms[b->replies++ % REPLY_TIMES] = (double)(t_ns - s->asked_ns) /
							  (double)NS_PER_MS;
	else if (s->excused)
		s->excused--;
	else
		b->bus.late++;
	s->pending = false;
	s->waits_ns = TIME_UNKNOWN;
	if (s->silent)
		damiao_note(b, t_ns, "%s (motor %u) answers again", s->joint.name, s->joint.id);
	s->silent = false;
	s->talked = true;
}

static void take_health(struct damiao_bus *b, struct seat *s, const struct damiao_answer *a,
			int64_t t_ns)
{
	struct motor *m = &s->health;
	unsigned faults = damiao_error_faults(a->error);

	s->changed |= s->error >= 0 && s->error != (int)a->error;
	s->error = (int)a->error;
	m->temp_degc = a->mos_degc;
	m->rotor_degc = a->rotor_degc;
	m->load = a->torque_nm / s->joint.range.torque_nm;
	m->torque = a->error == 0 ? 0 : a->error == 1 ? 1 : -1;
	/* One that comes and goes between two reports is told. */
	m->faults = (m->faults > 0 ? m->faults : 0) | (int64_t)faults;
	if (s->changed && t_ns - s->told_ns >= HASTE_NS)
		damiao_tell_motor(b, s, t_ns);
}

static void answer(struct damiao_bus *b, unsigned at, const struct canframe *f)
{
	struct seat *s = &b->seat[at];
	struct damiao_register r;
	struct damiao_answer a;

	/* A position can look like a register: only one that was asked for is taken as such. */
	if (s->reg != NO_REGISTER && damiao_register(&r, f->data) && r.id == s->joint.id &&
	    (int)r.reg == s->reg && r.write == s->reg_write) {
		register_read(b, s, &r, f->t_ns);
		s->reg = NO_REGISTER;
		s->talked = true;
		return;
	}
	damiao_answer(&a, f->data, &s->joint.range);
	if (a.id != (s->joint.id & 15)) {
		b->bus.stray++;
		damiao_motor_note(b, s, NOTE_STRANGE, f->t_ns,
				  "motor %u answers as %s, which is motor %u: do two share an id?",
				  a.id, s->joint.name, s->joint.id);
		return;
	}
	answered(b, s, f->t_ns);
	unwrap(s, a.position_rad, f->t_ns);
	if (s->joint.turns && !s->turned)
		choose_turns(s, a.position_rad);
	if (s->untold) /* what was commanded before could not be a value of the joint yet */
		damiao_tell_value(b, at, VEC_SENT, damiao_value(s, s->sent_rad), s->asked_ns);
	s->untold = false;
	s->got = damiao_value(s, s->raw_rad + s->wrapped_rad);
	damiao_tell_value(b, at, VEC_GOT, s->got, f->t_ns);
	s->heard = true;
	s->heard_ns = f->t_ns;
	take_health(b, s, &a, f->t_ns);
}

/* All that the cycle before had are commanded, and have answered. */
static bool cycle_whole(const struct damiao_bus *b)
{
	if (b->last_ns == TIME_UNKNOWN || !b->before || (b->commanded & b->before) != b->before)
		return false;
	for (unsigned i = 0; i < b->seats; i++) {
		if (b->commanded >> i & 1 && b->seat[i].pending)
			return false;
	}
	return true;
}

bool damiao_take(struct damiao_bus *b, const struct canframe *f)
{
	struct damiao_command c;

	for (unsigned i = 0; i < b->seats; i++) {
		if (f->id != b->seat[i].joint.answer_id)
			continue;
		if (f->len < 8)
			return false;
		answer(b, i, f);
		if (cycle_whole(b))
			damiao_cycle_over(b);
		return true;
	}
	if (!damiao_command_id(&c, f->id, f->data, f->len) || c.id >= sizeof(b->by_id) ||
	    !b->by_id[c.id])
		return false;
	command(b, b->by_id[c.id] - 1u, &c, f);
	return true;
}
