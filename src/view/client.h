/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A viewer's end of the control socket. Connecting waits (2 s at most); everything else never
 * blocks. Owned by one thread.
 */
#ifndef POLICYTOP_VIEW_CLIENT_H
#define POLICYTOP_VIEW_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/rig_name.h"
#include "view/snapshot.h"

enum { CLIENT_ENGINES_MAX = 64, CLIENT_HZ = 10, CLIENT_HZ_MAX = 30 };

/* A running engine, as it presents itself. */
struct client_engine {
	char rig[RIG_BYTES];
	char version[32]; /* of its program */
	int pid;
	int64_t run; /* 0: not recorded, or not yet */
};

enum client_kind {
	CLIENT_NOTHING, /* nothing more to read now */
	CLIENT_SNAPSHOT,
	CLIENT_HISTORY,
	CLIENT_VERDICT,
	CLIENT_EVENT,
	CLIENT_THUMB,
	CLIENT_REFERENCE,
	CLIENT_ANSWER, /* to a request: text says what was done, or error why not */
	CLIENT_BYE,    /* the engine ended in order (stop, or its sources ended); text says why */
	CLIENT_GONE,   /* the connection broke without a word: the engine died */
};

/* Where client_read() puts what it read; only the member of the returned kind changes. */
struct client_data {
	struct snapshot snapshot;
	struct history history;
	struct verdict verdict;
	struct view_event event;
	struct view_thumb thumb;
	struct view_reference reference;
	char text[320]; /* ANSWER, BYE */
	bool error;	/* ANSWER */
};

struct client;

char *rig_socket_dup(const char *rig, struct err *e); /* path of RIG.sock, NULL with e */

/*
 * Connects and introduces itself. hz > 0: snapshots come at this rate, verdicts and events at once;
 * 0: only requests. NULL with e: ENOENT no such engine, EPROTO another version runs (which one is
 * said), ETIMEDOUT it does not answer, EPERM it belongs to somebody else.
 */
struct client *client_connect(const char *rig, double hz, struct err *e);
void client_close(struct client *c); /* NULL is allowed */

int client_fd(const struct client *c); /* readable: call client_read() until CLIENT_NOTHING */
const struct client_engine *client_engine(const struct client *c);

enum client_kind client_read(struct client *c, struct client_data *d);

/*
 * Requests; each is answered by CLIENT_ANSWER (history, thumb and reference: by a kind of their
 * own). episode is the one that the viewer shows: the engine refuses a stale one. 0 or -errno (the request could not be sent).
 */
int client_history(struct client *c, unsigned joint, unsigned columns, double span_s);
int client_thumb(struct client *c, unsigned camera);
int client_reference(struct client *c, const char *camera); /* by its name */
int client_episode_end(struct client *c, uint32_t episode, enum outcome o, const char *note);
int client_episode_start(struct client *c, uint32_t episode); /* episode: the last one seen */
int client_mark(struct client *c, uint32_t episode, const char *note);
int client_stop(struct client *c);

/* Engines of this user that answer, by name; returns how many, at most max. */
size_t client_list(struct client_engine *out, size_t max);

#endif
