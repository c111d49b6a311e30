/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Something that delivers events: a stream, a dataset, the simulation. One file and one row in
 * source/table.c add a kind. Loop thread only; no call may block.
 *
 * Life: open, then run again and again, then close (always safe, also after a failed open). The
 * engine calls run() when fd is readable (fd >= 0) or when the time that run() last returned has
 * come, and not at all while the writer's ring is over 75 % full: such a source just waits.
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

struct source;

/* What the engine gives a source. */
struct source_host {
	void *host;
	void (*emit)(void *host, const struct event *ev);
	/* Bytes as read, for --capture; direction 0 from the device, 1 to it. NULL: no capture. */
	void (*raw)(void *host, uint16_t source, int direction, int64_t t_ns, const void *p,
		    size_t n);
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
	const struct source_param *params; /* key NULL ends; `prefix` is every source's */
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
	uint16_t index;		 /* in its run */
	char prefix[NAME_BYTES]; /* put before joint names */
	int fd;			 /* to watch for reading, or -1 */
	bool wants_write;	 /* a connect is under way: watch for writing instead */
	struct err error;
	void *state;	    /* class->state_size zeroed bytes */
	uint64_t bad_lines; /* bytes or lines that could not be understood */
};

extern const struct source_class *const source_table[]; /* NULL ends */

const struct source_class *source_find(const char *kind);

/* Makes a source from its word. NULL with e filled: unknown kind, bad parameter, cannot open. */
struct source *source_open(const char *word, uint16_t index, const struct source_host *host,
			   struct clock *clock, struct err *e);
void source_close(struct source *s); /* NULL is allowed */

/* For classes: emits through the host with the source's index filled in. */
void source_emit(struct source *s, struct event *ev);

#endif
