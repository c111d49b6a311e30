/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last 8 s of every joint as least and largest value per bucket of time: bounded however fast
 * the steps come. Time is the step axis. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_HISTORY_H
#define POLICYTOP_ENGINE_HISTORY_H

#include "model/step.h"
#include "view/snapshot.h"

struct history_ring;

struct history_ring *history_new(unsigned joints);
void history_free(struct history_ring *h); /* NULL is allowed */

void history_add(struct history_ring *h, const struct step *s);

/*
 * Fills columns 0..columns of out with the last span_s (at most 8) before end_ns; got is what the
 * encoders say, else the seen state. The plan is left alone. False: no such joint.
 */
bool history_read(const struct history_ring *h, unsigned joint, unsigned columns, double span_s,
		  int64_t end_ns, struct history *out);

#endif
