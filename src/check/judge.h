/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives the checks: takes the merged events of a run, derives once what the checks share (Δ on
 * the training grid, seams, elapsed time, gripper state), calls every applicable check, and turns
 * what they find into latched verdicts. Deterministic: the same events give the same verdicts.
 * Owned by the engine (or a test, or the bench); one thread; allocates only in judge_new().
 */
#ifndef POLICYTOP_CHECK_JUDGE_H
#define POLICYTOP_CHECK_JUDGE_H

#include <stddef.h>

#include "model/event.h"
#include "model/profile.h"
#include "model/verdict.h"

struct judge;

struct judge_host {
	void *host;
	void (*verdict)(void *host, const struct verdict *v);
};

/* profile may be NULL (checks that need one are not applicable); it must outlive the judge. */
struct judge *judge_new(const struct profile *profile, const struct judge_host *host);
void judge_free(struct judge *j);

/*
 * Feeds one merged event: EVENT_HELLO first (the joints of the run, fps, facts), then episodes,
 * steps (with seq and episode set), chunks, resets. Steps of another driver than policy or unknown
 * enter no behaviour check.
 */
void judge_feed(struct judge *j, const struct event *ev);

/* The state of every check, in table order, for the screen. Returns how many were filled. */
size_t judge_status(const struct judge *j, struct check_status *out, size_t max);

/* Worst level of any verdict so far; without one OK once a check was applied to a step. */
enum level judge_worst(const struct judge *j);

/* Index of the training joint for a joint of the run, -1 unmatched; which: VEC_ASKED or VEC_SEEN. */
int judge_match(const struct judge *j, unsigned joint, enum vec_kind which);

/*
 * Which camera of training the pictures of c->name look like, by an answer of the last 5 s before
 * t_ns: fills is ("unknown": none of them; "": cannot tell), method and margin. Left as they are
 * where there is no such answer, or a source told more.
 */
void judge_identify(const struct judge *j, int64_t t_ns, struct camera *c);

#endif
