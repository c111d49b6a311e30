/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A motor that cannot do what is asked: it says so itself, or it pushes with all it has while its
 * joint stays away from the command. A gripper that holds an object does the latter all day.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"

enum { P_LOAD, P_ERROR, P_FOR };

static const struct check_param params[] = {
	{"load", "%", 80, 1, 100, "of what a motor can, while its joint is not where it should be"},
	{"error", "% of span", 5, 0, 100, "not where it should be: so far from the command"},
	{"for", "readings", 4, 1, 10000, "in a row: a warning"},
	{0},
};

struct memory {
	double off[MAX_JOINTS];	      /* distance from the command as a share of the span */
	unsigned pushing[MAX_JOINTS]; /* readings in a row */
	bool any;
	unsigned joint; /* the most loaded */
	double load;
};

/* Without training, a gripper is known by its name. */
static bool holds(const struct run_joint *r)
{
	return r->gripper >= 0 || strstr(r->label, "gripper");
}

static void motor(struct check *c, unsigned joint, const struct motor *k)
{
	struct memory *m = c->memory;
	const struct run_joint *r = &c->run->joint[joint];
	double load = 100 * fabs(k->load);
	struct finding f = {LEVEL_FAIL, joint, load, c->param[P_LOAD], "%"};

	if (k->faults > 0 && k->faults & MOTOR_OVERLOAD)
		check_find(c, &f, "%s is overloaded, and lets go or will: relieve it", r->label);
	if (isnan(load))
		return;
	if (!m->any || joint == m->joint || load > m->load) {
		m->any = true;
		m->joint = joint;
		m->load = load;
	}
	if (holds(r) || load < c->param[P_LOAD] || !(m->off[joint] >= c->param[P_ERROR])) {
		m->pushing[joint] = 0;
		return;
	}
	f.level = LEVEL_WARN;
	if (++m->pushing[joint] >= c->param[P_FOR])
		check_find(c, &f, "%s pushes with %.0f %% and stays %.0f %% of its span away",
			   r->label, load, m->off[joint]);
}

static void step(struct check *c, const struct tick *t)
{
	struct memory *m = c->memory;

	for (unsigned j = 0; j < c->run->joints; j++) {
		const struct run_joint *r = &c->run->joint[j];
		double command = isnan(t->v[VEC_SENT][j]) ? t->v[VEC_ASKED][j] : t->v[VEC_SENT][j];
		double now = isnan(t->v[VEC_GOT][j]) ? t->v[VEC_SEEN][j] : t->v[VEC_GOT][j];

		m->off[j] = r->pair ? 100 * fabs(command - now) / r->state_span : NAN;
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any)
		return;
	check_reading(c, out, m->joint, m->load, c->param[P_LOAD], "%");
	snprintf(out->why, sizeof(out->why), "%s is loaded most: %.0f %%",
		 c->run->joint[m->joint].label, m->load);
}

const struct check_class check_overload = {
	.name = "overload",
	.summary = "a motor that pushes and does not get there",
	.needs = NEED_MOTORS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.motor = motor,
	.step = step,
	.show = show,
};
