/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/servobus_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const int64_t together_ns = 20 * NS_PER_MS; /* goals written one by one, for one step */
static const double period_least_ns = 2e6, period_most_ns = 5e8, period_guess_ns = 1e8;
static const double cycle_most_ns = 1e9;

enum { UNKNOWN_RESOLUTION = 4096 };

/* Gives a servo its name, and its joint when it has one. */
static void place(struct servobus *b, struct servo_state *m)
{
	char name[3 * NAME_BYTES];
	struct joint *j;

	if (m->placed)
		return;
	m->placed = true;
	snprintf(name, sizeof(name), "%s%s", b->setup.prefix, m->as.joint);
	text_copy(m->health.joint, sizeof(m->health.joint), name);
	if (m->as.health_only || b->hello.joints == MAX_JOINTS)
		return;
	m->joint = (int)b->hello.joints;
	j = &b->hello.joint[b->hello.joints++];
	text_copy(j->name, sizeof(j->name), name);
	j->unit = m->as.scale.unit;
	b->hello_due = true;
}

static struct servo_state *add_motor(struct servobus *b, const struct servobus_motor *as)
{
	struct servo_state *m = &b->motor[b->motors];

	*m = (struct servo_state){
		.as = *as, .joint = -1, .told_ns = TIME_UNKNOWN, .position_ns = TIME_UNKNOWN};
	motor_init(&m->health);
	m->health.id = as->id;
	m->health.missed = 0;
	text_copy(m->health.model, sizeof(m->health.model), as->model);
	calibration_unknown(&m->registers);
	b->index[as->id] = (uint8_t)++b->motors;
	return m;
}

void servobus_joints(struct servobus *b)
{
	for (unsigned i = 0; i < b->setup.motors && b->motors < SERVOBUS_MOTORS; i++) {
		if (!b->index[b->setup.motor[i].id])
			place(b, add_motor(b, &b->setup.motor[i]));
	}
}

struct servo_state *servobus_motor(struct servobus *b, uint8_t id)
{
	struct servobus_motor as = {
		.id = id, .scale = {.unit = UNIT_TICKS, .resolution = UNKNOWN_RESOLUTION}};

	if (b->index[id])
		return &b->motor[b->index[id] - 1];
	if (b->motors == SERVOBUS_MOTORS || id >= SERVO_BROADCAST)
		return NULL;
	snprintf(as.joint, sizeof(as.joint), "motor%u", id);
	calibration_unknown(&as.file);
	return add_motor(b, &as);
}

struct servo_state *servobus_joint(struct servobus *b, uint8_t id)
{
	struct servo_state *m = servobus_motor(b, id);

	if (m)
		place(b, m);
	return m;
}

void servobus_say_hello(struct servobus *b, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_HELLO, .hello = &b->hello};

	if (b->hello_due)
		servobus_emit(b, &ev, t_ns);
	b->hello_due = false;
	servobus_tell_passed(b);
}

void servobus_position(struct servobus *b, struct servo_state *m, int32_t ticks, int64_t t_ns)
{
	m->position = ticks;
	m->position_ns = t_ns;
	servobus_passed(b, VEC_GOT, m, ticks, t_ns);
}

static void set_value(struct servobus *b, enum vec_kind kind, const struct servo_state *m,
		      int32_t ticks)
{
	double v = calibration_value(&m->as.scale, ticks);

	if (m->joint >= 0 && !isnan(v))
		vec_set(&b->step.vec[kind], (unsigned)m->joint, v);
}

/*
 * What the encoders last said, when that is not too long ago. A program that waited for a servo, or
 * computed a chunk, goes on from the positions that it read in this cycle: they count for longer.
 */
static void add_got(struct servobus *b, int64_t t_ns)
{
	double oldest = 2 * (b->period_ns > 0 ? b->period_ns : period_guess_ns);

	for (unsigned i = 0; i < b->motors; i++) {
		const struct servo_state *m = &b->motor[i];
		double age;

		if (m->position_ns == TIME_UNKNOWN)
			continue;
		age = (double)(t_ns - m->position_ns);
		if (age <= oldest || (m->position_ns > b->step_ns && age <= cycle_most_ns))
			set_value(b, VEC_GOT, m, m->position);
	}
}

