/* SPDX-License-Identifier: Apache-2.0 */
/* Every mistake undone: the chunk that would have been. */
#include <math.h>
#include <string.h>

#include "audit/explain_impl.h"

static const double degrees = 57.29577951308232;

static void consider(struct explain_fits *f, const struct explain_bench *b,
		     const struct explain_fit *what)
{
	struct explain_fit found = *what;

	explain_measure(&found.at, b, b->made);
	if (f->n < EXPLAIN_FITS_MAX && explain_fits(b, b->made, &found.at))
		f->fit[f->n++] = found;
}

/* Middle and scale of a mode; false: the statistics do not have its figures. */
static bool scale_of(const struct explain_stats *s, enum norm_mode mode, unsigned j, double *middle,
		     double *scale)
{
	double low = mode == NORM_MIN_MAX ? s->f.min[j] : s->q01[j];
	double high = mode == NORM_MIN_MAX ? s->f.max[j] : s->q99[j];

	*middle = mode == NORM_MEAN_STD ? s->f.mean[j] : (low + high) / 2;
	*scale = mode == NORM_MEAN_STD ? s->f.std[j] : (high - low) / 2;
	return isfinite(*middle) && isfinite(*scale);
}

/* Normalises by one (NULL: not), then un-normalises by the other. False: no such figures. */
static bool renormalise(struct explain_bench *b, const struct explain_stats *down,
			enum norm_mode down_mode, const struct explain_stats *up,
			enum norm_mode up_mode)
{
	for (unsigned j = 0; j < b->n; j++) {
		double dm = 0, ds = 1, um = 0, us = 1;

		if (down && !scale_of(down, down_mode, j, &dm, &ds))
			return false;
		if (up && !scale_of(up, up_mode, j, &um, &us))
			return false;
		for (unsigned i = 0; i < b->steps; i++) {
			double v = b->c->chunk[i * b->n + j];

			/* What does not move stays at its mean whatever is done. */
			v = ds > 0 ? (v - dm) / ds : 0;
			b->made[i * b->n + j] = v * us + um;
		}
	}
	return true;
}

static const enum norm_mode modes[] = {NORM_MEAN_STD, NORM_MIN_MAX, NORM_QUANTILES};
enum { MODES = 3 };

static bool may_be(const struct explain_stats *s, enum norm_mode mode)
{
	return s->mode == NORM_UNKNOWN || s->mode == mode;
}

static void try_normalisation(struct explain_fits *f, struct explain_bench *b)
{
	struct explain_fit twice = {.kind = EXPLAIN_TWICE, .other = -1, .operations = 1};
	struct explain_fit missing = {.kind = EXPLAIN_MISSING, .other = -1, .operations = 1};
	struct explain_fit mode = {.kind = EXPLAIN_MODE, .other = -1, .operations = 1.5};

	for (unsigned i = 0; i < MODES; i++) {
		if (!may_be(&b->own, modes[i]))
			continue;
		if (renormalise(b, &b->own, modes[i], NULL, NORM_UNKNOWN))
			consider(f, b, &twice);
		if (renormalise(b, NULL, NORM_UNKNOWN, &b->own, modes[i]))
			consider(f, b, &missing);
		for (unsigned k = 0; k < MODES; k++) {
			if (k != i && renormalise(b, &b->own, modes[k], &b->own, modes[i]))
				consider(f, b, &mode);
		}
	}
}

static void try_others(struct explain_fits *f, struct explain_bench *b)
{
	for (unsigned o = 0; o < b->c->nothers; o++) {
		struct explain_fit what = {
			.kind = EXPLAIN_OTHER_SET, .other = (int)o, .operations = 1.5};

		for (unsigned i = 0; i < MODES; i++) {
			if (b->c->others[o].f.n == b->n && may_be(&b->own, modes[i]) &&
			    renormalise(b, &b->c->others[o], modes[i], &b->own, modes[i]))
				consider(f, b, &what);
		}
	}
}

static void scale(struct explain_bench *b, double body, double hand)
{
	for (unsigned i = 0; i < b->steps; i++) {
		for (unsigned j = 0; j < b->n; j++)
			b->made[i * b->n + j] = b->c->chunk[i * b->n + j] *
						(b->joint[j].hand ? hand : body);
	}
}

/* A gripper that is 100 times too small is as good as closed, one too large far beyond. */
static bool gripper_may(const struct explain_bench *b, bool small)
{
	for (unsigned j = 0; j < b->n; j++) {
		double v = fabs(b->c->chunk[j]), high = fabs(b->joint[j].high);

		if (b->joint[j].hand && b->joint[j].moves &&
		    (small ? v <= 0.03 * high : v >= 3 * high))
			return true;
	}
	return false;
}

