/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the bytes that a source reads become events: live from a descriptor, and again from a
 * capture, where the same bytes give the same events. A source class names its decoder; raw: finds
 * it there. Loop thread only.
 */
#ifndef POLICYTOP_SOURCE_DECODER_H
#define POLICYTOP_SOURCE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/uri.h"
#include "model/event.h"

/* In bytes of one direction. */
struct decoder_place {
	uint64_t
		held; /* since the last end of a message: an engine after this one needs them again */
	uint64_t left; /* to the end of the frame under way; 0: none is, or its length is unknown */
};

enum { DECODER_BITE = 256 /* lines or messages a call at most */ };

struct decoder_class {
	/* The parameters it understands are in u; NULL with e filled when one is wrong. */
	void *(*make)(void (*emit)(void *host, const struct event *ev), void *host,
		      const char *prefix, struct uri *u, struct err *e);
	void (*free)(void *state); /* NULL is allowed */
	/* Decodes bytes from the device until `most` lines or messages are done; returns how many. */
	size_t (*bytes)(void *state, const void *p, size_t n, size_t most, int64_t t_ns);
	/* The bytes ended, for now or for good. */
	void (*end)(void *state, int64_t t_ns);
	uint64_t (*count)(const void *state);	     /* lines or messages so far */
	uint64_t (*bad)(const void *state);	     /* of them not understood */
	const char *(*first_bad)(const void *state); /* what was wrong with the first, "" none */

	/* For a peer that wants to be spoken to; all NULL: it only listens. */
	/* Appends what opens a connection to where ("HOST:PORT"). */
	int (*greet)(void *state, const char *where, struct buf *out, struct err *e);
	/* Bytes that were sent, live and from a capture. */
	void (*sent)(void *state, const void *p, size_t n, int64_t t_ns);
	/* What the last bytes() wants to be sent. */
	const struct buf *(*replies)(const void *state);
	/* 1: understands the peer, 0: not yet, -1: the connection is of no more use, *why why. */
	int (*ready)(const void *state, const char **why);

	/*
	 * For traffic between two others, seen by a tap: bytes() are the server's, sent() the
	 * client's. All NULL: no such decoder.
	 */
	/*
	 * n bytes of a direction (0 from the server, 1 to it) were not seen; whole: the next byte
	 * begins a message.
	 */
	void (*lost)(void *state, int direction, uint64_t n, bool whole, int64_t t_ns);
	/* Where a direction stands: what the next engine has to know to go on in its middle. */
	void (*place)(const void *state, int direction, struct decoder_place *out);
	/*
	 * On: bytes are decoded for what they teach (handshake, metadata, joints), and nothing but
	 * hello is emitted: an engine before this one has told the rest.
	 */
	void (*again)(void *state, bool on);

	/* What is due at now_ns (silence ends an episode); returns when the next thing is. NULL: never. */
	int64_t (*due)(void *state, int64_t now_ns);
};

struct decoder {
	const struct decoder_class *class;
	void *state;
	uint64_t begun; /* count when these bytes began */
	void (*emit)(void *host, const struct event *ev);
	void *host;
};

extern const struct decoder_class decoder_lines; /* the stream protocol */

int decoder_open(struct decoder *d, const struct decoder_class *class,
		 void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		 struct uri *u, struct err *e);
void decoder_close(struct decoder *d); /* also after a failed or no open */

/* Takes at most DECODER_BITE lines or messages; returns the bytes taken. */
size_t decoder_bytes(struct decoder *d, const void *p, size_t n, int64_t t_ns);
void decoder_sent(struct decoder *d, const void *p, size_t n, int64_t t_ns);
void decoder_lost(struct decoder *d, int direction, uint64_t n, bool whole, int64_t t_ns);
int64_t decoder_due(struct decoder *d, int64_t now_ns); /* INT64_MAX: nothing is to come */
void decoder_end(struct decoder *d, int64_t t_ns);

/*
 * The bytes begin anew: after they were lost, which is a gap when anything had come before; of a
 * tap because another client has connected.
 */
void decoder_anew(struct decoder *d, int64_t t_ns);

uint64_t decoder_count(const struct decoder *d);
uint64_t decoder_bad(const struct decoder *d);
const char *decoder_first_bad(const struct decoder *d);
int decoder_ready(const struct decoder *d, const char **why);

#endif
