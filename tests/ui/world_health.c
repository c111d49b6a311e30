/* SPDX-License-Identifier: Apache-2.0 */
/* The robot's body in the worlds: an arm whose gripper is too hot, and a bus with some trouble. */
#include <math.h>

#include "base/text.h"
#include "tests/ui/world.h"

static void add_motor(struct snapshot *s, unsigned i)
{
	struct view_motor *k = &s->motor[s->nmotors++];
	const double fi = i;

	motor_init(&k->v);
	text_copy(k->v.joint, NAME_BYTES, s->joint[i].joint.name);
	text_copy(k->v.model, NAME_BYTES, "sts3215");
	k->v.id = i + 1;
	k->v.torque = 1;
	k->v.faults = 0;
	k->v.temp_degc = 31 + fi;
	k->v.voltage_v = 12.1 - 0.1 * fi;
	k->v.load = 0.05 * fi;
	k->v.current_ma = 20 * fi;
	k->age_s = 0.4;
	k->rise_degc = 0.1 * fi;
	k->lowest_v = 11.6;
}

void world_motors(struct snapshot *s)
{
	static const struct bus bus = {.name = "arm",
				       .state = BUS_OK,
				       .transactions = 48211,
				       .retries = 3,
				       .timeouts = 1,
				       .behind = 0,
				       .openers = 0,
				       .reply_ms = 0.93,
				       .worst_ms = 12.5,
				       .latency_timer_ms = (double)NAN};

	for (unsigned i = 0; i < s->njoints && i < VIEW_MOTORS; i++)
		add_motor(s, i);
	if (s->nmotors < 4)
		return;
	s->motor[1].v.torque = 0;
	s->motor[2].v.faults = MOTOR_HOT | MOTOR_OVERLOAD;
	s->motor[2].v.temp_degc = 71;
	s->motor[2].v.load = -0.97;
	s->motor[2].rise_degc = 4.25;
	motor_init(&s->motor[3].v); /* never read */
	text_copy(s->motor[3].v.joint, NAME_BYTES, s->joint[3].joint.name);
	s->motor[3].rise_degc = s->motor[3].lowest_v = (double)NAN;
	s->motor[3].age_s = 12;
	s->motor[3].v.missed = 41;
	s->bus[s->nbuses++] = (struct view_bus){.v = bus, .age_s = 0.3};
	s->facts |= FACT_HEALTH;
}