static void try_units(struct explain_fits *f, struct explain_bench *b)
{
	static const struct {
		enum explain_kind kind;
		double body, hand;
	} rows[] = {
		{EXPLAIN_DEGREES, 1 / degrees, 1 / degrees},
		{EXPLAIN_DEGREES, 1 / degrees, 1},
		{EXPLAIN_RADIANS, degrees, degrees},
		{EXPLAIN_RADIANS, degrees, 1},
		{EXPLAIN_GRIPPER_SMALL, 1, 100},
		{EXPLAIN_GRIPPER_LARGE, 1, 0.01},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct explain_fit what = {.kind = rows[i].kind, .other = -1, .operations = 1};

		if (rows[i].kind == EXPLAIN_GRIPPER_SMALL && !gripper_may(b, true))
			continue;
		if (rows[i].kind == EXPLAIN_GRIPPER_LARGE && !gripper_may(b, false))
			continue;
		scale(b, rows[i].body, rows[i].hand);
		consider(f, b, &what);
	}
}

bool explain_idle_is_small(struct explain_bench *b)
{
	struct explain_distance d;

	scale(b, 1, 100);
	explain_measure(&d, b, b->made);
	return explain_fits(b, b->made, &d);
}

static void copy_chunk(struct explain_bench *b)
{
	memcpy(b->made, b->c->chunk, b->steps * b->n * sizeof(double));
}

static void try_joints(struct explain_fits *f, struct explain_bench *b)
{
	for (unsigned a = 0; a < b->n; a++) {
		struct explain_fit sign = {
			.kind = EXPLAIN_SIGN, .a = a, .other = -1, .operations = 1};

		copy_chunk(b);
		for (unsigned i = 0; i < b->steps; i++)
			b->made[i * b->n + a] = -b->made[i * b->n + a];
		if (b->far[a])
			consider(f, b, &sign);
		for (unsigned k = a + 1; k < b->n; k++) {
			struct explain_fit exchange = {.kind = EXPLAIN_EXCHANGED,
						       .a = a,
						       .b = k,
						       .other = -1,
						       .operations = 1};

			/* One that never moved in training is not judged: anything could go there. */
			if ((!b->far[a] && !b->far[k]) || !b->joint[a].moves || !b->joint[k].moves)
				continue;
			copy_chunk(b);
			for (unsigned i = 0; i < b->steps; i++) {
				b->made[i * b->n + a] = b->c->chunk[i * b->n + k];
				b->made[i * b->n + k] = b->c->chunk[i * b->n + a];
			}
			consider(f, b, &exchange);
		}
	}
}

/* The factor that training's mean and the arm make likeliest, of the first action. */
static double fitted_factor(const struct explain_bench *b)
{
	double above = 0, below = 0;

	for (unsigned j = 0; j < b->n; j++) {
		const struct explain_joint *k = &b->joint[j];
		double mean = b->own.f.mean[j], arm = (b->c->arm[j] - mean) / k->reach;
		double asked = (b->c->chunk[j] - mean) / k->reach;

		if (k->moves && k->position && isfinite(arm) && isfinite(asked)) {
			above += asked * arm;
			below += arm * arm;
		}
	}
	return above / below;
}

static void try_shrunk(struct explain_fits *f, struct explain_bench *b)
{
	struct explain_fit what = {.kind = EXPLAIN_SHRUNK, .other = -1, .operations = 2};

	what.factor = fitted_factor(b);
	if (!(what.factor > 0.02 && what.factor < 0.9))
		return;
	for (unsigned i = 0; i < b->steps; i++) {
		for (unsigned j = 0; j < b->n; j++) {
			double mean = b->own.f.mean[j];

			b->made[i * b->n + j] = mean +
						(b->c->chunk[i * b->n + j] - mean) / what.factor;
		}
	}
	consider(f, b, &what);
}

static void try_delta(struct explain_fits *f, struct explain_bench *b)
{
	struct explain_fit what = {.kind = EXPLAIN_DELTA, .other = -1, .operations = 1};

	if (!b->c->delta)
		return;
	for (unsigned i = 0; i < b->steps; i++) {
		for (unsigned j = 0; j < b->n; j++) {
			double base = b->joint[j].position && !b->joint[j].hand ? b->c->arm[j] : 0;

			b->made[i * b->n + j] = b->c->chunk[i * b->n + j] + base;
		}
	}
	consider(f, b, &what);
}

void explain_try_all(struct explain_fits *f, struct explain_bench *b)
{
	/* Statistics of relative actions normalise no absolute ones. */
	if (!b->c->delta) {
		try_normalisation(f, b);
		try_others(f, b);
		try_shrunk(f, b);
	}
	try_units(f, b);
	try_joints(f, b);
	try_delta(f, b);
}
