/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is told before a source has said what robot there is: a checkpoint that lacks weights, a
 * program that ends with an exception. The run's first record needs the robot, so notes and episode
 * marks wait here, bounded, and are put behind it. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_EARLY_H
#define POLICYTOP_ENGINE_EARLY_H

#include <stdbool.h>

#include "engine/recorder.h"

enum { EARLY_MAX = 64 };

struct early {
	unsigned count; /* what comes when it is full is not kept */
	bool serious;	/* a note of level warn or worse is among them: worth a run of its own */
	struct early_record {
		struct record record;
		struct episode_mark mark;
		char text[512];
	} kept[EARLY_MAX];
};

/* Copies a note or an episode mark; anything else is dropped. */
void early_keep(struct early *e, const struct record *r);

/* Puts them, in order, and forgets them. */
void early_put(struct early *e, struct recorder *r);

#endif
