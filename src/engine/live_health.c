/* SPDX-License-Identifier: Apache-2.0 */
/* Motors, buses and cameras as last heard. */
#include <math.h>
#include <string.h>

#include "engine/live_internal.h"

/* What was not read again for so long is not known any more. */
static const int64_t FORGET_NS = 10 * NS_PER_S;

/* A rise is told over at least so long, and at most twice that. */
static const int64_t RISE_NS = 30 * NS_PER_S;

static double seconds(int64_t from_ns, int64_t to_ns)
{
	return (double)(to_ns - from_ns) / 1e9;
}

static struct live_motor *motor_of(struct live *l, const struct motor *m)
{
	for (unsigned i = 0; i < l->motors; i++) {
		if (strcmp(l->motor[i].v.v.joint, m->joint) == 0)
			return &l->motor[i];
	}
	if (l->motors == VIEW_MOTORS)
		return NULL;
	l->motor[l->motors] = (struct live_motor){.v = {.v = *m}};
	l->motor[l->motors].v.rise_degc = l->motor[l->motors].v.lowest_v = (double)NAN;
	l->motor[l->motors].mark_degc[0] = l->motor[l->motors].mark_degc[1] = (double)NAN;
	return &l->motor[l->motors++];
}

/* The new number, or the old one while it is young. */
static void take(double *to, int64_t *at_ns, double v, int64_t now_ns)
{
	if (isnan(v) && now_ns - *at_ns < FORGET_NS)
		return;
	*to = v;
	*at_ns = now_ns;
}

/* Two marks, so that the older one is always at least RISE_NS old once there was time. */
static void note_rise(struct live_motor *k, int64_t now_ns)
{
	double t = k->v.v.temp_degc;

	if (isnan(t))
		return;
	if (isnan(k->mark_degc[0]) || now_ns - k->mark_ns[0] >= RISE_NS) {
		k->mark_degc[1] = k->mark_degc[0];
		k->mark_ns[1] = k->mark_ns[0];
		k->mark_degc[0] = t;
		k->mark_ns[0] = now_ns;
	}
	if (!isnan(k->mark_degc[1]))
		k->v.rise_degc = (t - k->mark_degc[1]) * 60 / seconds(k->mark_ns[1], now_ns);
}

void live_motor(struct live *l, const struct motor *m, int64_t now_ns)
{
	struct live_motor *k = motor_of(l, m);
	struct motor *v;

	if (!k)
		return;
	v = &k->v.v;
	take(&v->temp_degc, &k->at_ns[0], m->temp_degc, now_ns);
	take(&v->rotor_degc, &k->at_ns[1], m->rotor_degc, now_ns);
	take(&v->voltage_v, &k->at_ns[2], m->voltage_v, now_ns);
	take(&v->load, &k->at_ns[3], m->load, now_ns);
	take(&v->current_ma, &k->at_ns[4], m->current_ma, now_ns);
	take(&v->limit_degc, &k->at_ns[5], m->limit_degc, now_ns);
	if (!isnan(m->min_v))
		v->min_v = m->min_v;
	if (!isnan(m->max_v))
		v->max_v = m->max_v;
	if (m->torque >= 0)
		v->torque = m->torque;
	if (m->faults >= 0 || m->missed > v->missed) /* what a silent one said is over */
		v->faults = m->faults;
	if (m->calibrated >= 0)
		v->calibrated = m->calibrated;
	if (m->id >= 0)
		v->id = m->id;
	if (m->model[0])
		memcpy(v->model, m->model, sizeof(v->model));
	v->missed = m->missed;
	k->heard_ns = now_ns;
	k->v.lowest_v = fmin(k->v.lowest_v, v->voltage_v);
	note_rise(k, now_ns);
	l->facts |= FACT_HEALTH;
}

void live_bus(struct live *l, const struct bus *b, int64_t now_ns)
{
	unsigned i = 0;

	while (i < l->buses && strcmp(l->bus[i].v.name, b->name) != 0)
		i++;
	if (i == VIEW_BUSES)
		return;
	l->buses += i == l->buses;
	l->bus[i].v = *b;
	l->bus_ns[i] = now_ns;
}

void live_camera(struct live *l, const struct camera *k, int64_t now_ns)
{
	unsigned i = 0;

	while (i < l->eyes && strcmp(l->eye[i].v.name, k->name) != 0)
		i++;
	if (i == VIEW_EYES)
		return;
	l->eyes += i == l->eyes;
	l->eye[i].v = *k;
	l->eye_ns[i] = now_ns;
	l->facts |= FACT_FRAMES;
}

void live_health_show(const struct live *l, int64_t now_ns, struct snapshot *out)
{
	out->nmotors = l->motors;
	for (unsigned i = 0; i < l->motors; i++) {
		out->motor[i] = l->motor[i].v;
		out->motor[i].age_s = seconds(l->motor[i].heard_ns, now_ns);
	}
	out->nbuses = l->buses;
	for (unsigned i = 0; i < l->buses; i++) {
		out->bus[i] = l->bus[i];
		out->bus[i].age_s = seconds(l->bus_ns[i], now_ns);
	}
	out->neyes = l->eyes;
	for (unsigned i = 0; i < l->eyes; i++) {
		out->eye[i] = l->eye[i];
		out->eye[i].age_s = seconds(l->eye_ns[i], now_ns);
	}
}