static void emit_step(struct servobus *b, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_STEP, .step = &b->step};
	double gap = b->step_ns == TIME_UNKNOWN ? 0 : (double)(t_ns - b->step_ns);

	if (gap >= period_least_ns && gap <= period_most_ns)
		b->period_ns += (gap - b->period_ns) / (b->period_ns > 0 ? 8 : 1);
	b->step_ns = t_ns;
	b->step.seq = SEQ_UNKNOWN;
	b->step.t_ns = t_ns;
	b->step.src_ns = TIME_UNKNOWN;
	servobus_say_hello(b, t_ns);
	servobus_emit(b, &ev, t_ns);
}

/* Goals are for all that is known of the robot: a bus with goals is a follower's. */
void servobus_goal(struct servobus *b, uint8_t id, int32_t goal, bool together, int64_t t_ns)
{
	struct servo_state *m = servobus_joint(b, id);

	if (!m)
		return;
	if (b->goals_open && (m->has_goal || (together && b->goals_ns != t_ns)))
		servobus_step(b, t_ns);
	if (!b->goals_seen && !b->setup.polled) {
		b->hello.facts = SERVOBUS_FACTS;
		b->goals_seen = b->hello_due = true;
	}
	if (!b->goals_open)
		b->goals_ns = t_ns;
	b->goals_open = m->has_goal = true;
	m->goal = goal;
	servobus_passed(b, VEC_SENT, m, goal, t_ns);
}

void servobus_step(struct servobus *b, int64_t t_ns)
{
	(void)t_ns; /* a step is of the time of its first goal, however long the others take */
	if (!b->goals_open)
		return;
	b->goals_open = false;
	step_init(&b->step, b->hello.joints);
	for (unsigned i = 0; i < b->motors; i++) {
		struct servo_state *m = &b->motor[i];

		if (m->has_goal)
			set_value(b, VEC_SENT, m, m->goal);
		m->has_goal = false;
	}
	add_got(b, b->goals_ns);
	if (!b->step.vec[VEC_SENT].present)
		return;
	b->step.read_ns = b->read_ns;
	emit_step(b, b->goals_ns);
	servobus_gap(b, b->goals_ns);
}

void servobus_polled(struct servobus *b, const struct servo_turn *t, int64_t t_ns)
{
	int64_t torque = 1;

	if (!b->setup.polled || t->request.instruction != SERVO_SYNC_READ ||
	    t->request.target[0].address != b->where->address)
		return;
	for (unsigned i = 0; i < b->motors; i++) {
		int64_t on = b->motor[i].joint >= 0 ? b->motor[i].health.torque : 1;

		torque = on < torque ? on : torque;
	}
	step_init(&b->step, b->hello.joints);
	/* A limp arm is moved by somebody's hand, as may be one whose torque is unknown. */
	b->step.driver = torque == 1 ? DRIVER_IDLE : DRIVER_UNKNOWN;
	add_got(b, t_ns);
	if (b->step.vec[VEC_GOT].present)
		emit_step(b, t_ns);
}

int64_t servobus_step_due(const struct servobus *b)
{
	return b->goals_open ? b->goals_ns + together_ns : INT64_MAX;
}

unsigned servobus_answering(const struct servobus *b, uint8_t ids[SERVOBUS_MOTORS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->motors; i++) {
		if (b->motor[i].silent < SERVOBUS_SILENT)
			ids[n++] = b->motor[i].as.id;
	}
	return n;
}

unsigned servobus_all(const struct servobus *b, uint8_t ids[SERVOBUS_MOTORS])
{
	for (unsigned i = 0; i < b->motors; i++)
		ids[i] = b->motor[i].as.id;
	return b->motors;
}
