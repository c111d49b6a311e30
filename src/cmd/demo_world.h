/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo's world as a process of its own: it speaks the stream protocol on a UNIX socket in real
 * time, to one engine at a time, and goes on when that engine dies. Where the fault is one between
 * a policy client and its server, it has both, and chunks come from there. Main thread.
 */
#ifndef POLICYTOP_CMD_DEMO_WORLD_H
#define POLICYTOP_CMD_DEMO_WORLD_H

#include <sys/types.h>

#include "base/err.h"
#include "sim/sim.h"

struct demo_world {
	pid_t pid;
	char path[108]; /* of its socket */
	int port;	/* of its policy server on 127.0.0.1, 0: it has none */
	int tell_fd;
};

/*
 * Starts it; its clock starts with the first connection. It ends with this process. 0, or -errno
 * with e.
 */
int demo_world_start(struct demo_world *w, const struct sim_cfg *cfg, struct err *e);

/* The source words of an engine that watches it: two with a policy server. Returns how many. */
enum { DEMO_WORDS = 2, DEMO_WORD_BYTES = 256 };
unsigned demo_world_words(const struct demo_world *w, char word[DEMO_WORDS][DEMO_WORD_BYTES]);

/* Where its policy client connects: "127.0.0.1:PORT" of the tap. */
void demo_world_tell(const struct demo_world *w, const char *address);

/* Ends it and removes its socket. */
void demo_world_stop(struct demo_world *w);

#endif
