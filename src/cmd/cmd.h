/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands: one file cmd_NAME.c and one row in cmd/table.c each. Only they print and choose an
 * exit status. Main thread.
 */
#ifndef POLICYTOP_CMD_CMD_H
#define POLICYTOP_CMD_CMD_H

#include "base/err.h"
#include "base/opt.h"

enum {
	EXIT_OK = 0,
	EXIT_WARN = 1,
	EXIT_FAIL = 2,
	EXIT_UNSEEN = 3, /* nothing to judge, or a required thing not seen */
	EXIT_USAGE = 64,
	EXIT_NOINPUT = 66,
	EXIT_UNAVAILABLE = 69,
	EXIT_INTERNAL = 70,
	EXIT_IO = 74,
};

/* What every command gets. */
struct app {
	const char *db;	  /* --db FILE, NULL: the default place */
	struct opts opts; /* parsed options of the command */
	int argc;	  /* operands: argv[0] is the first */
	char **argv;
};

struct command {
	const char *name;
	const char *operands;	     /* "SOURCE…", "" none */
	const char *summary;	     /* one line, no full stop, at most 60 characters */
	const struct opt *options;   /* name NULL ends */
	int (*run)(struct app *app); /* returns the exit status */
};

extern const struct command *const command_table[]; /* NULL ends */

const struct command *command_find(const char *name);

/* The exit status that fits e->code. */
int cmd_status(const struct err *e);

/* The database: --db FILE, else $XDG_DATA_HOME/policytop/runs.db. The caller frees it. */
char *cmd_db_dup(const struct app *app);

/* Prints "policytop: MESSAGE" on stderr and returns the exit status that fits e->code. */
int cmd_fail(const struct err *e);

/* The same with a status of the caller's choice. */
int cmd_fail_status(const struct err *e, int status);

#endif
