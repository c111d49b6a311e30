/* SPDX-License-Identifier: Apache-2.0 */
#include "check/derive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A joint that never moved in training has |Δ|max 0: the least that counts as a move. */
static double delta_floor(enum unit unit, double span)
{
	double tick = 0.0;

	if (unit == UNIT_DEG)
		tick = 360.0 / 4096.0;
	else if (unit == UNIT_RAD)
		tick = 2.0 * 3.14159265358979323846 / 4096.0;
	else if (unit == UNIT_M100_100 || unit == UNIT_0_100)
		tick = 0.1;
	else if (unit == UNIT_TICKS)
		tick = 1.0;
	return fmax(tick, 0.001 * span);
}

static double widest_span(const struct feature_profile *f)
{
	double span = 0.0;

	for (unsigned j = 0; j < f->joints; j++)
		span = fmax(span, f->joint[j].value.max - f->joint[j].value.min);
	return span;
}

/* By name; by order when no name at all fits and the counts do. */
static int match(const struct feature_profile *f, const struct hello *hello, unsigned joint)
{
	if (!f->joints)
		return -1;
	for (unsigned j = 0; j < hello->joints; j++) {
		if (profile_find(f, hello->joint[j].name) >= 0)
			return profile_find(f, hello->joint[joint].name);
	}
	return f->joints == hello->joints ? (int)joint : -1;
}

/* One feature's half of a run joint. Returns NULL when the joint is not to be compared with it. */
static const struct joint_profile *meet(const struct feature_profile *f, const struct hello *hello,
					unsigned joint, double *factor, enum unit *unit,
					double *delta_max, double *span)
{
	int at = match(f, hello, joint);
	const struct joint_profile *p = at >= 0 ? &f->joint[at] : NULL;

	*factor = 1.0;
	*unit = hello->joint[joint].unit;
	*delta_max = *span = NAN;
	if (!p || !unit_factor(*unit, p->joint.unit, factor))
		return NULL;
	if (p->joint.unit != UNIT_UNKNOWN)
		*unit = p->joint.unit;
	*span = p->value.max - p->value.min;
	*delta_max = fmax(p->delta.max, delta_floor(*unit, fmax(*span, 0.1 * widest_span(f))));
	return p;
}

static int find_gripper(const struct profile *p, const struct run_joint *j)
{
	for (size_t i = 0; i < p->behaviour.ngrippers; i++) {
		const char *name = p->behaviour.gripper[i].joint;

		if ((j->action && strcmp(j->action->joint.name, name) == 0) ||
		    (j->state && strcmp(j->state->joint.name, name) == 0))
			return (int)i;
	}
	return -1;
}

void run_view_init(struct run_view *run, const struct hello *hello, const struct profile *profile)
{
	static const struct feature_profile none;

	run->profile = profile;
	run->joints = hello->joints < MAX_JOINTS ? hello->joints : MAX_JOINTS;
	run->fps_said = hello->fps > 0;
	run->fps = hello->fps > 0 ? hello->fps : profile ? profile->fps : 0.0;
	run->no_tick = hello->no_tick;
	memcpy(run->policy, hello->policy, sizeof(run->policy));
	memcpy(run->task, hello->task, sizeof(run->task));
	for (unsigned j = 0; j < run->joints; j++) {
		struct run_joint *r = &run->joint[j];

		memcpy(r->name, hello->joint[j].name, sizeof(r->name));
		joint_short_name(r->label, r->name);
		r->action = meet(profile ? &profile->action : &none, hello, j, &r->to_action,
				 &r->action_unit, &r->action_max, &r->action_span);
		r->state = meet(profile ? &profile->state : &none, hello, j, &r->to_state,
				&r->state_unit, &r->state_max, &r->state_span);
		r->gap = r->action && profile->gap
				 ? &profile->gap[r->action - profile->action.joint]
				 : NULL;
		r->pair = r->action_unit == r->state_unit || !r->action || !r->state;
		r->gripper = profile ? find_gripper(profile, r) : -1;
	}
}

static unsigned stride_of(double run_fps, double profile_fps)
{
	double ratio = profile_fps > 0 ? run_fps / profile_fps : 1.0;

	return ratio > 1.5 && ratio < 10000.0 ? (unsigned)lround(ratio) : 1;
}

void derive_run(struct derive *d, const struct run_view *run, double hello_fps)
{
	memset(d, 0, sizeof(*d));
	d->stride = 1;
	plans_run(&d->plans, run->no_tick);
	if (run->profile && hello_fps > 0) {
		d->stride = stride_of(hello_fps, run->profile->fps);
		d->steps_timed = DERIVE_RATE_STEPS;
	}
}

void derive_break(struct derive *d)
{
	d->has_grid = false;
	d->since_grid = 0;
}

