/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an action chunk lies far from the arm: what it would take to bring it there. Every mistake
 * that deployments make is undone once, and the one that lands at the arm, inside the training
 * range and as lively as training, with the fewest operations, is named; or two that do as well, or
 * none. Pure.
 */
#ifndef POLICYTOP_AUDIT_EXPLAIN_H
#define POLICYTOP_AUDIT_EXPLAIN_H

#include "audit/figures.h"

enum explain_kind {
	EXPLAIN_UNKNOWN, /* cannot be judged: see why */
	EXPLAIN_NEAR,	 /* nothing is far, nothing to explain */
	EXPLAIN_NONE,	 /* far, and nothing fits */
	EXPLAIN_NO_RESET,
	EXPLAIN_ARM_AWAY, /* the arm is where training never started, the chunk is not */
	EXPLAIN_TWICE,	  /* un-normalised once too often */
	EXPLAIN_MISSING,  /* not un-normalised */
	EXPLAIN_MODE,	  /* by another mode than the policy's */
	EXPLAIN_OTHER_SET,
	EXPLAIN_DEGREES, /* in degrees where training has radians */
	EXPLAIN_RADIANS,
	EXPLAIN_GRIPPER_SMALL, /* a gripper 100 times too small */
	EXPLAIN_GRIPPER_LARGE,
	EXPLAIN_EXCHANGED,
	EXPLAIN_SIGN,
	EXPLAIN_SHRUNK, /* all of it shrunk to the training mean */
	EXPLAIN_DELTA,	/* relative actions sent as absolute ones */
	EXPLAIN_KINDS,
};
const char *explain_word(enum explain_kind k); /* stable: "unnormalised-twice" */

/* Statistics to normalise by; NaN where a figure is not known. */
struct explain_stats {
	const char *name;    /* of the set */
	enum norm_mode mode; /* NORM_UNKNOWN: any that there are figures for */
	struct figures f;    /* of the profile's action joints, in their order */
	double q01[MAX_JOINTS], q99[MAX_JOINTS];
};

struct explain_case {
	const struct profile *profile;	 /* its action joints are the order of all arrays */
	const struct explain_stats *own; /* the policy's, NULL: those of the profile */
	const struct explain_stats *others;
	unsigned nothers;
	bool delta;	     /* own are statistics of relative actions */
	bool start;	     /* the first chunk of an episode */
	bool unplanned;	     /* asked for before any chunk of its episode */
	const double *chunk; /* [steps][joints]; NaN unknown */
	unsigned steps;	     /* 1: only an action is known */
	const double *arm;   /* [joints], where it is; NaN unknown */
};

/* Where a chunk lies. */
struct explain_distance {
	double arm;	/* largest distance of the first action, in the common unit */
	unsigned joint; /* of it */
	double ratio;	/* largest distance, in what training has at most */
	double excess;	/* furthest beyond the training range, in its span */
	double cost;	/* 0 best */
};

struct explanation {
	enum explain_kind kind, rival;	 /* rival: of `ambiguous`, else the next best, NONE: none */
	bool ambiguous;			 /* cannot tell kind from rival */
	unsigned a, b, rival_a, rival_b; /* joints of EXCHANGED and SIGN */
	int other, rival_other;		 /* index into others, -1 none */
	double factor;			 /* of EXPLAIN_SHRUNK */
	struct explain_distance before, after;
	double lead;	/* the next's cost in those of this one, NaN: there is no next */
	enum unit unit; /* of the distances */
	char why[160];	/* of EXPLAIN_UNKNOWN and NO_RESET */
};

void explain_chunk(struct explanation *x, const struct explain_case *c);

/* The profile's own statistics, in its action order. */
void explain_stats_of(struct explain_stats *s, const struct profile *p);

/* One sentence about what was found, with its numbers. */
void explain_sentence(char *dst, size_t size, const struct explanation *x,
		      const struct explain_case *c);

#endif
