/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands records to the sink from a thread of its own. Steps, chunks, samples and captured bytes wait in
 * one ring of 8 s, everything else in another, so that a full ring loses steps and never a verdict;
 * numbers keep the common order. Room is given back only after a commit: when the sink fails,
 * what it had not committed is put again, with growing pauses, until it succeeds.
 *
 * All functions are the loop thread's; the writer thread is inside.
 */
#ifndef POLICYTOP_ENGINE_RECORDER_H
#define POLICYTOP_ENGINE_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/record.h"

struct capture_file;
struct recorder;

struct recorder_cfg {
	const struct sink_ops *ops; /* NULL: records are not kept (a capture may still be) */
	void *sink;
	bool threaded;		      /* else the caller's thread does the writing: virtual time */
	int64_t interval_ns;	      /* between commits */
	uint64_t dropped;	      /* by earlier segments of the run */
	bool samples;		      /* RECORD_SAMPLE will come: many and small */
	struct capture_file *capture; /* open, for captured bytes; NULL none */
};

/* NULL with e: no descriptors or no thread. */
struct recorder *recorder_new(const struct recorder_cfg *cfg, struct err *e);
void recorder_free(struct recorder *r); /* NULL is allowed; see recorder_finish() */

/*
 * Makes the ring of steps, chunks and pictures once the run's size is known; before that they are
 * dropped. chunks: a source of it sees chunks.
 */
void recorder_size(struct recorder *r, unsigned joints, double fps, bool chunks);

/* False: no room, dropped and counted (steps by recorder_dropped(), chunks and samples as gaps). */
bool recorder_put(struct recorder *r, const struct record *rec);
void recorder_raw(struct recorder *r, uint16_t source, int direction, int64_t t_ns, const void *p,
		  size_t len);

/* Whether sources that can wait should: over 75 % full. Then space_fd becomes readable later. */
bool recorder_crowded(struct recorder *r);
int recorder_space_fd(const struct recorder *r);
void recorder_space_seen(struct recorder *r); /* makes it unreadable again */

uint64_t recorder_dropped(const struct recorder *r);
int64_t recorder_run(const struct recorder *r); /* number in the store, 0 none yet */

/* True while the sink fails; why is filled then. */
bool recorder_behind(struct recorder *r, struct err *why);

/* True once the capture file could not be written any more. */
bool recorder_capture_failed(struct recorder *r, struct err *why);

/*
 * Writes everything, commits it to the disk and ends the thread. 0, or -errno with e when the sink
 * goes on failing for patience_ns: then what is in the rings is lost.
 */
int recorder_finish(struct recorder *r, int64_t patience_ns, struct err *e);

#endif
