/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: takes events from sources, merges them into policy ticks, has them judged, hands
 * them to a sink from a thread of its own, and serves viewers over the control socket.
 *
 * engine_run() is the process: one epoll loop in the calling thread, which must be the only one.
 * engine_run_virtual() is the same core on virtual time, without sockets, threads or sleeping.
 */
#ifndef POLICYTOP_ENGINE_ENGINE_H
#define POLICYTOP_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/profile.h"
#include "model/record.h"

enum { ENGINE_SOURCES_MAX = 16 };

/* An open source, for the line that says the engine is ready. */
struct engine_source {
	const char *word;
	const char *address; /* what to paste elsewhere (where it listens), "" none */
};

struct outset_stats; /* engine/outset.h */
struct control_host; /* engine/control.h: snapshot, history, thumb and reference are set */

/* Texts and arrays are the caller's and must outlive the run. */
struct engine_cfg {
	const char *rig; /* names lock, socket and run; NULL or "": none of the first two */
	const char *const *source;
	unsigned sources;
	const struct profile *profile;	  /* NULL none */
	const struct outset_stats *stats; /* to explain first actions by; NULL: the profile's */
	const struct sink_ops *sink;	  /* NULL: nothing is recorded */
	void *sink_state;
	struct resume_point resume; /* run 0: a new run */
	const char *capture;	    /* file to write what sources read; NULL none */
	const char *log;	    /* file for a background engine's log; NULL none */
	int64_t steps;		    /* end after so many, of all segments; 0: no limit */
	double seconds;		    /* end after so long; 0: no limit */
	bool full_rate;		    /* keep each value at its own time, too: RECORD_SAMPLE */
	bool slow_disk;		    /* commit every second instead of every 250 ms */
	/* Called once, when every source is open and the socket listens. NULL is allowed. */
	void (*ready)(void *host, const struct engine_source *source, unsigned sources);
	/* Every verdict as it rises. NULL is allowed. */
	void (*verdict)(void *host, const struct verdict *v);
	/* On virtual time: once at the end, while a viewer could still ask. NULL is allowed. */
	void (*last)(void *host, const struct control_host *now);
	void *host;
};

struct engine_result {
	int64_t run;		      /* number in the store, 0: none */
	uint64_t steps, dropped;      /* of the run: all segments */
	uint32_t episodes, segment;   /* of the run: how many; which one this was, from 1 */
	uint64_t chunks;	      /* of the run */
	uint64_t notes, warns, fails; /* verdicts of this segment by level */
	enum level worst;
	/* Joints of the run, and those that nothing in the profile is compared with. */
	unsigned joints, unmatched;
	bool stopped;	    /* by signal or request, not by its sources */
	struct err failed;  /* of the first source that broke; code 0: none did */
	uint64_t bad_lines; /* of all sources, in this segment: lines not understood */
	char bad_line[256]; /* the first of them: source, number and reason; "" none */
	struct err unsaved; /* the sink failed to the end; code 0: all is stored */
};

/*
 * Runs until the sources end, a limit is reached, SIGINT, SIGTERM, or a request to stop. 0 with
 * *out filled; -errno with e when it cannot start: EBUSY an engine of this rig runs (its pid is
 * said), or the error of a source.
 */
int engine_run(const struct engine_cfg *cfg, struct engine_result *out, struct err *e);

/*
 * The same on virtual time from 0 to cfg->seconds (must be > 0 unless the sources end), as fast as
 * it can; sources that need a descriptor are refused (ENOTSUP). rig, log and capture are ignored.
 */
int engine_run_virtual(const struct engine_cfg *cfg, struct engine_result *out, struct err *e);

#endif
