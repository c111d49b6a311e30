/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting engines as processes of their own (`policytop engine …` of this same program) and
 * keeping one alive. For commands: watch and demo start one in the background, record supervises
 * one. Main thread.
 */
#ifndef POLICYTOP_ENGINE_SUPERVISE_H
#define POLICYTOP_ENGINE_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "view/client.h"

/* What becomes the command line of an engine. Relative paths are made absolute. */
struct launch {
	const char *db; /* NULL: the default place */
	const char *rig;
	const char *profile; /* name in the database, NULL none */
	const char *const *source;
	unsigned sources;
	const char *capture; /* NULL none */
	double seconds;	     /* of the whole run; 0: no limit */
	int64_t steps;	     /* 0: no limit */
	bool full_rate;	     /* keep each value at its own time, too */
};

/*
 * Starts an engine in the background (fork, setsid, fork; stdio to /dev/null and the rig's log) and
 * waits until it is ready or has failed: 0, or -errno with the engine's own sentence. Standard
 * input stays open for it when a source is `stdin:`; the caller then reads keys from /dev/tty.
 */
int launch_background(const struct launch *l, bool resume, struct err *e);

/* "run-PID" of this process: the name of a run that was given none. */
void rig_default(char dst[RIG_BYTES]);

/*
 * What the first line of an engine (of what supervise() hands on) says: 0 it is ready, or -errno
 * with e: its own error, or that it ended without a word (text NULL). log: named then, NULL none.
 */
int launch_answer(const char *text, const char *log, struct err *e);

/* Whether an engine that died may be started again: not after 3 quick deaths within a minute. */
struct deaths {
	unsigned count;
	int64_t at_ns[3];
};
bool deaths_allow(struct deaths *d, int64_t started_ns, int64_t died_ns);

/*
 * Runs an engine as a child, with this process's stdin and stderr, and starts it again with
 * --resume when it dies. Its output lines (JSON: ready, error, result) are handed to line(); of a
 * restarted engine only the result. SIGINT and SIGTERM are passed on. Returns the engine's exit
 * status, or -errno with e: it could not be started, or died too often.
 */
int supervise(const struct launch *l, void (*line)(void *host, const char *text), void *host,
	      struct err *e);

/*
 * A sentence to show once per user when logind ends background engines at logout
 * (KillUserProcesses=yes and no lingering), or NULL. The caller frees it.
 */
char *logout_warning_dup(void);

/* Whether it does, for this user: KillUserProcesses, and no lingering. */
bool logout_ends(void);

#endif
