/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that explains how episodes began, so that the loop, which stamps the times of steps,
 * never waits for it. All calls from the loop thread; none blocks but the end.
 */
#ifndef POLICYTOP_ENGINE_EXPLAINER_H
#define POLICYTOP_ENGINE_EXPLAINER_H

#include "base/err.h"
#include "engine/outset.h"

struct explainer;

struct explainer_answer {
	uint32_t episode;
	enum level level;
	char text[OUTSET_TEXT];
};

struct explainer *explainer_new(struct err *e); /* NULL with e: no thread, no descriptor */
void explainer_free(struct explainer *x); /* ends it after the case at hand; NULL is allowed */

int explainer_fd(const struct explainer *x); /* readable when there is an answer */

/* Takes the case over. False: too many wait already, and it is dropped. */
bool explainer_give(struct explainer *x, struct outset_case *c);

/* The next answer; cases with nothing to say have none. False: none yet. */
bool explainer_answer(struct explainer *x, struct explainer_answer *out);

/* Waits until all that was given is answered: at the end of a run. */
void explainer_finish(struct explainer *x);

#endif
