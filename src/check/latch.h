/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debounce, latches and rate limits of all checks, in one place. A latch belongs to one code and
 * subject: its level rises with what is found and falls back (re-arms) when nothing was found for
 * LATCH_REARM_S or a new episode begins. Only a rise is a verdict. Plain data.
 */
#ifndef POLICYTOP_CHECK_LATCH_H
#define POLICYTOP_CHECK_LATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "model/verdict.h"

#define LATCH_REARM_S 5.0

enum {
	LATCH_LEVELS = LEVEL_FAIL + 1,
	LATCH_ROWS_PER_S = 4, /* rises of one code in a second; a worse level always passes */
};

struct latch {
	enum level level; /* LEVEL_UNKNOWN: at rest */
	double last_s;	  /* elapsed time of the last finding */
	struct {
		uint32_t index, run; /* step that showed this level last; how many in a row */
	} held[LATCH_LEVELS];
};

/* Rows that one code may still write. */
struct latch_rate {
	double second; /* start of the second that is counted */
	unsigned rows;
	enum level worst;
};

/*
 * Takes a finding of level at step index (of the episode) and time elapsed_s. True: the latch rose
 * to l->level, which is a verdict. debounce: steps in a row that must show the level.
 */
bool latch_find(struct latch *l, struct latch_rate *rate, enum level level, unsigned debounce,
		uint32_t index, double elapsed_s);

/* The level that still stands at elapsed_s, LEVEL_UNKNOWN at rest. */
enum level latch_level(const struct latch *l, double elapsed_s);

#endif
