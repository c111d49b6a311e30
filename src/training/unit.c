/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LeRobot's datasets do not say their units. An encoder's steps show in measured values: 360 / 4096
 * in all joints of an arm that counts degrees, 2 pi / 4096 in one that counts radians, a step of
 * its own in each joint that is scaled to [-100, 100]. Without steps the reach tells, as far as it
 * does.
 */
#include "training/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "robot/robot.h"

enum { SAMPLES = 2048, STEPS_LEAST = 24, FAR_STEPS = 200, ENDS_LEAST = 2 };

static const double degree_step = 360.0 / 4096, radian_step = 2 * 3.14159265358979 / 4096;
static const double step_tolerance = 0.005; /* 4095 and 4096 steps a turn are the same */
static const double turn = 2 * 3.14159265358979, radians_least = 1.05;
static const double normalised_end = 100, beyond_normalised = 100.02;
static const double ticks_least = 180, gripper_least = 6.3, unit_gripper_least = 0.5;

static enum unit by_name(const char *name)
{
	static const struct {
		const char *end;
		enum unit unit;
	} ends[] = {{"_rad", UNIT_RAD}, {".rad", UNIT_RAD}, {"_deg", UNIT_DEG}, {".deg", UNIT_DEG}};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (text_ends(name, ends[i].end))
			return ends[i].unit;
	}
	return UNIT_UNKNOWN;
}

/* Positions and rotations of an end effector are in no joint's unit. */
static bool is_end_effector(const struct joint *j, unsigned n)
{
	bool axis[3] = {false};

	for (unsigned i = 0; i < n; i++) {
		size_t len = strlen(j[i].name);
		char last = len ? j[i].name[len - 1] : '\0';

		if (last >= 'x' && last <= 'z' && (len == 1 || strchr("._", j[i].name[len - 2])))
			axis[last - 'x'] = true;
		if (text_starts(j[i].name, "delta_"))
			return true;
	}
	return axis[0] && axis[1] && axis[2];
}

/* What the joints of an arm say together. */
struct body {
	unsigned n, moving, normalised, on_degrees, on_radians, on_other, ends;
	double most;
	bool integers, other_same; /* steps of its own, but the same in all */
};

static bool near_step(double step, double want)
{
	return fabs(step / want - 1) < step_tolerance;
}

static struct body look_at(const struct joint *j, const struct unit_evidence *ev, unsigned n,
			   const struct robot_class *robot)
{
	struct body b = {.integers = true, .other_same = true};
	double other = 0;

	for (unsigned i = 0; i < n; i++) {
		if (robot_is_hand(robot, j[i].name) || isnan(ev[i].max))
			continue;
		b.n++;
		b.most = fmax(b.most, fmax(fabs(ev[i].min), fabs(ev[i].max)));
		b.integers = b.integers && ev[i].integers;
		b.normalised += fabs(ev[i].mean) < 0.05 && fabs(ev[i].std - 1) < 0.05;
		b.moving += ev[i].max - ev[i].min > 1e-6;
		b.ends += (unsigned)(fabs(ev[i].max - normalised_end) < 1e-3) +
			  (unsigned)(fabs(ev[i].min + normalised_end) < 1e-3);
		if (!(ev[i].step > 0))
			continue;
		b.on_degrees += near_step(ev[i].step, degree_step);
		b.on_radians += near_step(ev[i].step, radian_step);
		b.on_other += !near_step(ev[i].step, degree_step) &&
			      !near_step(ev[i].step, radian_step);
		b.other_same = b.other_same && (other == 0 || near_step(ev[i].step, other));
		other = ev[i].step;
	}
	return b;
}

static enum unit body_unit(const struct body *b)
{
	/* Data that was normalised has no unit, and reaches as far as radians do. */
	if (!b->moving || b->normalised == b->moving)
		return UNIT_UNKNOWN;
	if (b->integers)
		return b->most > ticks_least ? UNIT_TICKS : UNIT_UNKNOWN;
	if (b->on_degrees == b->moving)
		return UNIT_DEG;
	if (b->on_radians == b->moving && b->most <= turn)
		return UNIT_RAD;
	if (b->on_other == b->moving && b->moving > 1 && !b->other_same)
		return b->most <= beyond_normalised ? UNIT_M100_100 : UNIT_UNKNOWN;
	if (b->most > beyond_normalised)
		return UNIT_DEG;
	if (b->ends >= ENDS_LEAST)
		return UNIT_M100_100;
	return b->most > radians_least && b->most <= turn ? UNIT_RAD : UNIT_UNKNOWN;
}

static enum unit hand_unit(const struct unit_evidence *ev, enum unit body)
{
	if (isnan(ev->max) || ev->max <= ev->min)
		return UNIT_UNKNOWN;
	if (body == UNIT_TICKS)
		return ev->integers ? UNIT_TICKS : UNIT_UNKNOWN;
	/* A gripper's width in metres is within 0..1, too. */
	if (ev->min >= -0.05 && ev->max <= 1.05)
		return ev->max > unit_gripper_least ? UNIT_0_1 : UNIT_UNKNOWN;
	if (ev->min >= -5 && ev->max <= 105 && ev->max > gripper_least)
		return UNIT_0_100;
	return body == UNIT_RAD && fmax(fabs(ev->min), fabs(ev->max)) <= turn ? UNIT_RAD
									      : UNIT_UNKNOWN;
}

