/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "cmd/cmd.h"

static void pass_line(void *host, const char *text)
{
	const int *out = host;
	struct buf b = {0};
	ssize_t ignored;

	buf_printf(&b, "%s\n", text);
	ignored = write(*out, b.p, b.len);
	(void)ignored;
	buf_fini(&b);
}

/* The screen belongs to others: what goes wrong is written to a log. */
static void leave_terminal(const char *name)
{
	char *log = path_state_dup(name);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), err = -1;

	if (path_make_parents(log, NULL) == 0)
		err = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err >= 0 ? err : null, STDERR_FILENO);
	free(log);
}

static int keep(const struct launch *l, int out, const char *log, pid_t parent)
{
	struct err e = {0};
	struct buf b = {0};
	int rc;

	setpgid(0, 0); /* Ctrl-C is for others */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 0;
	leave_terminal(log);
	rc = supervise(l, pass_line, &out, &e);
	if (rc >= 0)
		return rc;
	buf_str(&b, "{\"error\":");
	buf_json_str(&b, e.msg);
	buf_printf(&b, ",\"errno\":%d}", e.code);
	pass_line(&out, b.p);
	buf_fini(&b);
	return EXIT_INTERNAL;
}

/* The first line, byte by byte: what follows is for later. False at the end. */
static bool first_line(int fd, char *line, size_t size)
{
	size_t len = 0;

	while (len + 1 < size) {
		ssize_t n = read(fd, line + len, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (line[len] == '\n')
			break;
		len++;
	}
	line[len] = '\0';
	return true;
}

void keeper_stop(struct keeper *k)
{
	if (k->over || k->pid <= 0)
		return;
	kill(k->pid, SIGTERM);
	while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
		;
	k->over = true;
}

void keeper_close(struct keeper *k)
{
	if (k->out >= 0)
		close(k->out);
	k->out = -1;
}

bool keeper_gone(struct keeper *k)
{
	if (!k->over && waitpid(k->pid, NULL, WNOHANG) == k->pid)
		k->over = true;
	return k->over;
}

int keeper_start(struct keeper *k, const struct launch *l, const char *log, struct err *e)
{
	pid_t parent = getpid();
	int ends[2], rc;

	*k = (struct keeper){.out = -1};
	if (pipe2(ends, O_CLOEXEC))
		return err_set(e, errno, "cannot make a pipe: %s", strerror(errno));
	k->pid = fork();
	if (k->pid == 0)
		_exit(keep(l, ends[1], log, parent));
	close(ends[1]);
	k->out = ends[0];
	if (k->pid < 0) {
		rc = err_set(e, errno, "cannot start a process: %s", strerror(errno));
		keeper_close(k);
		return rc;
	}
	setpgid(k->pid, k->pid); /* whoever of the two is first */
	rc = launch_answer(first_line(k->out, k->ready, sizeof(k->ready)) ? k->ready : NULL, NULL,
			   e);
	if (rc < 0) {
		keeper_stop(k);
		keeper_close(k);
	}
	return rc;
}

char *keeper_rest_dup(struct keeper *k)
{
	struct buf b = {0};
	char piece[4096];
	ssize_t n;

	while ((n = read(k->out, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			buf_add(&b, piece, (size_t)n);
	}
	return b.p ? b.p : xstrdup("");
}
