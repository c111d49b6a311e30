/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to an event, in one place for real and virtual time: merge, record, judge, show.
 * No descriptors, no waiting. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_CORE_H
#define POLICYTOP_ENGINE_CORE_H

#include "engine/early.h"
#include "engine/engine.h"
#include "engine/eyes.h"
#include "engine/live.h"
#include "engine/merge.h"
#include "engine/outset.h"
#include "engine/recorder.h"

/* Who else wants to know at once: the control socket and the log. */
struct core_host {
	void *host;
	void (*verdict)(void *host, const struct verdict *v);
	void (*note)(void *host, enum level level, const char *text);
	/*
	 * Takes an episode's begin over and explains it elsewhere: core_explained() tells what came
	 * of it. NULL: it is explained at once.
	 */
	void (*explain)(void *host, struct outset_case *c);
};

struct core {
	const struct engine_cfg *cfg;
	struct clock *clock;
	struct core_host host;
	struct merge *merge;
	struct judge *judge;
	struct live *live;
	struct outset *outset;	   /* NULL: no profile */
	struct recorder *recorder; /* the caller's */
	bool begun;		   /* the run has its first record */
	struct early early;	   /* what came before that */
	bool full;		   /* cfg->steps are reached: nothing more is taken */
	struct eyes eyes;	   /* cameras: what of them is recorded */
	int64_t offset;		   /* of step numbers, as recorded */
	struct run_info info;
	const char *word[ENGINE_SOURCES_MAX]; /* of info: by source index */
	struct engine_result result;
};

/* recorder and clock must outlive the core. rereads: see merge.h. */
void core_init(struct core *c, const struct engine_cfg *cfg, struct recorder *recorder,
	       struct clock *clock, unsigned rereads);
void core_fini(struct core *c);

void core_feed(struct core *c, const struct event *ev); /* one event of a source */
void core_note(struct core *c, enum level level, const char *text);
/* Why an episode's first action lies far from the arm, as outset_explain() says it. */
void core_explained(struct core *c, uint32_t episode, enum level level, const char *text);
void core_clock_pair(struct core *c); /* records both clocks; once a minute */

/* Closes the run's records; then the recorder may be finished, and then the result be taken. */
void core_end(struct core *c, const char *why);
void core_result(struct core *c, struct engine_result *out);

#endif
