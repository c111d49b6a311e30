/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by launch.c and supervise.c; nobody else includes it. */
#ifndef POLICYTOP_ENGINE_LAUNCH_H
#define POLICYTOP_ENGINE_LAUNCH_H

#include "base/err.h"
#include "engine/supervise.h"

/* The command line of an engine, owned; argv ends with NULL. */
struct command_line {
	char *exe;
	char **argv;
	unsigned argc;
};

/* log: file for --log, NULL none. */
void command_line_init(struct command_line *c, const struct launch *l, bool resume,
		       const char *log);
void command_line_fini(struct command_line *c);

#endif