void units_decide(struct joint *joint, const struct unit_evidence *ev, unsigned n,
		  const char *robot)
{
	const struct robot_class *row = robot_find(robot);
	struct body b = look_at(joint, ev, n, row);
	bool known = robot[0] && strcmp(robot, "unknown") != 0 && !is_end_effector(joint, n);
	enum unit body = known ? body_unit(&b) : UNIT_UNKNOWN;

	for (unsigned i = 0; i < n; i++) {
		joint[i].unit = by_name(joint[i].name);
		if (!known || joint[i].unit != UNIT_UNKNOWN)
			continue;
		joint[i].unit = robot_is_hand(row, joint[i].name) ? hand_unit(&ev[i], body) : body;
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Do neighbours of sorted values lie whole steps apart? */
static bool on_step(const double *v, size_t n, double step)
{
	size_t off = 0, near = 0;

	for (size_t i = 1; i < n; i++) {
		double k = (v[i] - v[i - 1]) / step;

		if (k > FAR_STEPS)
			continue;
		near++;
		/* For float32, and for 4095 steps a turn. */
		off += fabs(k - round(k)) > 0.01 + k * 3e-4;
	}
	return near >= STEPS_LEAST && off * 100 < near;
}

/* The step that sorted values without repetitions lie on; from neighbour to neighbour, so that an
 * error of the step does not add up. */
static double find_step(const double *v, size_t n)
{
	double least = INFINITY;
	const double known[2] = {degree_step, radian_step};

	if (n < STEPS_LEAST)
		return 0;
	for (size_t i = 1; i < n; i++)
		least = fmin(least, v[i] - v[i - 1]);
	for (unsigned k = 0; k < 2; k++) {
		if (least > 0.9 * known[k] && least < 3.5 * known[k] && on_step(v, n, known[k]))
			return known[k];
	}
	return least > 1e-3 && on_step(v, n, least) ? least : 0;
}

/* Repetitions go; what differs by less than float32 can is a repetition. */
static size_t unique(double *v, size_t n)
{
	size_t kept = n > 0;

	qsort(v, n, sizeof(*v), by_value);
	for (size_t i = 1; i < n; i++) {
		if (v[i] - v[kept - 1] > 1e-6 * fmax(1, fabs(v[i])))
			v[kept++] = v[i];
	}
	return kept;
}

static void observe(struct unit_evidence *ev, const double *v, size_t frames, unsigned width,
		    double *room)
{
	size_t n = 0, stride = frames / SAMPLES + 1;
	double sum = 0, squares = 0;

	*ev = (struct unit_evidence){.min = INFINITY, .max = -INFINITY, .integers = true};
	for (size_t i = 0; i < frames; i++) {
		double x = v[i * width];

		if (!isfinite(x))
			continue;
		ev->min = x < ev->min ? x : ev->min;
		ev->max = x > ev->max ? x : ev->max;
		if (i % stride)
			continue;
		ev->integers = ev->integers && x == round(x);
		if (n == SAMPLES)
			continue;
		room[n++] = x;
		sum += x;
		squares += x * x;
	}
	if (!n) {
		ev->min = ev->max = NAN;
		return;
	}
	ev->mean = sum / (double)n;
	ev->std = sqrt(fmax(0, squares / (double)n - ev->mean * ev->mean));
	ev->step = ev->integers ? 0 : find_step(room, unique(room, n));
}

/* The reach of both, where they are of the same joint; commands have no steps. */
static void pool(struct unit_evidence *action, struct unit_evidence *state)
{
	double a = fmax(fabs(action->min), fabs(action->max));
	double s = fmax(fabs(state->min), fabs(state->max));

	/* In other units one would reach many times as far. */
	if (!(a < 3 * s && s < 3 * a))
		return;
	action->min = state->min = fmin(action->min, state->min);
	action->max = state->max = fmax(action->max, state->max);
	action->integers = state->integers = action->integers && state->integers;
	action->step = state->step;
}

void units_guess(struct episodes *e)
{
	struct unit_evidence action[MAX_JOINTS], state[MAX_JOINTS];
	double *room = xcalloc(SAMPLES, sizeof(*room));

	for (unsigned j = 0; j < e->naction; j++)
		observe(&action[j], e->action + j, e->frames, e->naction, room);
	for (unsigned j = 0; j < e->nstate; j++)
		observe(&state[j], e->state + j, e->frames, e->nstate, room);
	free(room);
	for (unsigned j = 0; j < e->naction; j++) {
		for (unsigned k = 0; k < e->nstate; k++) {
			if (joint_same_name(e->action_joint[j].name, e->state_joint[k].name))
				pool(&action[j], &state[k]);
		}
	}
	units_decide(e->action_joint, action, e->naction, e->robot);
	units_decide(e->state_joint, state, e->nstate, e->robot);
}
