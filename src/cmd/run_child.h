/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's command, as if its shell had started it. It keeps terminal, standard input and output,
 * and what a terminal sends (Ctrl-C, Ctrl-Z, hang-up) reaches it once and from the kernel alone:
 * this process steps out of the job's process group meanwhile. What is sent to this process by its
 * number (kill, systemd) is for the command and is passed on, once.
 *
 * Why so careful: LeRobot takes a second signal within 3 s for "stop where you are", and the arm
 * goes limp. Main thread.
 */
#ifndef POLICYTOP_CMD_RUN_CHILD_H
#define POLICYTOP_CMD_RUN_CHILD_H

#include <sys/types.h>

#include "base/err.h"

struct child_cfg {
	char *const *argv; /* ends with NULL; sought in PATH */
	/* Called in the new process just before it becomes the command: its environment. */
	void (*prepare)(void *host);
	void *host;
	pid_t aside; /* process group of our own session to be in meanwhile */
};

/* 0; or, with e, the status that a shell has for it: 127 not found, 126 not to be run. */
int child_look(const char *program, struct err *e);

/*
 * Runs it and waits. Returns its status as a shell would say it (128 + signal when one killed it,
 * 127 not found, 126 cannot be run: both with e), or -errno with e.
 */
int child_run(const struct child_cfg *c, struct err *e);

#endif