void derive_skip(struct derive *d, bool idle)
{
	derive_break(d);
	d->interrupted = true;
	if (idle)
		plans_idle(&d->plans);
	else
		plans_break(&d->plans);
}

void derive_episode(struct derive *d)
{
	derive_break(d);
	plans_episode(&d->plans);
	d->started = false;
	d->seam_pending = false;
}

/* Times come from outside: a difference that does not fit is no time at all. */
static double seconds_between(int64_t from_ns, int64_t to_ns)
{
	int64_t ns;

	return __builtin_sub_overflow(to_ns, from_ns, &ns) ? 0.0 : (double)ns / (double)NS_PER_S;
}

static int64_t lost_between(int64_t before, int64_t now)
{
	return before >= 0 && now > before ? now - before - 1 : 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A source that says no rate: the median of its first intervals tells it. */
static void learn_stride(struct derive *d, const struct run_view *run, double dt_s)
{
	double sorted[DERIVE_RATE_STEPS], median;

	if (!run->profile || d->steps_timed == DERIVE_RATE_STEPS || !(dt_s > 0))
		return;
	d->step_s[d->steps_timed++] = dt_s;
	if (d->steps_timed < DERIVE_RATE_STEPS)
		return;
	memcpy(sorted, d->step_s, sizeof(sorted));
	qsort(sorted, DERIVE_RATE_STEPS, sizeof(sorted[0]), by_value);
	median = sorted[DERIVE_RATE_STEPS / 2];
	d->stride = stride_of(1.0 / median, run->profile->fps);
}

static void place_in_chunk(struct derive *d, const struct step *step)
{
	struct tick *t = &d->tick;
	const struct plans *p = &d->plans;

	plans_step(&d->plans, step);
	t->chunk_pos = p->position;
	t->begins = p->begins;
	t->plan = plans_find(p, p->under_way);
	t->plan_before = p->under_way && p->under_way <= p->before;
	d->seam_pending = d->seam_pending || t->begins;
}

static void take_values(struct tick *t, const struct run_view *run, const struct step *step)
{
	for (unsigned k = 0; k < VEC_N; k++) {
		bool command = k == VEC_ASKED || k == VEC_SENT;

		for (unsigned j = 0; j < run->joints; j++) {
			const struct run_joint *r = &run->joint[j];
			double v;

			t->v[k][j] = j < step->joints && vec_value(&step->vec[k], j, &v)
					     ? v * (command ? r->to_action : r->to_state)
					     : NAN;
		}
	}
}

static void take_delta(struct derive *d, const struct run_view *run, int64_t axis_ns)
{
	struct tick *t = &d->tick;
	double period_s = run->profile && run->profile->fps > 0 ? 1.0 / run->profile->fps : 0.0;
	double over = 1.0;

	t->grid = !d->has_grid || ++d->since_grid >= d->stride;
	if (!t->grid)
		return;
	if (d->has_grid && period_s > 0)
		over = fmax(1.0, seconds_between(d->grid_ns, axis_ns) / period_s);
	for (unsigned k = 0; k < VEC_N; k++) {
		double by = k == VEC_SEEN || k == VEC_GOT ? over : 1.0;

		for (unsigned j = 0; j < run->joints; j++) {
			t->delta[k][j] = d->has_grid ? (t->v[k][j] - d->at_grid[k][j]) / by : NAN;
			d->at_grid[k][j] = t->v[k][j];
		}
	}
	t->seam = d->seam_pending;
	d->seam_pending = false;
	d->since_grid = 0;
	d->has_grid = true;
	d->grid_ns = axis_ns;
}

void derive_step(struct derive *d, const struct run_view *run, const struct step *step)
{
	struct tick *t = &d->tick;
	int64_t axis_ns = step_axis_ns(step);

	if (!d->started) {
		d->first_ns = axis_ns;
		t->index = 0;
		t->dt_s = NAN;
		t->lost = 0;
	} else {
		t->index++;
		t->dt_s = seconds_between(d->before_ns, axis_ns);
		t->lost = lost_between(d->before_seq, step->seq);
		learn_stride(d, run, t->dt_s);
	}
	if (t->lost)
		derive_break(d); /* a change over missing steps is no step */
	t->step = step;
	t->elapsed_s = fmax(0.0, seconds_between(d->first_ns, axis_ns));
	t->seam = false;
	for (unsigned k = 0; k < VEC_N; k++)
		for (unsigned j = 0; j < run->joints; j++)
			t->delta[k][j] = NAN;
	place_in_chunk(d, step);
	t->interrupted = d->interrupted;
	d->interrupted = false;
	take_values(t, run, step);
	take_delta(d, run, axis_ns);
	d->started = true;
	d->before_ns = axis_ns;
	d->before_seq = step->seq;
}
