/* SPDX-License-Identifier: Apache-2.0 */
/* The folder becomes one file: tar packs it, which every machine has, and it gets its name. */
#include "cmd/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"

enum { WORDS_BYTES = 200 }; /* of tar's complaint */

/* In the new process. Nobody's name is in the archive, and no option of the user's changes it. */
static void become_tar(const struct report *r, int out, int words)
{
	const char *tar[] = {"tar", "--owner=0", "--group=0", "--numeric-owner",
			     "-C",  r->stage,	 "-c",	      "-z",
			     "-f",  "-",	 r->name,     NULL};
	/* execvp() promises to change nothing, and its prototype is older than const. */
	union {
		const char **given;
		char *const *wanted;
	} argv = {.given = tar};

	dup2(out, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	unsetenv("TAR_OPTIONS");
	unsetenv("GZIP");
	sigprocmask(SIG_SETMASK, &r->before, NULL);
	execvp("tar", argv.wanted);
	_exit(127);
}

/* Waits for the end of what tar says, or for a signal: true, and tar is told to end. */
static bool listen(const struct report *r, pid_t pid, int fd, char said[WORDS_BYTES])
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = r->signals, .events = POLLIN}};
	char block[512];
	size_t len = 0;

	said[0] = '\0';
	for (;;) {
		ssize_t n;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return false;
		if (p[1].revents) {
			kill(pid, SIGTERM);
			return true;
		}
		n = p[0].revents ? read(fd, block, sizeof(block)) : 1;
		if (n <= 0)
			return false;
		for (ssize_t i = 0; p[0].revents && i < n && len + 1 < WORDS_BYTES; i++)
			said[len++] = block[i] == '\n' ? ' ' : block[i];
		said[len] = '\0';
	}
}

static int judge(const struct report *r, int status, const char *said, struct err *e)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(e, ENODEV,
			       "tar packs a report, and this machine has none: install "
			       "tar and gzip");
	return err_set(e, EIO, "%s: tar could not write it: %s", r->out,
		       said[0] ? said : "it was ended");
}

static int run_tar(const struct report *r, int out, struct err *e)
{
	char said[WORDS_BYTES];
	int words[2], status = 0;
	bool stopped;
	pid_t pid;

	if (pipe2(words, O_CLOEXEC))
		return err_set(e, errno, "cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		become_tar(r, out, words[1]);
	close(words[1]);
	if (pid < 0) {
		close(words[0]);
		return err_set(e, errno, "cannot start a process: %s", strerror(errno));
	}
	stopped = listen(r, pid, words[0], said);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	close(words[0]);
	return stopped ? err_set(e, EINTR, "stopped") : judge(r, status, said, e);
}

/* A file that came meanwhile stays. Some filesystems know no other way than to look before. */
static int give_name(const struct report *r, const char *archive, struct err *e)
{
	struct stat st;
	int rc = renameat2(AT_FDCWD, archive, AT_FDCWD, r->out, RENAME_NOREPLACE);

	if (rc && (errno == EINVAL || errno == ENOSYS) && lstat(r->out, &st) != 0)
		rc = rename(archive, r->out);
	return rc ? err_set(e, errno, "%s: %s", r->out, strerror(errno)) : 0;
}

int report_pack(struct report *r, struct err *e)
{
	char *archive = path_join_dup(r->stage, "archive");
	int fd = open(archive, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc;
	struct stat st;

	rc = fd < 0 ? err_set(e, errno, "%s: %s", r->out, strerror(errno)) : run_tar(r, fd, e);
	if (!rc && (fsync(fd) || fstat(fd, &st)))
		rc = err_set(e, errno, "%s: %s", r->out, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (!rc && report_stopped(r))
		rc = err_set(e, EINTR, "stopped");
	if (!rc)
		rc = give_name(r, archive, e);
	if (!rc)
		r->bytes = st.st_size;
	free(archive);
	return rc;
}
