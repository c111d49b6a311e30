/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact running sums of one episode, per vector and joint: what the canned queries need without
 * reading every step. Pure; owned by the recorder, one thread. No allocation.
 *
 * Only steps of the policy (or of an unknown driver) count, and only finite values. Δ is taken on
 * the training grid: steps are numbered by period, the last step of a period stands for it, and
 * Δ = |value(p+1) - value(p)| of neighbouring periods; a break in the data skips a number.
 */
#ifndef POLICYTOP_DB_SUMMARY_H
#define POLICYTOP_DB_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/step.h"

enum { PERIOD_NONE = -1 };

/* Numbers the steps of an episode. */
struct grid {
	double period_ns;  /* 0: every step is a period of its own */
	int64_t origin_ns; /* axis of the step that began this stretch */
	int64_t base;	   /* its number */
	int64_t last;	   /* PERIOD_NONE before the first step */
	int64_t last_ns;
	bool broken; /* the next step does not follow the last one */
};

struct sum {
	int64_t n; /* 0: min, max and first hold nothing */
	double min, max, first;
	int64_t closed;
	/* Of finished periods; the period under way is joined in by sum_delta(). */
	int64_t delta_n, delta_seq;
	double delta_max;
	double before, now; /* values of the last two periods, NaN none */
};

struct delta {
	int64_t n, seq; /* seq of the later step of the first largest Δ */
	double max;
};

struct summary {
	struct grid grid;
	int64_t now_seq;      /* the step that stands for the period under way */
	unsigned used[VEC_N]; /* joints below this number have sums */
	struct sum sum[VEC_N][MAX_JOINTS];
};

/* A new episode. */
void summary_start(struct summary *s);

/* The grid's rate, 0 unknown: only a run that is faster than training (1.5×) is thinned out. */
void summary_rates(struct summary *s, double run_fps, double training_fps);

/* What follows does not continue what was (steps lost, restart, another driver moved the arm). */
void summary_break(struct summary *s);

/* The sums were filled from the file: their Δ are final, the next step begins a new stretch. */
void summary_continue(struct summary *s, int64_t last_period);

/* The number of this step: PERIOD_NONE for another driver. To be called once a step, first. */
int64_t summary_period(struct summary *s, const struct step *step);

/* One value of the step whose number is period; a value that is not finite breaks only Δ. */
void summary_value(struct summary *s, enum vec_kind k, unsigned joint, bool finite, double value);

/* Δ so far, the period under way included. */
struct delta sum_delta(const struct sum *s, int64_t now_seq);

#endif
