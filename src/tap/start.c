/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a tap: it must outlive whoever starts it, and hold nothing of it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"
#include "tap/client.h"

enum { READY_WAIT_MS = 5000, LINE_BYTES = 600 };

/*
 * In the grandchild of a process with threads: system calls only. The pipe becomes its standard
 * output, which it lets go of after one line.
 */
static void become_tap(const char *exe, char *const *argv, int out)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/") == 0)
		execv(exe, argv);
	_exit(127);
}

static int fork_twice(const char *exe, char *const *argv, int out, struct err *e)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_set(e, errno, "cannot start a process: %m");
	if (pid == 0) {
		if (setsid() < 0 || (pid = fork()) < 0)
			_exit(126);
		if (pid > 0)
			_exit(0);
		become_tap(exe, argv, out);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* What it says once it listens, or why it does not. */
static void read_line(int fd, char line[LINE_BYTES])
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t len = 0;

	line[0] = '\0';
	while (!strchr(line, '\n') && len + 1 < LINE_BYTES) {
		ssize_t n = poll(&p, 1, READY_WAIT_MS) > 0
				    ? read(fd, line + len, LINE_BYTES - 1 - len)
				    : 0;

		if (n <= 0)
			break;
		len += (size_t)n;
		line[len] = '\0';
	}
	line[strcspn(line, "\n")] = '\0';
}

static int understand(const char *line, const char *exe, struct err *e)
{
	const char *door = strrchr(line, ' '), *pid = door ? strstr(door, "/tap-") : NULL;
	char *rest;
	long code;

	if (strncmp(line, "ready ", 6) == 0 && pid)
		return atoi(pid + strlen("/tap-"));
	if (strncmp(line, "error ", 6) != 0)
		return err_set(e, ECHILD, "%s did not start", exe);
	code = strtol(line + 6, &rest, 10);
	return err_set(e, code > 0 && code < 4096 ? (int)code : EIO, "%s", rest + (*rest == ' '));
}

int tap_start(const struct tap_ends *ends, const char *source, struct err *e)
{
	char *exe = path_helper_dup("policytop-tap", e), line[LINE_BYTES];
	int out[2], rc;

	if (!exe)
		return -e->code;
	if (pipe2(out, O_CLOEXEC)) {
		rc = err_set(e, errno, "cannot make a pipe: %m");
	} else {
		const char *tcp[] = {"policytop-tap", "--source",     source, "--",
				     ends->listen,    ends->upstream, NULL};
		const char *serial[] = {"policytop-tap", "--source", source,	   "--link",
					ends->link,	 "--",	     ends->device, NULL};
		const char *usbmon[] = {"policytop-tap", "--source",   source,
					"--usbmon",	 ends->usbmon, ends->user ? "--user" : NULL,
					ends->user,	 NULL};

		/* execv() promises to change nothing, and its prototype is older than const. */
		union {
			const char **given;
			char *const *wanted;
		} args = {.given = ends->usbmon ? usbmon : ends->device ? serial : tcp};

		rc = fork_twice(exe, args.wanted, out[1], e);
		close(out[1]);
		if (!rc) {
			read_line(out[0], line);
			rc = understand(line, exe, e);
		}
		close(out[0]);
	}
	free(exe);
	return rc;
}
