/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distances are counted in what training had at most: between its first actions and where the arm
 * was, and from step to step. A tiny action is near every arm, so that a chunk must also go as far
 * as training's do.
 */
#include <math.h>

#include "audit/explain_impl.h"
#include "robot/robot.h"

static const double still = 1e-5;
static const double position_share = 0.3; /* of the span: q95 of |action - state| */
static const double least_span = 1e-3;
static const double far_ratio = 3, far_excess = 0.1;
static const double fit_ratio = 1.5, fit_excess = 0.1, fit_steps = 4, fit_path = 8;
static const double away_sigmas = 3, away_share = 0.03;
static const double gripper_share = 0.03; /* of training's largest: as good as closed */

void explain_joints(struct explain_bench *b)
{
	const struct profile *p = b->c->profile;
	enum unit unit = motion_unit(p->action.joint, p->action.joints);

	for (unsigned j = 0; j < b->n; j++) {
		const struct joint_profile *a = &p->action.joint[j];
		const struct gap_profile *g = &p->gap[j];
		struct explain_joint *to = &b->joint[j];
		double gap = b->c->start ? g->first_max : g->max;

		to->low = a->value.min;
		to->high = a->value.max;
		to->span = a->value.max - a->value.min;
		to->step = a->delta.max;
		to->moves = a->value.std >= still;
		to->hand = robot_is_hand(robot_find(p->robot), a->joint.name);
		to->common = a->joint.unit == unit;
		to->position = g->known && g->q95 <= position_share * to->span;
		to->reach = fmax(fmax(gap, to->step), least_span * to->span);
	}
}

static double beyond(const struct explain_joint *j, double v)
{
	return fmax(0, fmax(j->low - v, v - j->high)) / j->span;
}

static double ratio_of(const struct explain_bench *b, const double *chunk, unsigned j)
{
	const struct explain_joint *k = &b->joint[j];

	return k->moves && k->position ? fabs(chunk[j] - b->c->arm[j]) / k->reach : (double)NAN;
}

static double excess_of(const struct explain_bench *b, const double *chunk, unsigned j)
{
	unsigned steps = b->steps < EXPLAIN_STEPS ? b->steps : EXPLAIN_STEPS;
	double most = 0;

	for (unsigned i = 0; i < steps && b->joint[j].moves; i++)
		most = fmax(most, beyond(&b->joint[j], chunk[i * b->n + j]));
	return most;
}

void explain_measure(struct explain_distance *d, const struct explain_bench *b, const double *chunk)
{
	double squares = 0;
	unsigned n = 0;

	*d = (struct explain_distance){.arm = NAN};
	for (unsigned j = 0; j < b->n; j++) {
		double r = ratio_of(b, chunk, j), away = fabs(chunk[j] - b->c->arm[j]);

		d->excess = fmax(d->excess, excess_of(b, chunk, j));
		if (isnan(r))
			continue;
		if (b->joint[j].common && !(away <= d->arm)) {
			d->arm = away;
			d->joint = j;
		}
		d->ratio = fmax(d->ratio, r);
		squares += r * r;
		n++;
	}
	d->cost = (n ? sqrt(squares / n) : 0) + 10 * d->excess;
}

bool explain_mark_far(struct explain_bench *b, const struct explain_distance *d)
{
	for (unsigned j = 0; j < b->n; j++)
		b->far[j] = ratio_of(b, b->c->chunk, j) > far_ratio ||
			    excess_of(b, b->c->chunk, j) > far_excess;
	return d->ratio > far_ratio || d->excess > far_excess;
}

/* Over the joints of the common unit, as far as in a window of training's length. */
static double path_of(const struct explain_bench *b, const double *chunk)
{
	double path = 0;

	for (unsigned i = 1; i < b->steps; i++) {
		double sum = 0;

		for (unsigned j = 0; j < b->n; j++) {
			double d = chunk[i * b->n + j] - chunk[(i - 1) * b->n + j];

			sum += b->joint[j].common && isfinite(d) ? d * d : 0;
		}
		path += sqrt(sum);
	}
	return path * motion_ticks(b->c->profile->fps) / (b->steps - 1);
}

static bool steps_fit(const struct explain_bench *b, const double *chunk)
{
	for (unsigned i = 1; i < b->steps; i++) {
		for (unsigned j = 0; j < b->n; j++) {
			double d = fabs(chunk[i * b->n + j] - chunk[(i - 1) * b->n + j]);

			if (b->joint[j].moves && d > fit_steps * b->joint[j].step)
				return false;
		}
	}
	return true;
}

bool explain_fits(const struct explain_bench *b, const double *chunk,
		  const struct explain_distance *d)
{
	const struct range_habit *path = &b->c->profile->behaviour.path;
	double length;

	if (!(d->ratio <= fit_ratio && d->excess <= fit_excess) || !steps_fit(b, chunk))
		return false;
	if (b->steps < 2 || !(path->max > 0))
		return true;
	length = path_of(b, chunk);
	return length >= path->q01 / fit_path && length <= path->max * fit_path;
}

bool explain_arm_away(const struct explain_bench *b)
{
	const struct profile *p = b->c->profile;

	for (unsigned j = 0; j < b->n && b->c->start; j++) {
		int k = profile_find(&p->state, p->action.joint[j].joint.name);
		const struct joint_profile *s = k < 0 ? NULL : &p->state.joint[k];
		double v = b->c->arm[j], span, out;

		if (!s || isnan(v))
			continue;
		span = s->value.max - s->value.min;
		out = fmax(0, fmax(v - s->start.max, s->start.min - v));
		if (out > away_sigmas * fmax(s->start.std, least_span * span) &&
		    out > away_share * span)
			return true;
	}
	return false;
}

int explain_idle_gripper(const struct explain_bench *b)
{
	const struct profile *p = b->c->profile;
	double end_s = b->steps / p->fps;

	for (size_t i = 0; i < p->behaviour.ngrippers && b->c->start; i++) {
		const struct gripper_habit *g = &p->behaviour.gripper[i];
		int j = profile_find(&p->action, g->joint);
		size_t bin = (size_t)(end_s / GRIPPER_BIN_S + 1e-6);
		double most = -INFINITY, small;

		if (j < 0 || !g->highest_least || !bin || bin > g->bins)
			continue;
		small = gripper_share * b->joint[j].high;
		for (unsigned k = 0; k < b->steps; k++)
			most = fmax(most, b->c->chunk[k * b->n + (unsigned)j]);
		if (most <= small && g->highest_least[bin - 1] > 4 * small)
			return j;
	}
	return -1;
}
