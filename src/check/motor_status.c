/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a motor says is wrong with it, when no other check looks at that; and a motor that does not
 * answer. LeRobot throws the error byte of a group read away, so nobody else tells.
 */
#include <stdio.h>

#include "check/check.h"

enum { P_MISSED };

static const struct check_param params[] = {
	{"missed", "replies", 5, 1, 10000, "replies in a row that did not come: a failure"},
	{0},
};

/* motor-hot, voltage and overload look at these. */
static const unsigned others = MOTOR_HOT | MOTOR_VOLTAGE | MOTOR_OVERLOAD;

enum { VAGUE = 3 };

struct memory {
	bool heard[MAX_JOINTS];
	int64_t missed[MAX_JOINTS]; /* when it last answered */
	unsigned vague[MAX_JOINTS]; /* readings in a row that name no fault */
	unsigned motors, faulty;    /* heard so far; that complained last */
	bool complains[MAX_JOINTS];
};

/* Faults to complain of. An alert that names none is given time: its register may be read next. */
static unsigned faults_of(struct memory *m, unsigned joint, const struct motor *k)
{
	unsigned faults = k->faults > 0 ? (unsigned)k->faults & ~others : 0;

	m->vague[joint] = k->faults == MOTOR_OTHER ? m->vague[joint] + 1 : 0;
	return m->vague[joint] > 0 && m->vague[joint] < VAGUE ? 0 : faults;
}

static void tell_faults(struct check *c, unsigned joint, const struct motor *k, unsigned faults)
{
	const char *label = c->run->joint[joint].label;
	struct finding f = {LEVEL_FAIL, joint, faults, 0, ""};
	char text[64];

	motor_faults_text(text, sizeof(text), faults);
	if (faults == MOTOR_GARBLED)
		check_find(c, &f, "%s (motor %lld) answers garbled, or twice: is its id taken?",
			   label, (long long)k->id);
	else if (faults == MOTOR_OTHER)
		check_find(c, &f, "%s (motor %lld) reports a fault, and nobody asked it which",
			   label, (long long)k->id);
	else
		check_find(c, &f, "%s (motor %lld) reports a fault: %s", label, (long long)k->id,
			   text);
}

static void count(struct memory *m, unsigned joint, bool complains)
{
	m->motors += !m->heard[joint];
	m->heard[joint] = true;
	m->faulty += complains && !m->complains[joint];
	m->faulty -= !complains && m->complains[joint];
	m->complains[joint] = complains;
}

static void motor(struct check *c, unsigned joint, const struct motor *k)
{
	struct memory *m = c->memory;
	const char *label = c->run->joint[joint].label;
	struct finding f = {LEVEL_FAIL, joint, 0, c->param[P_MISSED], "replies"};
	unsigned faults = faults_of(m, joint, k);

	/* A motor that answers has nothing to catch up: its silence counts from here. */
	if (k->faults >= 0 || !m->heard[joint])
		m->missed[joint] = k->missed;
	f.value = (double)(k->missed - m->missed[joint]);
	count(m, joint, faults || f.value >= f.threshold);
	if (f.value >= f.threshold)
		check_find(c, &f,
			   "%s (motor %lld) does not answer: look at its cable (%.0f missing)",
			   label, (long long)k->id, f.value);
	if (faults)
		tell_faults(c, joint, k, faults);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->motors)
		return;
	out->value = m->faulty;
	out->threshold = 1;
	snprintf(out->unit, sizeof(out->unit), "motors");
	snprintf(out->why, sizeof(out->why), "%u of %u motors complain or are silent", m->faulty,
		 m->motors);
}

const struct check_class check_motor_status = {
	.name = "motor-status",
	.summary = "a motor reports a fault, or does not answer",
	.needs = NEED_MOTORS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.motor = motor,
	.show = show,
};
