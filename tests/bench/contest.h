/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tap costs: the same exchange directly, through the plainest forwarder and through the tap,
 * in turns, so that all three meet the same machine. First the medians; then the worst thousandth,
 * while the engine behind the tap is killed every 1.6 s and while it is not, these in turns, too.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum contest_way { WAY_DIRECT, WAY_FORWARDER, WAY_TAP, WAYS };

struct contest {
	void *user; /* for both calls */
	/* One request and its reply; the time between them, which it measures itself, in ns. */
	int64_t (*exchange)(void *user, enum contest_way way);
	/* Kills the engine and starts another. */
	void (*restart)(void *user);
	const char *title;	   /* begins the line of medians */
	const char *limit;	   /* what they may be, in words */
	double noise_us;	   /* a direct p99 above this: the machine is busy */
	unsigned rounds, pause_us; /* of the medians; the pause is before each exchange */
	unsigned long_rounds;	   /* with kills and as many without; a multiple of block_rounds */
	unsigned block_rounds;	   /* of one kind in a row; must last longer than 1.6 s */
	unsigned long_pause_us;
};

/*
 * Runs all of c and prints its figures: again, up to five and three times, while the machine is too
 * busy for them to mean something, which is then said.
 */
void contest_run(const struct contest *c);
