/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that explain a chunk; nobody else includes it. */
#ifndef POLICYTOP_AUDIT_EXPLAIN_IMPL_H
#define POLICYTOP_AUDIT_EXPLAIN_IMPL_H

#include "audit/explain.h"

enum { EXPLAIN_STEPS = 20, EXPLAIN_FITS_MAX = 64 };

/* What is known of each action joint, worked out once. */
struct explain_joint {
	bool moves;    /* in training */
	bool position; /* its action lies near the state of its name */
	bool hand;
	bool common;		      /* has the unit that most have */
	double reach;		      /* largest distance to the arm that training had */
	double low, high, span, step; /* of training actions; largest change a step */
};

struct explain_bench {
	const struct explain_case *c;
	struct explain_stats own;
	unsigned n, steps;
	struct explain_joint joint[MAX_JOINTS];
	bool far[MAX_JOINTS];
	double *made; /* [steps][n]: a candidate */
};

struct explain_fit {
	enum explain_kind kind;
	unsigned a, b;
	int other;
	double factor, operations;
	struct explain_distance at;
};

struct explain_fits {
	unsigned n;
	struct explain_fit fit[EXPLAIN_FITS_MAX];
};

/* explain_measure.c */
void explain_joints(struct explain_bench *b);
void explain_measure(struct explain_distance *d, const struct explain_bench *b,
		     const double *chunk);
/* Marks joints of the case's chunk that lie far; any? */
bool explain_mark_far(struct explain_bench *b, const struct explain_distance *d);
/* At the arm, in range, no faster than training and as lively? */
bool explain_fits(const struct explain_bench *b, const double *chunk,
		  const struct explain_distance *d);
/* Training opened every gripper by now; one here is hardly off 0: its joint, or -1. */
int explain_idle_gripper(const struct explain_bench *b);
/* Starts where training never did, by the arm's states. */
bool explain_arm_away(const struct explain_bench *b);

/* explain_try.c */
/* A hundred times the grippers' values: the one that is idle then is as training's. */
bool explain_idle_is_small(struct explain_bench *b);
void explain_try_all(struct explain_fits *f, struct explain_bench *b);

#endif
