/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/path.h"

/* One row a command, in the order of the help. */
#define COMMANDS(ROW)                                                                              \
	ROW(demo)                                                                                  \
	ROW(learn)                                                                                 \
	ROW(rig)                                                                                   \
	ROW(check)                                                                                 \
	ROW(run)                                                                                   \
	ROW(watch)                                                                                 \
	ROW(record)                                                                                \
	ROW(engine)                                                                                \
	ROW(stop)                                                                                  \
	ROW(tap)                                                                                   \
	ROW(status)                                                                                \
	ROW(runs)                                                                                  \
	ROW(show)                                                                                  \
	ROW(explain)                                                                               \
	ROW(query)                                                                                 \
	ROW(look)                                                                                  \
	ROW(profile)                                                                               \
	ROW(home)                                                                                  \
	ROW(joint)                                                                                 \
	ROW(bug_report)                                                                            \
	ROW(list)

#define DECLARE(name) extern const struct command command_##name;
COMMANDS(DECLARE)

#define ENTRY(name) &command_##name,
const struct command *const command_table[] = {COMMANDS(ENTRY) NULL};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; command_table[i]; i++) {
		if (strcmp(command_table[i]->name, name) == 0)
			return command_table[i];
	}
	return NULL;
}

char *cmd_db_dup(const struct app *app)
{
	return app->db ? path_absolute_dup(app->db) : path_data_dup("runs.db");
}

int cmd_fail_status(const struct err *e, int status)
{
	fprintf(stderr, "policytop: %s\n", e->msg);
	return status;
}

int cmd_status(const struct err *e)
{
	switch (e->code) {
	case EINVAL:
		return EXIT_USAGE;
	case ENOENT:
	case ESRCH:
	case EISDIR:
	case ENOTDIR:
	case EACCES:
	case EBADF: /* standard input is closed */
	case ELOOP:
	case ENAMETOOLONG:
	case EBADMSG: /* the input is broken, */
	case ENOTSUP: /* or not supported, */
	case EFBIG:   /* or too large */
		return EXIT_NOINPUT;
	case ENODEV:
	case ENXIO:
	case ECONNREFUSED:
	case ECONNRESET:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EADDRINUSE:
	case EBUSY:
		return EXIT_UNAVAILABLE;
	case EIO:
	case ENOSPC:
	case EDQUOT:
	case EROFS:
		return EXIT_IO;
	default:
		return EXIT_INTERNAL;
	}
}

int cmd_fail(const struct err *e)
{
	return cmd_fail_status(e, cmd_status(e));
}
