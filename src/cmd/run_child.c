/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	const struct child_cfg *cfg;
	pid_t pid, group; /* group: the job's, as the shell knows it */
	bool leads;	  /* we lead the session: there is no shell above us */
	bool aside;	  /* we are out of the group: all that comes is for us alone */
	int tty;	  /* of a session that we lead, -1 none */
	sigset_t before;  /* mask to give to the command */
	int signals;
};

static int look_at(const char *file, const char *program, struct err *e)
{
	if (access(file, X_OK) == 0)
		return 0;
	err_set(e, errno, "%s: %s", program, strerror(errno));
	return e->code == ENOENT || e->code == ENOTDIR ? 127 : 126;
}

int child_look(const char *program, struct err *e)
{
	const char *path = getenv("PATH");
	char file[4096];

	if (strchr(program, '/') || !path)
		return look_at(program, program, e);
	while (*path) {
		size_t n = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, program);
		if (access(n ? file : program, X_OK) == 0)
			return 0;
		path += n + (path[n] == ':');
	}
	err_set(e, ENOENT, "%s: there is no such program in PATH", program);
	return 127;
}

static void watched(sigset_t *set)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD};

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(set, signals[i]);
}

/* From a background group this would stop us, unless the signal for that is blocked. */
static void take_terminal(int tty, pid_t group)
{
	sigset_t ttou, old;

	if (tty < 0)
		return;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	tcsetpgrp(tty, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* In the new process. A session leader cannot leave its group, so the command gets a new one. */
static void become(const struct child *c, int failed)
{
	int why;

	if (c->leads) {
		setpgid(0, 0);
		take_terminal(c->tty, getpid());
	}
	signal(SIGXFSZ, SIG_DFL); /* app_main() ignores it, for us */
	sigprocmask(SIG_SETMASK, &c->before, NULL);
	c->cfg->prepare(c->cfg->host);
	execvp(c->cfg->argv[0], c->cfg->argv);
	why = errno;
	if (write(failed, &why, sizeof(why)) < 0)
		why = ENOEXEC;
	_exit(why == ENOENT ? 127 : 126);
}

static void step_aside(struct child *c)
{
	c->aside = c->leads || setpgid(0, c->cfg->aside) == 0 ||
		   (getpid() != c->group && setpgid(0, 0) == 0);
}

static void step_back(struct child *c)
{
	if (c->leads)
		take_terminal(c->tty, c->group);
	else
		setpgid(0, c->group);
	c->aside = false;
}

/* Starts it; 0, or the errno of exec. */
static int start(struct child *c, struct err *e)
{
	int failed[2], why = 0;
	ssize_t n;

	if (pipe2(failed, O_CLOEXEC))
		return err_set(e, errno, "cannot make a pipe: %s", strerror(errno));
	c->pid = fork();
	if (c->pid == 0)
		become(c, failed[1]);
	close(failed[1]);
	if (c->pid < 0) {
		close(failed[0]);
		return err_set(e, errno, "cannot start a process: %s", strerror(errno));
	}
	if (c->leads)
		setpgid(c->pid, c->pid);
	step_aside(c);
	while ((n = read(failed[0], &why, sizeof(why))) < 0 && errno == EINTR)
		;
	close(failed[0]);
	return n == (ssize_t)sizeof(why) ? why : 0;
}

/* Ctrl-Z: the shell waits for us to stop, too, and wakes the whole group. */
static void follow_stop(struct child *c, int stop)
{
	if (stop != SIGTSTP && stop != SIGTTIN && stop != SIGTTOU)
		return;
	if (c->leads) {
		kill(-c->pid, SIGCONT); /* nobody could ever do it */
		return;
	}
	step_back(c);
	raise(SIGSTOP);
	step_aside(c);
}

static void pass_on(const struct child *c)
{
	struct signalfd_siginfo si;

	while (read(c->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		/* While we are in the group, the terminal's signals come to the command, too. */
		if (si.ssi_signo != SIGCHLD && (c->aside || si.ssi_code != SI_KERNEL))
			kill(c->pid, (int)si.ssi_signo);
	}
}

static int attend(struct child *c)
{
	for (;;) {
		struct pollfd p = {.fd = c->signals, .events = POLLIN};
		int status;
		pid_t got = waitpid(c->pid, &status, WNOHANG | WUNTRACED);

		if (got == c->pid && WIFEXITED(status))
			return WEXITSTATUS(status);
		if (got == c->pid && WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		if (got == c->pid && WIFSTOPPED(status))
			follow_stop(c, WSTOPSIG(status));
		else if (got == 0 && poll(&p, 1, -1) > 0)
			pass_on(c);
		else if (got < 0 && errno != EINTR)
			return 127;
	}
}

int child_run(const struct child_cfg *cfg, struct err *e)
{
	struct child c = {.cfg = cfg, .group = getpgrp(), .tty = -1};
	sigset_t set;
	int rc, status;

	c.leads = getsid(0) == getpid();
	if (c.leads)
		c.tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	watched(&set);
	sigprocmask(SIG_BLOCK, &set, &c.before);
	c.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (c.signals < 0)
		return err_set(e, errno, "cannot watch signals: %s", strerror(errno));
	rc = start(&c, e);
	status = rc < 0 ? rc : attend(&c);
	if (rc > 0)
		err_set(e, rc, "%s: %s", cfg->argv[0], strerror(rc));
	step_back(&c);
	close(c.signals);
	if (c.tty >= 0)
		close(c.tty);
	return status;
}
