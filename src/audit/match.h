/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which data a checkpoint's statistics were made of: this training set's as it is, a part of it,
 * the same after something was done to it once too often or not at all, or another's. Pure.
 *
 * Exact first: LeRobot stores a set's statistics unchanged, so that a healthy pair agrees to 1e-5
 * deviations; 2e-3 in every joint names what was done. Only then what the spread of the episodes
 * allows for a part of the set. What changes no statistics (a mode, an un-normalising that is done
 * twice while running) cannot be seen here.
 */
#ifndef POLICYTOP_AUDIT_MATCH_H
#define POLICYTOP_AUDIT_MATCH_H

#include "audit/figures.h"

enum match_kind {
	MATCH_UNKNOWN,	       /* cannot tell: nothing fits */
	MATCH_SAME,	       /* the statistics of this data */
	MATCH_NEAR,	       /* of a part or an edited version of it */
	MATCH_TOO_FEW,	       /* not exact, and too few episodes to judge */
	MATCH_IDENTITY,	       /* mean 0 and std 1: they change nothing */
	MATCH_MADE_NORMALISED, /* made of data that was normalised before */
	MATCH_DATA_NORMALISED, /* the data on file is normalised, the statistics are of raw data */
	MATCH_MADE_TWICE,      /* made of data that was un-normalised twice */
	MATCH_DATA_TWICE,      /* the data on file was un-normalised twice */
	MATCH_GRIPPER_LARGE,   /* the statistics' gripper is 100 times the data's */
	MATCH_GRIPPER_SMALL,
	MATCH_DEGREES, /* statistics in degrees, data in radians */
	MATCH_RADIANS,
	MATCH_HALF_RANGE, /* std holds half the range */
	MATCH_EXCHANGED,  /* two joints: a, b */
	MATCH_HALVES,	  /* the two halves of the vector */
	MATCH_ORDER,	  /* some other order of three or more joints: a has those of b */
	MATCH_SIGN,	  /* of joint a */
	MATCH_SIGNS,	  /* of more than one, a among them */
	MATCH_SCALES,	  /* each joint has a scale of its own */
	MATCH_OTHER_SET,  /* exactly those of another set that is on file */
	MATCH_FOREIGN,	  /* plausible for these joints, but not of this data */
	MATCH_AMBIGUOUS,  /* this or rival: cannot tell */
	MATCH_KINDS,
};
const char *match_word(enum match_kind k); /* stable: "as-trained", "exchanged" */

struct match_named {
	enum match_kind kind;
	unsigned a, b; /* joints of it, where it is about some */
};

struct match {
	struct match_named what, rival; /* AMBIGUOUS: what is first of the two; rival the second */
	bool ambiguous;
	bool exact;
	char how[80];		/* how the data was counted */
	char other[NAME_BYTES]; /* the set of MATCH_OTHER_SET */
	unsigned judged;	/* joints that move in the data */
	double worst;		/* largest deviation from the data as it is, in its std */
	unsigned worst_joint;
};

struct match_other {
	const char *name;
	const struct figures *figures; /* of the same joints */
};

struct match_case {
	const struct figures *stats;	    /* the checkpoint's; may be longer: padded */
	const struct measured *const *data; /* ways of counting; the first is as recorded */
	unsigned ndata;
	unsigned stats_episodes; /* that they were made of; 0 unknown */
	const bool *hand;	 /* [joints] is a gripper or of a hand; NULL: none */
	const struct match_other *others;
	unsigned nothers;
};

void match_stats(struct match *m, const struct match_case *c);

#endif
