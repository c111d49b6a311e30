/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "sim/bus_impl.h"

/*
 * A position loop with a gain, a motor with a free speed, friction. An error of GAIN's inverse takes
 * all the torque there is; what the weight pulls is the droop that every such arm has at rest.
 */
static const double gain = 0.0037;     /* share of the stall torque per tick */
static const double free_speed = 3400; /* ticks/s without load */
static const double friction = 0.02;   /* share of the stall torque */
static const double step_s = 0.002;
static const double heat_degc_s = 1.5; /* at full torque */
static const double warm_s = 60;       /* time constant to what is around it */
static const double stop_ticks = 10;   /* from the end of the calibrated range to the stop */
static const double longest_s = 60;    /* what happened before, nobody saw */

static double clamp(double v, double lo, double hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

double sim_motor_reported(const struct sim_motor *m, const struct sim_bus_class *c)
{
	return m->at + m->turn - c->offset(m);
}

double sim_motor_goal(const struct sim_motor *m, const struct sim_bus_class *c)
{
	struct motor_want w = {0};

	c->want(m, &w);
	return w.goal - c->offset(m);
}

void sim_motor_init(struct sim_motor *m, const struct sim_bus_class *c)
{
	c->init(m);
	m->at = m->cfg.start_ticks + c->offset(m);
	m->ramp = m->at;
	m->low = m->cfg.min + c->offset(m) - stop_ticks;
	m->high = m->cfg.max + c->offset(m) + stop_ticks;
	m->pull = m->cfg.weight;
	m->temp_degc = 31;
	m->warm_degc = 30;
	m->supply_v = m->cfg.supply_v;
	memcpy(m->rom, m->mem, sizeof(m->rom));
	c->publish(m);
}

/* The profile: towards the goal, its speed changing by the acceleration, slow enough to stop there. */
static void run_ramp(struct sim_motor *m, const struct motor_want *w, double dt)
{
	double left = w->goal - m->ramp, top = w->speed > 0 ? w->speed : INFINITY;
	double want;

	if (w->accel > 0)
		top = fmin(top, sqrt(2 * w->accel * fabs(left)));
	want = fabs(left) < top * dt ? left / dt : copysign(top, left);
	if (w->accel > 0)
		want = clamp(want, m->ramp_speed - w->accel * dt, m->ramp_speed + w->accel * dt);
	m->ramp_speed = want;
	m->ramp += want * dt;
}

static void run_protection(struct sim_motor *m, const struct motor_want *w, double dt)
{
	bool much = w->torque && fabs(m->drive) >= w->overload;

	m->over_s = much ? m->over_s + dt : 0;
	if (m->over_s >= w->overload_after)
		m->overload = true;
	m->hot = m->temp_degc > w->hot_degc;
}

static void run_step(struct sim_motor *m, const struct motor_want *w, double dt)
{
	double measured = m->at + m->turn, net, speed = 0;

	if (w->torque) {
		run_ramp(m, w, dt);
		m->drive = clamp((m->ramp - measured) * gain, -w->limit, w->limit);
	} else {
		m->ramp = measured;
		m->ramp_speed = 0;
		m->drive = 0;
	}
	net = m->drive + m->pull;
	if (fabs(net) > friction && !m->stuck)
		speed = (net - copysign(friction, net)) * free_speed;
	m->speed = clamp(m->at + speed * dt, m->low, m->high) - m->at;
	m->at += m->speed;
	m->speed /= dt;
	m->temp_degc +=
		dt * (m->drive * m->drive * heat_degc_s - (m->temp_degc - m->warm_degc) / warm_s);
	run_protection(m, w, dt);
}

void sim_motor_run(struct sim_motor *m, const struct sim_bus_class *c, double seconds)
{
	struct motor_want w = {0};
	double left = seconds < longest_s ? seconds : longest_s;

	while (left > 0) {
		double dt = left < step_s ? left : step_s;

		c->want(m, &w);
		run_step(m, &w, dt);
		left -= dt;
	}
	c->publish(m);
	if (m->was_on && m->mem[c->torque] != 1) /* its protection switched it off */
		m->was_on = m->goal_set = false;
}

void sim_motor_wrote(struct sim_motor *m, const struct sim_bus_class *c, unsigned addr, size_t n)
{
	bool on;

	if (m->refuses)
		m->mem[c->torque] = 0;
	on = m->mem[c->torque] == 1;
	if (addr <= c->goal && c->goal < addr + n)
		m->goal_set = true;
	if (on && !m->was_on && !m->goal_set)
		sim_put(m->mem, c->goal, c->goal_bytes,
			sim_get(m->mem, c->position, c->position_bytes));
	if (!on && m->was_on)
		m->goal_set = false;
	m->was_on = on;
	c->publish(m);
}
