/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run's step numbers: those of the source that makes the tick, plus an offset that keeps them
 * growing when that source begins anew; counted when it has none. Part of the merge; pure state.
 */
#ifndef POLICYTOP_ENGINE_NUMBER_H
#define POLICYTOP_ENGINE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

struct number {
	int64_t last;		       /* of the run so far, SEQ_UNKNOWN none */
	int64_t offset;		       /* added to the source's numbers */
	int64_t stored, stored_offset; /* the same where the segments before left off */
	bool rereading;		       /* counts once more what is stored already */
	bool restarted;		       /* and the gap of that is not yet told */
	uint32_t segments;
};

/* A hole before a step. */
struct number_gap {
	bool is;
	int64_t lost; /* -1 unknown */
	char why[96];
};

void number_init(struct number *n, const struct resume_point *resume);

/* Whether a number of a source can be one: larger ones would overflow. */
bool number_usable(int64_t seq);

/* The run's number of the next step; seq: the source's own. fresh: it was connected again. */
int64_t number_step(struct number *n, int64_t seq, bool fresh, struct number_gap *gap);

/*
 * The same for a step of a source that reads from its beginning again: counts as the segments
 * before have counted, so that every step gets the number it had. True: it is stored already;
 * false: number_step() has its number. *done: the next one is not stored.
 */
bool number_again(struct number *n, int64_t seq, bool *done);

/* Another source makes the tick from now on, and seq is its next number: the run's go on. */
void number_hand_over(struct number *n, int64_t seq);

/* The run's number for a source's number of a step to come; SEQ_UNKNOWN stays. */
int64_t number_ahead(const struct number *n, int64_t seq, bool fresh);

/* The same while number_again() counts. */
int64_t number_ahead_again(const struct number *n, int64_t seq);

#endif
