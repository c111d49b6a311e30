/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by scan*.c; nobody else includes it. */
#ifndef POLICYTOP_TRAINING_SCAN_IMPL_H
#define POLICYTOP_TRAINING_SCAN_IMPL_H

#include "training/scan.h"

enum { SCAN_RECENT = 16 };

/* Takes the frames of one episode after the other. */
struct scanner {
	struct scan *s;
	double next_s; /* when the next picture is wanted */
	unsigned recent, at;
	double recent_s[SCAN_RECENT];
	struct view view[SCAN_RECENT];
};

void scanner_begin(struct scanner *r, struct scan *s);

/* A frame with a thumbnail; t_s since the start of the episode, rising. */
void scanner_take(struct scanner *r, unsigned episode, double t_s, const struct frame *f);

/* The episode is over. */
void scanner_next(struct scanner *r);

#endif
