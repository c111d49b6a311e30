/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which chunk, and which position in it, an executed action came from, and how much of a chunk was
 * executed once it is over. What a source says counts; then the step numbers that it gives its
 * chunks; else what was asked is looked for in the newest chunks, exactly, then within the rounding
 * of a 32-bit float. What is found in none of them is unknown, and so then is how much was executed
 * of the chunks that it may be from. Part of the merge; pure state, deterministic; loop thread.
 */
#ifndef POLICYTOP_ENGINE_ATTRIBUTE_H
#define POLICYTOP_ENGINE_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"

enum {
	ATTRIBUTE_CHUNKS = 4,	  /* the newest, that are looked at */
	ATTRIBUTE_HORIZON = 4096, /* at most */
};

struct planned {
	int64_t number; /* CHUNK_UNKNOWN: none is here */
	int64_t seq;	/* its first step, SEQ_UNKNOWN */
	uint16_t source;
	unsigned horizon, dims;
	double *actions; /* [horizon][dims] in the run's columns */
	size_t room;
	uint64_t done[ATTRIBUTE_HORIZON / 64]; /* bit per position: executed */
	unsigned steps;			       /* how many of them */
	int64_t told;			       /* steps as told, -1 not yet */
	bool doubt; /* steps in its time are from nowhere: steps is not known */
	bool stale; /* from before the episode or the policy's reset */
};

struct attribute {
	void *host;
	void (*over)(void *host, uint16_t source, const struct executed *x, int64_t t_ns);
	struct planned plan[ATTRIBUTE_CHUNKS]; /* chunk n at n % ATTRIBUTE_CHUNKS */
	int64_t newest, current;	       /* numbers; current: executed last */
	int64_t at, seq;		       /* position and step number of that */
};

void attribute_init(struct attribute *a, void *host,
		    void (*over)(void *host, uint16_t source, const struct executed *x,
				 int64_t t_ns));
void attribute_fini(struct attribute *a);

/* A new chunk of the merge: number, seq and columns of the run; at most ATTRIBUTE_HORIZON. */
void attribute_chunk(struct attribute *a, uint16_t source, const struct chunk *c, int64_t t_ns);

/*
 * The next step of the run. s->position is what its source says, s->chunk the newest of it then;
 * else both come out set, or unknown. Chunks that are over with it are told first.
 */
void attribute_step(struct attribute *a, struct step *s, int64_t t_ns);

/* The episode ended: what was executed of its chunks is told (again, should one be used later). */
void attribute_episode_end(struct attribute *a, int64_t t_ns);

/* The policy was reset: chunks from before are believed only when what was asked is in them. */
void attribute_reset(struct attribute *a);

/* The run ends: every chunk is over. */
void attribute_end(struct attribute *a, int64_t t_ns);

/* Steps were found to be from this chunk. */
bool attribute_knows(const struct attribute *a, int64_t number);

#endif
