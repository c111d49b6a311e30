/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process between a command on a terminal and its engine: it starts the engine again when it
 * dies, in a process group of its own, so that what is typed at the terminal is not for them. Its
 * errors go to a log. Killed without a word, its parent takes it along. Main thread.
 */
#ifndef POLICYTOP_CMD_KEEPER_H
#define POLICYTOP_CMD_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine/supervise.h"

enum { KEEPER_LINE_BYTES = 8192 };

struct keeper {
	pid_t pid;		       /* and its process group */
	int out;		       /* JSON lines of the engine come here after the first one */
	bool over;		       /* it has ended: nobody starts an engine any more */
	char ready[KEEPER_LINE_BYTES]; /* the first line: {"ready":true,"sources":[…]} */
};

/*
 * Starts an engine and waits until it is ready; log: a file's name in the state folder. 0, or
 * -errno with the engine's own sentence.
 */
int keeper_start(struct keeper *k, const struct launch *l, const char *log, struct err *e);

/* Ends it and its engine in order and waits for both. What they printed can still be read. */
void keeper_stop(struct keeper *k);
void keeper_close(struct keeper *k); /* after keeper_stop(); also after a failed start */

/* True once it has ended by itself. */
bool keeper_gone(struct keeper *k);

/* All that was printed and not read yet; the caller frees it. Call after keeper_stop(). */
char *keeper_rest_dup(struct keeper *k);

#endif
