/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A joint that is commanded and has no torque: the motor says that it is off, or it hangs where
 * gravity lets it while its command moves away. A gripper that holds an object stays behind its
 * command all day, and so do fingers: what training shows of that is none.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"

enum { P_MOVED, P_STILL, P_FOR, P_MANY };

static const struct check_param params[] = {
	{"moved", "deg", 15, 1, 360, "so far its command has moved, and is away, within the time"},
	{"still", "deg", 1, 0, 360, "and the joint no further than that"},
	{"for", "s", 1.5, 0.1, 100, "the time: a warning when the motor does not say why"},
	{"many", "x", 3, 1, 100,
	 "and further away than so many training maxima, where one is known"},
	{0},
};

enum { RING = 64 };

/* Least and largest of a value within the last `for` seconds, by slots of time and of all. */
struct reach {
	double least[RING], most[RING], low, high;
};

struct memory {
	int torque[MAX_JOINTS]; /* plus one, so that zeroed memory is unknown */
	bool commanded;
	double commanded_s; /* when something was last sent */
	unsigned motors, off;
};

struct state {
	int64_t slot; /* number of the slot under way */
	struct reach command[MAX_JOINTS], joint[MAX_JOINTS];
	bool filled; /* a whole time has passed */
	bool any;
	unsigned worst;
	double moved; /* deg further than the joint did */
};

/* Degrees in the joint's unit; NaN where it does not say, and for what holds things. */
static double degree_of(const struct check *c, unsigned joint)
{
	const struct run_joint *r = &c->run->joint[joint];

	if (!r->pair || r->gripper >= 0 || strstr(r->label, "gripper"))
		return NAN;
	switch (r->state_unit) {
	case UNIT_DEG:
		return 1;
	case UNIT_RAD:
		return acos(-1.0) / 180;
	case UNIT_TICKS:
		return 4096.0 / 360;
	case UNIT_M100_100: /* of a range of some 200 degrees */
		return 1;
	case UNIT_UNKNOWN:
	case UNIT_0_100:
	case UNIT_0_1:
	case UNIT_M:
	case UNIT_N:
	default:
		return NAN;
	}
}

static void motor(struct check *c, unsigned joint, const struct motor *k)
{
	struct memory *m = c->memory;
	int before = m->torque[joint] - 1;
	struct finding f = {LEVEL_FAIL, joint, 0, 1, "torque"};

	if (k->torque < 0)
		return;
	m->motors += before < 0;
	m->off += k->torque == 0 && before != 0;
	m->off -= k->torque != 0 && before == 0;
	m->torque[joint] = k->torque ? 2 : 1;
	if (k->torque == 0 && m->commanded && c->now_s - m->commanded_s < 1.0)
		check_find(c, &f, "%s is commanded and has no torque: hold the arm",
			   c->run->joint[joint].label);
}

/* What was there leaves with its slot; all are looked at only then, not with every value. */
static void begin_slot(struct reach *r, unsigned at)
{
	r->least[at] = r->low = HUGE_VAL;
	r->most[at] = r->high = -HUGE_VAL;
	for (unsigned i = 0; i < RING; i++) {
		r->low = r->least[i] < r->low ? r->least[i] : r->low;
		r->high = r->most[i] > r->high ? r->most[i] : r->high;
	}
}

static void begin_slots(struct state *s, unsigned joints, unsigned at)
{
	for (unsigned j = 0; j < joints; j++) {
		begin_slot(&s->command[j], at);
		begin_slot(&s->joint[j], at);
	}
}

static void note(struct reach *r, unsigned at, double v)
{
	if (v < r->least[at]) /* never with NaN */
		r->least[at] = v;
	if (v > r->most[at])
		r->most[at] = v;
	r->low = v < r->low ? v : r->low;
	r->high = v > r->high ? v : r->high;
}

static void judge_joint(struct check *c, unsigned joint, double away)
{
	struct state *s = c->state;
	const struct memory *m = c->memory;
	double deg = degree_of(c, joint), train = check_tracking_max(c, joint);
	const struct reach *command = &s->command[joint], *now = &s->joint[joint];
	double moved = (command->high - command->low) / deg, still = (now->high - now->low) / deg;
	struct finding f = {LEVEL_WARN, joint, still, c->param[P_STILL], "deg"};

	if (!(still >= 0) || !(moved >= 0))
		return;
	if (!s->any || moved - still > s->moved) {
		s->any = true;
		s->worst = joint;
		s->moved = moved - still;
	}
	if (fmin(moved, away / deg) < c->param[P_MOVED] || still > c->param[P_STILL] ||
	    away < c->param[P_MANY] * train)
		return;
	if (m->torque[joint] == 1)
		f.level = LEVEL_FAIL;
	check_find(c, &f, "%s does not move (%.1f deg) while its command moves %.0f deg: %s",
		   c->run->joint[joint].label, still, moved,
		   f.level == LEVEL_FAIL ? "its torque is off" : "no torque, or blocked");
}

static void step(struct check *c, const struct tick *t)
{
	struct memory *m = c->memory;
	struct state *s = c->state;
	int64_t slot = t->elapsed_s > 0 ? (int64_t)(t->elapsed_s / c->param[P_FOR] * RING) : 0;
	unsigned at = (unsigned)(slot % RING);
	bool sent = t->step->vec[VEC_SENT].present || t->step->vec[VEC_ASKED].present;

	if (sent) {
		m->commanded = true;
		m->commanded_s = c->now_s;
	}
	if (t->index == 0) {
		for (unsigned i = 0; i < RING; i++)
			begin_slots(s, c->run->joints, i);
		s->slot = slot;
	}
	if (slot - s->slot > RING)
		s->slot = slot - RING;
	for (; s->slot < slot; s->slot++)
		begin_slots(s, c->run->joints, (unsigned)((s->slot + 1) % RING));
	s->filled = s->filled || t->elapsed_s >= c->param[P_FOR];
	for (unsigned j = 0; j < c->run->joints; j++) {
		double command = isnan(t->v[VEC_SENT][j]) ? t->v[VEC_ASKED][j] : t->v[VEC_SENT][j];
		double now = isnan(t->v[VEC_GOT][j]) ? t->v[VEC_SEEN][j] : t->v[VEC_GOT][j];

		note(&s->command[j], at, command);
		note(&s->joint[j], at, now);
		if (s->filled)
			judge_joint(c, j, fabs(command - now));
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;
	const struct state *s = c->state;

	if (m->motors) {
		out->value = m->off;
		out->threshold = 1;
		snprintf(out->unit, sizeof(out->unit), "motors");
		snprintf(out->why, sizeof(out->why), "%u of %u motors have no torque", m->off,
			 m->motors);
	} else if (s->any) {
		check_reading(c, out, s->worst, s->moved, c->param[P_MOVED], "% of span");
		snprintf(out->why, sizeof(out->why),
			 "%s: its command moved %.0f %% of its span more",
			 c->run->joint[s->worst].label, s->moved);
	}
}

const struct check_class check_torque_lost = {
	.name = "torque-lost",
	.summary = "a joint that is commanded and has no torque",
	.needs = NEED_COMMAND | NEED_MEASURED | NEED_TICK,
	.params = params,
	.state_size = sizeof(struct state),
	.memory_size = sizeof(struct memory),
	.yields = "frozen",
	.motor = motor,
	.step = step,
	.show = show,
};
