/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/onfail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

void onfail_json(struct buf *b, const char *rig, const struct verdict *v)
{
	buf_str(b, "{\"schema\":1,\"rig\":");
	buf_json_str(b, rig);
	buf_str(b, ",");
	verdict_json(b, v);
	buf_str(b, "}");
}

/* A process group and default signals of its own: Ctrl-C here is not meant for it. */
static int spawn(const char *command, int stdin_fd)
{
	char sh[] = "sh", option[] = "-c";
	char *text = xstrdup(command); /* argv wants it writable */
	char *argv[] = {sh, option, text, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	extern char **environ;
	pid_t pid;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, stdin_fd, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	rc = posix_spawn(&pid, "/bin/sh", &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	free(text);
	return rc;
}

int onfail_run(struct onfail *o, const char *rig, const struct verdict *v, struct err *e)
{
	struct buf b = {0};
	int fd[2], rc = 0;

	if (!o->command)
		return 0;
	if (o->running >= ONFAIL_RUNNING_MAX) {
		o->skipped++;
		return err_set(e, EBUSY, "--on-fail: %u commands still run, this fail started none",
			       o->running);
	}
	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK))
		return err_set(e, errno, "--on-fail: no pipe: %m");
	onfail_json(&b, rig, v);
	buf_str(&b, "\n");
	/* Texts of a verdict are bounded, so that this is far below PIPE_BUF and cannot be cut. */
	if (b.len > PIPE_BUF || write(fd[1], b.p, b.len) != (ssize_t)b.len)
		rc = err_set(e, EIO, "--on-fail: the verdict does not fit into a pipe");
	close(fd[1]);
	buf_fini(&b);
	fcntl(fd[0], F_SETFL, 0); /* the command expects a blocking stdin */
	if (rc == 0) {
		int failed = spawn(o->command, fd[0]);

		if (failed)
			rc = err_set(e, failed, "--on-fail: cannot start /bin/sh");
		else
			o->running++;
	}
	close(fd[0]);
	return rc;
}

void onfail_collect(struct onfail *o)
{
	while (o->running > 0 && waitpid(-1, NULL, WNOHANG) > 0)
		o->running--;
}
