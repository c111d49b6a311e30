/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merge's inside, shared by merge.c (hellos, steps), merge_chunk.c (chunks), merge_bus.c (what a
 * bus adds to a tick), merge_fit.c (motors whose sign, offset and range are found) and merge_sample.c
 * (values beside the ticks). Loop thread.
 */
#ifndef POLICYTOP_ENGINE_MERGE_INTERNAL_H
#define POLICYTOP_ENGINE_MERGE_INTERNAL_H

#include "engine/attribute.h"
#include "engine/merge.h"
#include "engine/number.h"

enum { MERGE_RECENT = 16 }; /* samples of a bus that are kept */
enum { MERGE_VALUES = VEC_N * MAX_JOINTS };

struct fitting; /* of merge_fit.c */

struct input {
	struct hello *hello;	  /* NULL: not yet */
	uint16_t map[MAX_JOINTS]; /* its joint to the run's; MAX_JOINTS: no room */
	bool same;		  /* map is the identity on all joints of the run */
	bool asked;		  /* delivered asked at least once */
	bool tells;		  /* delivered an episode's start or end */
	unsigned silent;	  /* steps without asked, before the first one with it */
	bool fresh;		  /* said hello again, and no step since */
	bool rereads;		  /* began anew, with what an earlier segment has stored */
	bool catching_up;	  /* and has not come to its end yet */
	int64_t last_seq;	  /* its own, SEQ_UNKNOWN none */
	int64_t last_chunk;	  /* number of its newest, CHUNK_UNKNOWN none */
	struct step *last;	  /* its last step, when it is not the tick's source */
	int64_t period_ns;	  /* measured, 0 unknown */
	struct fitting *fit;	  /* NULL: nothing is to be fitted */
	struct step *recent; /* [MERGE_RECENT], a ring: of a bus that is not the tick's source */
	unsigned recents;
	int64_t heard_ns; /* when it last said anything, once there is hello */
	int64_t taken_ns; /* of the last of recent whose goal a tick has */
	int reads_inside; /* > 0: calls read that bus before they write, < 0: before they begin */
};

/* A tick that waits for what its bus has to say of it. */
struct held {
	struct event ev;
	struct step step;
	bool fresh; /* of its source, when it came */
};

struct merge {
	struct merge_host host;
	struct boundary boundary;
	struct attribute attribute;
	struct input input[ENGINE_SOURCES_MAX];
	struct hello hello;
	uint64_t soft[MAX_JOINTS /
		      64]; /* bit per joint: its unit is a motor's, until another says */
	bool has_tick;
	uint16_t tick;	      /* the source that defines it */
	int64_t tick_last_ns; /* when it last did, TIME_UNKNOWN not yet */
	int heir;	      /* the source that did in the segment before, -1 none */
	int64_t begun_ns;     /* the first step of any source, TIME_UNKNOWN none yet */
	struct number number;
	int64_t chunks; /* so far, of all segments: the next one's number */
	/* Of earlier segments; and of them, those that came once more from who rereads. */
	int64_t chunks_stored, chunks_again;
	int64_t chunk_stored_ns; /* t_ns of the last one of earlier segments, TIME_UNKNOWN none */
	struct step step;
	bool holds;
	struct held *held;
	int64_t tick_before_ns; /* t_ns of the tick before the one that is built, or its done_ns */
	int64_t done_before_ns; /* when the call of the tick before had returned, TIME_UNKNOWN */
	double *actions;	/* a chunk in the run's columns */
	size_t actions_room;
	struct sample_value values[MERGE_VALUES]; /* in the run's columns */
};

/* Its steps are replies of the policy, not ticks. */
bool merge_no_tick(const struct merge *m, uint16_t source);

/* While a source repeats what is stored already; the tick's source knows when that is over. */
bool merge_catching_up(const struct merge *m, uint16_t source);

void merge_chunk(struct merge *m, const struct event *ev);    /* EVENT_CHUNK of a source */
void merge_executed(struct merge *m, const struct event *ev); /* EVENT_EXECUTED of a source */

void merge_sample(struct merge *m, const struct event *ev);	 /* EVENT_SAMPLE of a source */
void merge_sample_step(struct merge *m, const struct event *ev); /* EVENT_STEP of a source */

/* A step of a source that is not the tick's: kept when it is a bus. */
void merge_bus_keep(struct merge *m, const struct event *ev);

/* True: a bus may have more to say of this tick, and it is held (m->held). */
bool merge_bus_hold(struct merge *m, const struct event *ev);

/* While a tick is held: it still is, also after ev. */
bool merge_bus_waits(const struct merge *m, const struct event *ev);

/* When the call of a tick began, as its source says; TIME_UNKNOWN: it does not, or not on this axis. */
int64_t merge_bus_begin(const struct event *ev);

/* While a tick is held: when the call after its own began, as ev says; INT64_MAX: it does not. */
int64_t merge_bus_next(const struct merge *m, const struct event *ev);

/* Puts what buses saw in the tick's call into m->step; next_ns: when the next one began. */
void merge_bus_apply(struct merge *m, const struct event *ev, int64_t next_ns);

void merge_fit_hello(struct input *in);		       /* its joints are to be fitted anew */
void merge_fit_lose(struct merge *m, uint16_t source); /* what it saw means something else now */
void merge_fit_step(struct merge *m, const struct event *ev); /* EVENT_STEP of a source */
void merge_fit_free(struct fitting *f);			      /* NULL is allowed */
/* The step with values as they were fitted; lives until the next call. */
const struct step *merge_fit_apply(struct input *in, const struct step *step);
/* The unit that such a value has. */
enum unit merge_fit_unit(const struct merge *m, const struct input *in, unsigned joint);

/* For attribute_init(); host is the merge. */
void merge_chunk_over(void *host, uint16_t source, const struct executed *x, int64_t t_ns);

#endif
