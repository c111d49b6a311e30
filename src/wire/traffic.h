/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one connection between a policy server and its client says: requests, replies, and the
 * events they become. The protocols (openpi.h, groot.h) find the messages; what is common is here.
 *
 * - A hello comes when the handshake is done, without joints, and again with them when the first
 *   reply with actions is there, or a later one has others. Joints are those of the actions,
 *   `action.0` … or `PART.0` …; a state of as many values (of the same part) is of the same joints,
 *   any other one has joints of its own, `state.0` …. Units are unknown, there is no tick.
 * - A request is an EVENT_EXCHANGE, asked. When it asks for actions, it ends the chunk before it
 *   (EVENT_EXECUTED, by the time between them, when fps is known), and begins an episode when none
 *   is open. One picture of each camera is EVENT_FRAME, then one a second.
 * - A reply is an EVENT_EXCHANGE, answered or failed. With actions it is an EVENT_CHUNK, too, and an
 *   EVENT_STEP: seen is the request's state, asked the first action.
 * - An episode ends with the connection, with a reset, and without traffic for 3 s or three median
 *   request periods, whichever is longer, but never while a reply is awaited. Such an end has the
 *   time at which it was due, so that a replay tells the same.
 * - A traceback is told as the line that names the exception, and in EVENT_NOTE lines.
 *
 * The same calls give the same events. Memory is bounded whatever the messages say. Any thread; one
 * thread a struct.
 */
#ifndef POLICYTOP_WIRE_TRAFFIC_H
#define POLICYTOP_WIRE_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/event.h"
#include "wire/payload.h"

enum {
	TRAFFIC_IMAGE_MAX = 8 << 20,   /* bytes of an image that is looked at */
	TRAFFIC_SMALL = 64 << 10,      /* bytes of an array of a request that is always looked at */
	TRAFFIC_REPLY_ARRAY = 4 << 20, /* bytes of an array of a reply that is */
	TRAFFIC_HORIZON_MAX = 4096,
	TRAFFIC_ERROR_MAX = 64 << 10, /* bytes of an error text that are read */
};

/* What a leaf of a message is. */
enum traffic_role {
	TRAFFIC_OTHER,
	TRAFFIC_STATE,	     /* values of joints: or a picture, by its shape */
	TRAFFIC_STATE_GUESS, /* the same, unless the request also has a TRAFFIC_STATE */
	TRAFFIC_ACTION,
	TRAFFIC_CAMERA,
	TRAFFIC_PROMPT,
	TRAFFIC_ENDPOINT,
	TRAFFIC_ERROR,
	TRAFFIC_SERVER_MS,
	TRAFFIC_POLICY_MS,
};

struct traffic_leaf {
	enum traffic_role role;
	char name[NAME_BYTES]; /* of the tensor or camera */
	char part[NAME_BYTES]; /* STATE, ACTION: of the joints; parts of one name are joined */
};

struct traffic_protocol {
	const char *word;   /* "openpi", in notes */
	const char *policy; /* of hello: "GR00T"; "" the protocol serves any */
	unsigned facts;
	char separator; /* between the keys of a path */
	bool endpoints; /* a request names what it wants; else every one wants actions */
	bool named; /* parts of state and action meet by name; else by how many values they have */
	void (*role)(struct traffic_leaf *out, const char *path, bool reply);
};

struct traffic;

struct traffic *traffic_new(const struct traffic_protocol *protocol,
			    void (*emit)(void *host, const struct event *ev), void *host,
			    const char *prefix, double fps);
void traffic_free(struct traffic *p); /* NULL is allowed */

/*
 * Names for the joints of the actions, in their order, separated by commas: used when they are as
 * many as the actions have values, else that is told once. Before the first byte. 0 or -EINVAL with
 * e: an empty one, one that repeats, or more than MAX_JOINTS.
 */
int traffic_name(struct traffic *p, const char *list, struct err *e);

/* The handshake is done. */
void traffic_connected(struct traffic *p, int64_t t_ns);

enum traffic_message {
	TRAFFIC_REQUEST,
	TRAFFIC_REPLY,
	TRAFFIC_METADATA /* of the server, in no reply */
};

/*
 * A message begins; its bytes go into the returned reader. Then one of the three: it is complete,
 * or it is (also) of no use. size: of the whole message in bytes.
 */
struct payload *traffic_begin(struct traffic *p, enum traffic_message what, int64_t t_ns);
bool traffic_end(struct traffic *p, enum traffic_message what, int64_t t_ns, uint64_t size);
void traffic_opaque(struct traffic *p, enum traffic_message what, int64_t t_ns, uint64_t size);

/* A reply that is an error text. */
void traffic_failed(struct traffic *p, const char *text, size_t n, int64_t t_ns, uint64_t size);

/* Who answers does not speak the protocol; why is cleaned here. Told once a connection. */
void traffic_stranger(struct traffic *p, int64_t t_ns, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Bytes passed, of any message: there is no silence. */
void traffic_touch(struct traffic *p, int64_t t_ns);

/* n bytes of requests or replies were not seen: what was awaited is unknown. */
void traffic_lost(struct traffic *p, bool reply, uint64_t n, int64_t t_ns);

void traffic_disconnected(struct traffic *p, int64_t t_ns);

/* Something was not understood: counted, and told at most once a second. */
void traffic_bad(struct traffic *p, int64_t t_ns, const char *why);

/* A line for the events list, cleaned here. */
void traffic_note(struct traffic *p, int64_t t_ns, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* See source/decoder.h. The hello waits for the end of it: a second one would be another robot. */
void traffic_again(struct traffic *p, bool on);
int64_t traffic_due(struct traffic *p, int64_t now_ns); /* see source/decoder.h */

bool traffic_is_connected(const struct traffic *p); /* since traffic_connected() */
uint64_t traffic_messages(const struct traffic *p);
uint64_t traffic_bads(const struct traffic *p);
const char *traffic_first_bad(const struct traffic *p);

/*
 * A protocol as its source uses it: one connection, of which bytes of both directions come in
 * (direction 0 from the server, 1 to it) and events go out. As in source/decoder.h, but where said.
 */
struct traffic_wire {
	void *(*make)(void (*emit)(void *host, const struct event *ev), void *host,
		      const char *prefix, double fps);
	void (*free)(void *w); /* NULL is allowed */
	/* Decodes until `most` messages are done. Returns how many bytes were taken. */
	size_t (*bytes)(void *w, unsigned direction, const void *p, size_t n, size_t most,
			int64_t t_ns);
	/*
	 * Where it is lost where messages begin, the end of a message of the other direction tells
	 * it: request and reply take turns.
	 */
	void (*lost)(void *w, unsigned direction, uint64_t n, bool whole, int64_t t_ns);
	void (*place)(const void *w, unsigned direction, uint64_t *held, uint64_t *left);
	void (*end)(void *w, int64_t t_ns);
	struct traffic *(*session)(const void *w); /* for names, counts, again() and due() */
};

#endif
