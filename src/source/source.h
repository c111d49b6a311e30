/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Something that delivers events: a stream, a dataset, the simulation. One file and one row in
 * source/table.c add a kind. Loop thread only; no call may block.
 *
 * Life: open, then run again and again, then close (always safe, also after a failed open). The
 * engine calls run() when fd is readable (fd >= 0) or when the time that run() last returned has
 * come (the first call: at once), and not at all while the writer's ring is over 75 % full: such a
 * source just waits. A call too many does no harm.
 */
#ifndef POLICYTOP_SOURCE_SOURCE_H
#define POLICYTOP_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/uri.h"
#include "model/event.h"
#include "source/decoder.h"

struct source;

/* In place of bytes that passed and were not seen, see capture.h. */
enum { RAW_LOST = 2 };
struct raw_lost {
	uint64_t bytes;
	bool whole; /* the next byte begins a message */
};

/* What the engine gives a source. */
struct source_host {
	void *host;
	void (*emit)(void *host, const struct event *ev);
	/*
	 * Bytes as read, for --capture; direction 0 from the device, 1 to it. NULL: no capture.
	 * No bytes (n 0) are a mark: direction 0 the bytes begin anew (a reconnect), 1 they ended.
	 * Direction RAW_LOST + 0 or 1: p is a struct raw_lost, of bytes that were not seen.
	 */
	void (*raw)(void *host, uint16_t source, int direction, int64_t t_ns, const void *p,
		    size_t n);
	/*
	 * What was read up to this time (CLOCK_MONOTONIC), an engine before this one has stored: a
	 * source that can read it again must not tell it again. 0: no engine was before.
	 */
	int64_t told_ns;
	/* The recorder is nearly full: who has room of its own waits a little. NULL: it never is. */
	bool (*crowded)(void *host);
	/*
	 * A device that one program at a time can have may be taken: nobody else needs it now, and
	 * the source is closed before somebody does.
	 */
	bool takes;
};

/* A parameter of the source word, for `list sources`, the man page and the test that checks it. */
struct source_param {
	const char *key, *unit, *fallback, *help; /* unit "" none */
};

struct source_class {
	const char *kind;    /* "dataset" */
	const char *rest;    /* what follows the colon: "PATH", "HOST:PORT", "" */
	const char *summary; /* one line, no full stop, at most 60 characters */
	unsigned facts;	     /* FACT_* it can give at best */
	bool waits;	     /* may be paused (back-pressure); else its newest is dropped */
	const struct decoder_class *decoder; /* of what it captures; NULL: raw: cannot replay it */
	bool rereads; /* opened again it begins anew, with the same step numbers (a file) */
	const struct source_param *params; /* key NULL ends; `prefix` is every source's */
	unsigned slots; /* connections at once, each with an index of its own; 0: one */
	size_t state_size;
	int (*open)(struct source *s, struct uri *u, struct err *e);
	/*
	 * Does what can be done now without blocking, at most some 256 events. Returns the time of
	 * the next call (now_ns: at once; INT64_MAX: when fd is readable), or a negative errno with
	 * s->error filled. After EVENT_END it is not called again.
	 */
	int64_t (*run)(struct source *s, int64_t now_ns);
	void (*close)(struct source *s);
};

struct source {
	const struct source_class *class;
	struct source_host host;
	struct clock *clock;
	uint16_t index; /* in its run */
	uint16_t span;	/* indexes its events use, from index on: class->slots; raw: sets it */
	char prefix[NAME_BYTES]; /* put before joint names */
	char address[128];	 /* what to paste elsewhere (where it listens), "" none */
	int fd;			 /* to watch for reading, or -1; set in open, stays until close */
	struct err error;
	void *state;	     /* class->state_size zeroed bytes */
	uint64_t bad_lines;  /* bytes or lines that could not be understood */
	char first_bad[192]; /* "line 3: no type"; "" none so far */
};

extern const struct source_class *const source_table[]; /* NULL ends */

const struct source_class *source_find(const char *kind);

/* Makes a source from its word. NULL with e filled: unknown kind, bad parameter, cannot open. */
struct source *source_open(const char *word, uint16_t index, const struct source_host *host,
			   struct clock *clock, struct err *e);
void source_close(struct source *s); /* NULL is allowed */

/*
 * The parameter that every source takes, and what it means in a word: dst is "" or what goes before
 * joint names. source_open() does this for s->prefix. 0 or -EINVAL.
 */
extern const struct source_param source_prefix_param;
int source_prefix(char dst[NAME_BYTES], struct uri *u, struct err *e);

/* For classes: emits through the host with the source's index filled in. */
void source_emit(struct source *s, struct event *ev);

/*
 * For classes that make events themselves (dataset:, sim:), with joint names without prefix: writes
 * ev into the capture, if there is one, as a line of the stream protocol, then emits it with the
 * prefix before joint names. ev->t_ns must be set, and be the step's t_ns, too.
 */
void source_deliver(struct source *s, struct event *ev);

/* For classes: emits one line for the events list, at LEVEL_NOTE. */
void source_note(struct source *s, int64_t t_ns, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
