/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One episode in memory, to be judged again and again: from a labelled rollout, a dataset or the
 * simulation, as it was or with something injected.
 */
#ifndef POLICYTOP_TESTS_BENCH_TAPE_H
#define POLICYTOP_TESTS_BENCH_TAPE_H

#include "check/judge.h"
#include "training/episodes.h"

enum { TAPE_STEPS = 4096, TAPE_CHUNKS = 1024, TAPE_CODES = 64 };

struct tape {
	struct hello hello;
	unsigned nsteps, nchunks;
	struct step step[TAPE_STEPS];
	char task[TASK_BYTES]; /* of the episode */
	/* By first step, ascending; their actions are at[i] of actions, NULL there are none. */
	struct chunk chunk[TAPE_CHUNKS];
	size_t at[TAPE_CHUNKS], used, room;
	double *actions; /* owned */
	enum outcome outcome;
};

/* Announces a chunk without actions for the steps from seq on. */
void tape_add_chunk(struct tape *t, int64_t seq);

/* Takes the actions of n steps away. */
void tape_idle(struct tape *t, unsigned from, unsigned n);

/* What the judge said about a tape, by index into check_table. */
struct heard {
	enum level level[TAPE_CODES];
	int64_t warn_seq[TAPE_CODES]; /* of the first warn or fail, SEQ_UNKNOWN none */
	bool judged[TAPE_CODES];      /* applicable, with a value */
	char message[MESSAGE_BYTES];  /* of the worst */
	enum level worst;
};

struct tape *tape_new(void);
void tape_free(struct tape *t);
void tape_copy(struct tape *to, const struct tape *from);

/* Index of a code in check_table; TAPE_CODES: no such code. */
unsigned tape_code(const char *name);

/* Reads a gzipped stream of one episode. 0 or -errno with e. */
int tape_read_gz(struct tape *t, const char *path, struct err *e);

/* Episode i of a dataset: seen and asked, no chunks. */
void tape_from_episode(struct tape *t, const struct episodes *e, size_t i);

bool tape_is_seam(const struct tape *t, unsigned step);

void tape_play(const struct tape *t, const struct profile *p, struct heard *out);

/* n episodes of the simulated teacher as a training set. */
void tape_sim_episodes(struct episodes *e, unsigned n, uint64_t seed);

/* Plays n healthy simulated episodes and counts those with at least a level. */
struct tally {
	unsigned n, note, warn, fail;
	unsigned by_code[TAPE_CODES]; /* episodes with a warn or fail of the code */
	unsigned fail_by_code[TAPE_CODES];
	unsigned judged_by_code[TAPE_CODES];
};
void tally_add(struct tally *y, const struct heard *h);
void tape_play_sim(const struct profile *p, unsigned n, uint64_t seed, struct tally *out);

#endif
