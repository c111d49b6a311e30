/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures that preflight sees beside those of training: which camera is which, and how it hangs.
 * Owned by its struct inspect_live; main thread.
 */
#ifndef POLICYTOP_PREFLIGHT_INSPECT_LOOK_H
#define POLICYTOP_PREFLIGHT_INSPECT_LOOK_H

#include "model/event.h"
#include "vision/lineup.h"

struct inspect_look;

/* NULL: training has no pictures, there is nothing to compare with. profile must outlive it. */
struct inspect_look *inspect_look_new(const struct profile *profile);
void inspect_look_free(struct inspect_look *l); /* NULL is allowed, as in what follows */

/* A new look: what was seen before is no second of pictures any more. */
void inspect_look_again(struct inspect_look *l);

/* Measured joints of all arms, for cameras that are told by whose arm moves; NaN unknown. */
void inspect_look_step(struct inspect_look *l, const struct joint *joint, const double *value,
		       unsigned n, int64_t t_ns);
void inspect_look_frame(struct inspect_look *l, const struct frame *f, int64_t t_ns);

/* Whether there was a second of pictures of this camera. */
bool inspect_look_has(const struct inspect_look *l, const char *role);

/* Judges all that have enough pictures, once all are in. */
void inspect_look_judge(struct inspect_look *l);

/* The answer about a camera; NULL: not judged. */
const struct lineup_answer *inspect_look_answer(const struct inspect_look *l, const char *role);

#endif
