/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The open sources of a run: called when it is their time or their descriptor is ready, paused
 * while the recorder is crowded if they can wait, and shown to viewers. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_FEEDS_H
#define POLICYTOP_ENGINE_FEEDS_H

#include "base/loop.h"
#include "engine/engine.h"
#include "source/source.h"
#include "view/snapshot.h"

struct feeds_host {
	void *host;
	void (*event)(void *host, const struct event *ev);
	void (*raw)(void *host, uint16_t source, int direction, int64_t t_ns, const void *p,
		    size_t n); /* NULL: no capture */
	bool (*crowded)(void *host);
	int64_t told_ns;				 /* see struct source_host */
	void (*failed)(void *host, const struct err *e); /* a source that ends so */
	void (*all_ended)(void *host);
};

struct feed {
	struct feeds *feeds;
	struct source *source;
	const char *word;
	struct loop_timer timer;
	bool ended, paused, watched;
	struct err error; /* why it ended; code 0: in order */
	unsigned facts;	  /* really given */
	bool heard;	  /* at least one event came */
};

struct feeds {
	struct feeds_host host;
	struct clock *clock;
	struct loop *loop; /* NULL on virtual time */
	unsigned count;
	struct feed feed[ENGINE_SOURCES_MAX];
};

/* Opens every source. 0, or -errno with e: of the first that cannot be opened; close anyway. */
int feeds_open(struct feeds *f, const char *const *word, unsigned words,
	       const struct feeds_host *host, struct clock *clock, struct err *e);

/* The word of every source index: one with slots has several. out: [ENGINE_SOURCES_MAX]. */
unsigned feeds_words(const char **out, const char *const *word, unsigned words);
int feeds_start(struct feeds *f, struct loop *loop, struct err *e); /* on real time */
void feeds_close(struct feeds *f);

unsigned feeds_rereads(const struct feeds *f); /* bit per source index, see merge.h */
bool feeds_held(const struct feeds *f);	       /* all that goes on waits for the recorder */
void feeds_resume(struct feeds *f);	       /* there is room again */
void feeds_tell_ready(const struct feeds *f, const struct engine_cfg *cfg);
void feeds_bad(const struct feeds *f, struct engine_result *out); /* its lines not understood */
void feeds_show(const struct feeds *f, struct snapshot *out);

/*
 * On virtual time, in steps: runs what is due at the clock's time, returns when the next is due
 * (INT64_MAX: every source ended).
 */
int64_t feeds_run_due(struct feeds *f);

#endif
