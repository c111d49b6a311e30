/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supply: a sag under load, a wrong power supply, what the motor itself says. What a motor
 * should have is known by its model; which of two versions of one it is, by its own upper limit.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"

enum { P_LOW, P_HIGH, P_SAG };

static const struct check_param params[] = {
	{"low", "%", 80, 1, 100, "of what the model is made for: less is a failure"},
	{"high", "%", 125, 100, 300, "of what the model is made for: more is a failure"},
	{"sag", "%", 12, 1, 100, "below the first readings of the run: a warning"},
	{0},
};

/*
 * Volts that models are made for: Feetech's and ROBOTIS' data sheets, DaMiao's 24 V series. One
 * that exists for two supplies has the second where its own limit register allows it.
 */
static const struct {
	const char *model; /* begins so, letter case apart */
	double nominal_v, second_v;
} models[] = {
	{"sts3215", 7.4, 12}, {"sts3250", 12, NAN}, {"sm8512", 12, NAN},  {"scs0009", 6, NAN},
	{"xl330", 5, NAN},    {"xc330", 5, NAN},    {"xl430", 11.1, NAN}, {"xc430", 12, NAN},
	{"xm430", 12, NAN},   {"xm540", 12, NAN},   {"dm", 24, NAN},
};

enum { FIRST = 4 }; /* readings that say what the supply gives at rest */

struct memory {
	unsigned n[MAX_JOINTS];
	double first[MAX_JOINTS]; /* the largest of the first ones */
	bool any;
	unsigned joint; /* with the lowest share of its first readings */
	double volts, rest;
};

static bool begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

static double nominal(const struct motor *k)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		if (!begins(k->model, models[i].model))
			continue;
		if (isnan(models[i].second_v))
			return models[i].nominal_v;
		if (isnan(k->max_v)) /* either: the nearer one */
			return k->voltage_v > (models[i].nominal_v + models[i].second_v) / 2
				       ? models[i].second_v
				       : models[i].nominal_v;
		return k->max_v >= models[i].second_v ? models[i].second_v : models[i].nominal_v;
	}
	return NAN;
}

/* True: found to be wrong. */
static bool judge_supply(struct check *c, unsigned joint, const struct motor *k)
{
	const char *label = c->run->joint[joint].label;
	double v = k->voltage_v, wanted = nominal(k);
	struct finding f = {LEVEL_FAIL, joint, v, wanted * c->param[P_LOW] / 100, "V"};

	if (v < f.threshold) {
		check_find(c, &f, "%s has %.1f V, a %s wants %.1f: weak or wrong supply", label, v,
			   k->model, wanted);
		return true;
	}
	f.threshold = wanted * c->param[P_HIGH] / 100;
	if (v > f.threshold) {
		check_find(c, &f, "%s has %.1f V, this %s is made for %.1f: wrong supply", label, v,
			   k->model, wanted);
		return true;
	}
	f.threshold = v > k->max_v ? k->max_v : k->min_v;
	if (!(v > k->max_v || v < k->min_v))
		return false;
	check_find(c, &f, "%s has %.1f V, its own limits are %.1f to %.1f", label, v, k->min_v,
		   k->max_v);
	return true;
}

static void judge_sag(struct check *c, unsigned joint, double v)
{
	struct memory *m = c->memory;
	double sag = 100 * (1 - v / m->first[joint]);
	struct finding f = {LEVEL_WARN, joint, v, m->first[joint] * (1 - c->param[P_SAG] / 100),
			    "V"};

	if (m->n[joint] < FIRST) {
		m->first[joint] = fmax(m->first[joint], v);
		m->n[joint]++;
		return;
	}
	if (sag >= c->param[P_SAG])
		check_find(c, &f, "%s: the voltage sags by %.0f %% to %.1f V",
			   c->run->joint[joint].label, sag, v);
	if (!m->any || joint == m->joint || v / m->first[joint] < m->volts / m->rest) {
		m->any = true;
		m->joint = joint;
		m->volts = v;
		m->rest = m->first[joint];
	}
}

static void motor(struct check *c, unsigned joint, const struct motor *k)
{
	struct finding f = {LEVEL_FAIL, joint, k->voltage_v, NAN, "V"};
	bool known = k->voltage_v > 0, wrong = known && judge_supply(c, joint, k);

	/* A number says more than the motor's own bit. */
	if (!wrong && k->faults > 0 && k->faults & MOTOR_VOLTAGE)
		check_find(c, &f, "%s says that its voltage is wrong: look at the power supply",
			   c->run->joint[joint].label);
	if (known)
		judge_sag(c, joint, k->voltage_v);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any)
		return;
	check_reading(c, out, m->joint, m->volts, m->rest * (1 - c->param[P_SAG] / 100), "V");
	snprintf(out->why, sizeof(out->why), "%s sags most: %.1f V of %.1f at rest",
		 c->run->joint[m->joint].label, m->volts, m->rest);
}

const struct check_class check_voltage = {
	.name = "voltage",
	.summary = "a supply that sags, or is the wrong one",
	.needs = NEED_MOTORS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.debounce = 2,
	.motor = motor,
	.show = show,
};
