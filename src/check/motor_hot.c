/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A motor near the temperature at which it switches itself off, or on its way there. The limit is
 * its own register where that was read.
 */
#include <math.h>
#include <stdio.h>

#include "check/check.h"

enum { P_LIMIT, P_WARN, P_FAIL, P_ROTOR, P_SOON };

static const struct check_param params[] = {
	{"limit", "degC", 70, 30, 150,
	 "where a motor stops itself, when its register is not known"},
	{"warn", "degC", 12, 0, 100, "so near below the limit: a warning"},
	{"fail", "degC", 3, 0, 100, "so near below the limit: a failure"},
	{"rotor", "degC", 100, 30, 200, "the limit of a winding that is measured by itself"},
	{"soon", "min", 5, 0, 60, "at this rise the limit comes within that: a warning"},
	{0},
};

/* A rise is taken over at least so long: a reading of whole degrees says nothing sooner. */
static const double RISE_S = 60;

struct memory {
	double marked_s[MAX_JOINTS]; /* when mark was read, < 0 never */
	double mark[MAX_JOINTS];
	double rise[MAX_JOINTS]; /* a minute, NaN unknown */
	bool any;
	unsigned joint; /* the one with least to its limit, last time it was read */
	double hottest, limit;
};

static void note_rise(struct memory *m, unsigned joint, double now_s, double temp)
{
	double dt = now_s - m->marked_s[joint];

	if (m->mark[joint] == 0 || dt < 0) {
		m->mark[joint] = temp;
		m->marked_s[joint] = now_s;
		m->rise[joint] = NAN;
	} else if (dt >= RISE_S) {
		m->rise[joint] = (temp - m->mark[joint]) * 60 / dt;
		m->mark[joint] = temp;
		m->marked_s[joint] = now_s;
	}
}

static void judge_rise(struct check *c, unsigned joint, double temp, double limit)
{
	const struct memory *m = c->memory;
	double rise = m->rise[joint], minutes = (limit - temp) / rise;
	struct finding f = {LEVEL_WARN, joint, rise, 0, "degC/min"};

	/* One step of the sensor in a minute is no trend. */
	if (!(rise >= 2) || minutes > c->param[P_SOON])
		return;
	f.threshold = (limit - temp) / c->param[P_SOON];
	check_find(c, &f, "%s is at %.0f degC and rises %.1f a minute: off in %.0f min",
		   c->run->joint[joint].label, temp, rise, minutes);
}

static void judge(struct check *c, unsigned joint, double temp, double limit, const char *what)
{
	struct finding f = {LEVEL_WARN, joint, temp, limit - c->param[P_WARN], "degC"};

	if (temp >= limit - c->param[P_FAIL]) {
		f.level = LEVEL_FAIL;
		f.threshold = limit - c->param[P_FAIL];
	}
	if (temp >= f.threshold)
		check_find(c, &f, "%s%s is at %.0f degC, it stops itself at %.0f: let it rest",
			   c->run->joint[joint].label, what, temp, limit);
}

static void motor(struct check *c, unsigned joint, const struct motor *k)
{
	struct memory *m = c->memory;
	double limit = k->limit_degc > 0 ? k->limit_degc : c->param[P_LIMIT];
	struct finding f = {LEVEL_FAIL, joint, k->temp_degc, limit, "degC"};

	if (k->faults > 0 && k->faults & MOTOR_HOT)
		check_find(c, &f, "%s says that it is too hot: let it rest",
			   c->run->joint[joint].label);
	if (!isnan(k->rotor_degc))
		judge(c, joint, k->rotor_degc, c->param[P_ROTOR], "'s winding");
	if (isnan(k->temp_degc))
		return;
	note_rise(m, joint, c->now_s, k->temp_degc);
	judge(c, joint, k->temp_degc, limit, "");
	judge_rise(c, joint, k->temp_degc, limit);
	if (!m->any || joint == m->joint || limit - k->temp_degc < m->limit - m->hottest) {
		m->any = true;
		m->joint = joint;
		m->hottest = k->temp_degc;
		m->limit = limit;
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any)
		return;
	check_reading(c, out, m->joint, m->hottest, m->limit - c->param[P_WARN], "degC");
	snprintf(out->why, sizeof(out->why), "%s is the hottest: %.0f degC of %.0f",
		 c->run->joint[m->joint].label, m->hottest, m->limit);
}

const struct check_class check_motor_hot = {
	.name = "motor-hot",
	.summary = "a motor near the temperature where it stops",
	.needs = NEED_MOTORS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.debounce = 2,
	.motor = motor,
	.show = show,
};
