/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The action chunks of a run: which one a step is from and at what place, as the step says, else
 * by the first steps that chunks were announced for; and what one that takes over replaces. Part
 * of what derive.h computes for all checks; owned by the judge, allocates nothing.
 */
#ifndef POLICYTOP_CHECK_PLANS_H
#define POLICYTOP_CHECK_PLANS_H

#include "check/check.h"
#include "model/event.h"

enum { PLANS_KEPT = 6, PLANS_PENDING = 16 };

/* A chunk that was announced and not begun. */
struct plans_pending {
	int64_t seq; /* its first step, SEQ_UNKNOWN: the next one */
	uint64_t id;
};

struct plans {
	bool no_tick;
	/* The newest by id, from 1: id is at [id % PLANS_KEPT]. */
	struct chunk_view plan[PLANS_KEPT];
	uint64_t n;				     /* ever */
	uint64_t at_step;			     /* at the last step */
	uint64_t before;			     /* at the last step of the episode before */
	struct plans_pending pending[PLANS_PENDING]; /* in order of arrival */
	unsigned npending;
	/* Of the last step. */
	uint64_t under_way;	   /* id of its chunk, 0 unknown */
	int64_t number;		   /* of it, CHUNK_UNKNOWN */
	int64_t first_seq;	   /* step of position 0, SEQ_UNKNOWN: no chunk */
	int position;		   /* -1 unknown */
	bool begins;		   /* no step before it was from this chunk */
	int64_t last_seq, skipped; /* steps since then that had no action */
	/* Of the last step; without a tick of the last chunk or its executed. */
	bool has_replan;
	struct replan replan;
	struct executed executed; /* the last told */
	uint64_t replanned;	  /* id of the last that took over */
};

void plans_run(struct plans *p, bool no_tick); /* a new run: forgets everything */
void plans_episode(struct plans *p);

/* Takes a chunk that came at t_ns; warm: not the first of its connection. */
const struct chunk_view *plans_add(struct plans *p, const struct run_view *run,
				   const struct chunk *c, int64_t t_ns, bool warm);
void plans_executed(struct plans *p, const struct executed *x);

/* By id; NULL: none, or forgotten. */
const struct chunk_view *plans_find(const struct plans *p, uint64_t id);

/* A tick without an action: the chunk under way goes on. Another driver: it is over. */
void plans_idle(struct plans *p);
void plans_break(struct plans *p);

void plans_step(struct plans *p, const struct step *s);

#endif
