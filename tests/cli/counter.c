/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A robot's program, for the tests of run: writes into a file what signals came, one a line, and
 * answers to lines on its standard input. "q N" ends it with status N.
 *
 *   lerobot-rollout FILE …
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <poll.h>
#include <unistd.h>

static const struct {
	int signo;
	const char *name;
} signals[] = {{SIGINT, "INT"},	  {SIGTERM, "TERM"}, {SIGHUP, "HUP"},
	       {SIGQUIT, "QUIT"}, {SIGUSR1, "USR1"}, {SIGCONT, "CONT"}};

static const char *name_of(int signo)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (signals[i].signo == signo)
			return signals[i].name;
	}
	return "?";
}

/* Signals that are caught at all: how they were before must be as a shell leaves them. */
static void tell_start(int out, const sigset_t *before)
{
	struct sigaction xfsz;

	sigaction(SIGXFSZ, NULL, &xfsz);
	dprintf(out, "ready %d blocked=%d xfsz=%s\n", (int)getpid(),
		sigismember(before, SIGINT) || sigismember(before, SIGCHLD),
		xfsz.sa_handler == SIG_DFL ? "default" : "ignored");
	dprintf(out, "hook %s\n", getenv("POLICYTOP_HOOK") ? getenv("POLICYTOP_HOOK") : "none");
	dprintf(out, "path %s\n", getenv("PYTHONPATH") ? getenv("PYTHONPATH") : "none");
}

/* One line; the status to end with, or -1. */
static int take_line(const char *line, int out)
{
	if (line[0] == 'q') {
		/* Last words after a lot of them: whoever reads along must not stop too soon. */
		for (int i = 0; i < 3000; i++)
			printf("INFO one of many lines that mean nothing at all %d\n", i);
		printf("ERROR from the command\n");
		fflush(stdout);
		return atoi(line + 1);
	}
	if (line[0] == 'k')
		kill(getpid(), SIGKILL);
	dprintf(out, "line %s\n", line);
	return -1;
}

/* What one read gave: whole lines, as far as this test is concerned. */
static int take_lines(char *text, int out)
{
	int status = -1;

	for (char *line = strtok(text, "\r\n"); line && status < 0; line = strtok(NULL, "\r\n"))
		status = take_line(line, out);
	return status;
}

int main(int argc, char **argv)
{
	sigset_t set, before;
	struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};
	int out = argc > 1 ? open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600) : -1, status = -1;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i].signo);
	sigprocmask(SIG_BLOCK, &set, &before);
	p[1].fd = signalfd(-1, &set, 0);
	tell_start(out, &before);
	dprintf(out, "last %s\n", argv[argc - 1]);
	printf("INFO counter is ready\n");
	fflush(stdout);
	while (status < 0 && poll(p, 2, 60000) > 0) {
		struct signalfd_siginfo si;
		char line[256];

		if (p[1].revents && read(p[1].fd, &si, sizeof(si)) == (ssize_t)sizeof(si))
			dprintf(out, "%s\n", name_of((int)si.ssi_signo));
		if (p[0].revents) {
			ssize_t n = read(STDIN_FILENO, line, sizeof(line) - 1);

			if (n <= 0) {
				p[0].fd = -1;
				continue;
			}
			line[n] = '\0';
			status = take_lines(line, out);
		}
	}
	return status < 0 ? 99 : status;
}
