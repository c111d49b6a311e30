/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `watch --pid`: what can be done for a process that already runs. Says on standard error what it
 * has open and what would need a start under `run`. Main thread.
 */
#ifndef POLICYTOP_CMD_WATCH_PID_H
#define POLICYTOP_CMD_WATCH_PID_H

#include "plan/plan.h"
#include "view/client.h"

struct watch_pid {
	char rig[RIG_BYTES]; /* of an engine that watches it already, else pid-N */
	struct plan plan;    /* its sources are those to attach to: all passive */
	const char *word[PLAN_SOURCES_MAX];
	unsigned words; /* 0: rig is all, or nothing can be attached */
	bool attached;	/* it was started under run, and that engine runs */
};

/* 0, or -errno with e. */
int watch_pid_look(struct watch_pid *w, int pid, struct err *e);

#endif
