/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of a command: its engine, its log, its dashboard, its end. Main thread.
 *
 * RUN_HERE: the command has this terminal, and nothing is beside it. RUN_PANE: the same in a pane of
 * the user's tmux, whose bytes are the log, with a dashboard beside it. RUN_SERVER: a tmux server of
 * our own is started on this terminal, and in its first pane `run` is started again, which is then
 * RUN_PANE; that one tells its end through a file.
 */
#ifndef POLICYTOP_CMD_RUN_JOB_H
#define POLICYTOP_CMD_RUN_JOB_H

#include "cmd/cmd.h"
#include "cmd/run_env.h"
#include "cmd/run_tmux.h"
#include "engine/supervise.h"
#include "plan/plan.h"
#include "rig/rig.h"

enum run_place { RUN_HERE, RUN_PANE, RUN_SERVER };

struct run_job {
	struct app *app;
	char rig[RIG_BYTES];
	struct plan plan;
	struct run_env env;
	enum run_place place;
	struct tmux_pane pane; /* RUN_PANE */
	bool rig_file;	       /* --rig names a file that is there */
	struct rig *setup;     /* the rig's file, if there is one, and what the command says */
	char *db;
	char *profile;	/* --profile, the rig's, or the one of the policy's training; NULL none */
	char *end_file; /* of run_job_inside_dup() */
	bool available[PLAN_SOURCES_MAX]; /* by source of the plan: its kind is known here */
};

/* Adds hook and log to what the plan's family has named. */
void run_job_sources(struct run_job *j);

/*
 * We are the `run` in the pane of a server of our own: the file that it tells its end through; then
 * what had to be asked was asked. NULL: we are not. The caller frees it. Call it once.
 */
char *run_job_inside_dup(void);
void run_job_tell(const struct run_job *j, int status, const char *text);

char *run_console_dup(const char *rig); /* where a pane's bytes are kept; the caller frees it */

/* Both return the exit status: the command's, or ours when it could not be started. */
int run_job_start(struct run_job *j);
int run_job_in_server(struct run_job *j);

#endif
