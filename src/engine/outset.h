/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each episode began, gathered as it happens, so that a first action far from the arm is
 * explained while it matters: the same numbers in the same order as `policytop explain` reads from
 * the database later. Gathering is the loop thread's, and cheap; explaining takes milliseconds, and
 * is for whoever has them.
 */
#ifndef POLICYTOP_ENGINE_OUTSET_H
#define POLICYTOP_ENGINE_OUTSET_H

#include "audit/explain.h"
#include "model/event.h"
#include "model/verdict.h"

enum { OUTSET_ROWS = 64, OUTSET_TEXT = MESSAGE_BYTES };

/* Statistics that the actions may have been made with, besides the profile's. */
struct outset_stats {
	const struct explain_stats *own;    /* of the policy, NULL: the profile's */
	bool delta;			    /* they are of relative actions */
	const struct explain_stats *others; /* of the other sets on file */
	unsigned nothers;
};

/* What the explanation of one episode needs. */
struct outset_case {
	uint32_t episode;
	enum level alarm;	/* of the check first-action, LEVEL_UNKNOWN: it was quiet */
	bool unplanned;		/* the check stale-chunk says so */
	unsigned steps;		/* rows of actions */
	double arm[MAX_JOINTS]; /* at the first action, NaN unknown */
	double *actions;	/* [OUTSET_ROWS][joints of the profile's actions], owned */
	const struct profile *profile;
	struct outset_stats stats;
};

struct outset;

/*
 * NULL without a profile. stats NULL: nothing but the profile is known. profile and what stats point
 * to must outlive it and every case that it gave.
 */
struct outset *outset_new(const struct profile *profile, const struct outset_stats *stats);
void outset_free(struct outset *o); /* NULL is allowed, here and below */

/* Merged events in order; verdicts as they rise, a step after its verdicts. */
void outset_hello(struct outset *o, const struct hello *h);
void outset_episode(struct outset *o, const struct episode_mark *m, uint32_t number);
void outset_chunk(struct outset *o, const struct chunk *c);
void outset_step(struct outset *o, const struct step *s);
void outset_verdict(struct outset *o, const struct verdict *v);

/* True, once an episode: all is there, *out is the caller's (outset_case_fini). */
bool outset_take(struct outset *o, struct outset_case *out);
void outset_case_fini(struct outset_case *c);

/*
 * Any thread, takes milliseconds. False: there is nothing to say, as with every healthy start. Else
 * text is a sentence for people, and *level how serious it is.
 */
bool outset_explain(const struct outset_case *c, char text[OUTSET_TEXT], enum level *level);

#endif
