/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Python hook needs around the command: its folder first in PYTHONPATH, and the socket of
 * this run. Main thread.
 */
#ifndef POLICYTOP_CMD_RUN_ENV_H
#define POLICYTOP_CMD_RUN_ENV_H

#include "plan/plan.h"

/* The environment of this process, and files of this machine. */
struct plan_world run_env_world(void);

struct run_env {
	char *python; /* folder of the hook, NULL not found */
	char *socket; /* for POLICYTOP_HOOK */
	char **argv;  /* the command: words of ours where VAR=VALUE would hide the hook */
	int argc;
};

/* $POLICYTOP_PYTHONDIR, beside the program in its build tree, or where it is installed. */
char *run_env_python_dup(void);

/* "hook-RIG.sock" in the runtime folder. NULL with e. */
char *run_env_socket_dup(const char *rig, struct err *e);

/* env->python and socket are set, and stay the caller's to free with run_env_fini(). */
void run_env_init(struct run_env *env, const struct plan *p);
void run_env_fini(struct run_env *env);

char *run_own_path_dup(void); /* of this program */

/* In the new process: changes the environment. host: a struct run_env. */
void run_env_apply(void *host);

/* Warns, in the plan, of a root in which the folders of the hook are not the same. */
void run_env_check_root(const struct run_env *env, struct plan *p);

#endif
