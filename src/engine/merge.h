/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several sources become one run: the union of their joints in order of arrival, policy ticks
 * defined by the source that sees actions, the others sampled (unknown after two of their periods;
 * of a bus what was written in the tick's own call, for which the tick waits 20 ms at most), one
 * sequence of step numbers that never goes back, and episodes. Deterministic. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_MERGE_H
#define POLICYTOP_ENGINE_MERGE_H

#include "engine/boundary.h"
#include "engine/engine.h"

struct merge_host {
	void *host;
	/*
	 * Merged events in order: HELLO of the union (again when it changed), EPISODE, STEP with
	 * seq, episode, chunk and position set, CHUNK with number, seq and columns of the run,
	 * EXECUTED of a chunk by its number (again when more of it was), EXCHANGE, FRAME, CAMERA,
	 * MOTOR, BUS, SAMPLE in the columns of the run, RESET, NOTE, GAP.
	 * merge_episode() is then the number they belong to.
	 */
	void (*out)(void *host, const struct event *ev);
	bool samples; /* SAMPLE is wanted: each value of each source, at its own time */
};

struct merge;

/* rereads: bit per source that starts from its beginning again when it is opened again. */
struct merge *merge_new(const struct merge_host *host, const struct resume_point *resume,
			unsigned rereads);
void merge_free(struct merge *m);

/* One event of a source; EVENT_END is ignored. */
void merge_feed(struct merge *m, const struct event *ev);

/* The run ends, why: closes the episode under way, tells a gap that no step has told. */
void merge_end(struct merge *m, const char *why, int64_t t_ns);

struct boundary *merge_boundary(struct merge *m);	/* for the operator, and to look at */
const struct hello *merge_hello(const struct merge *m); /* joints 0: none yet */
int64_t merge_last_seq(const struct merge *m);		/* SEQ_UNKNOWN before the first step */
int64_t merge_chunks(const struct merge *m);		/* so far, of all segments */
int64_t merge_seq_offset(const struct merge *m);	/* of the last step, see resume_point */
uint16_t merge_tick_source(const struct merge *m);

#endif
