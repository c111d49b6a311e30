/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all checks share, computed once: how the run's joints meet the profile, and for every step
 * its tick (values in the profile's unit, Δ on the training grid, place in its chunk, elapsed
 * time). Owned by the judge; allocates nothing.
 */
#ifndef POLICYTOP_CHECK_DERIVE_H
#define POLICYTOP_CHECK_DERIVE_H

#include "check/check.h"
#include "check/plans.h"
#include "model/event.h"

enum { DERIVE_RATE_STEPS = 16 };

struct derive {
	struct tick tick;
	bool started;		     /* a step of this episode was seen */
	int64_t first_ns, before_ns; /* axis of the first step and of the one before */
	int64_t before_seq;
	/* The grid: every stride-th step, so that jitter neither doubles nor halves Δ. */
	unsigned stride, since_grid;
	double step_s[DERIVE_RATE_STEPS]; /* first intervals of the run, to learn the stride */
	unsigned steps_timed;
	bool seam_pending;
	bool has_grid;
	int64_t grid_ns;
	double at_grid[VEC_N][MAX_JOINTS];
	struct plans plans;
	bool interrupted; /* a step since the last was not judged */
};

/* Fills run from a hello and the profile (NULL: none). */
void run_view_init(struct run_view *run, const struct hello *hello, const struct profile *profile);

/* A new run: forgets everything. fps of the run, 0 unknown. */
void derive_run(struct derive *d, const struct run_view *run, double hello_fps);
void derive_episode(struct derive *d);

/* Δ must not reach over what lies between two steps. */
void derive_break(struct derive *d);

/* A step that is not judged; idle: it had no action, and nobody else had the arm. */
void derive_skip(struct derive *d, bool idle);

/* Fills d->tick for a step, and d->plans.replan when it begins with one. */
void derive_step(struct derive *d, const struct run_view *run, const struct step *step);

#endif
