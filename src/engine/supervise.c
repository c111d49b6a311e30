/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "engine/launch.h"

static const int64_t quick_ns = NS_PER_S, within_ns = 60 * NS_PER_S;
static const int64_t grace_ns = 1800 * NS_PER_MS; /* so that the whole takes less than 2 s */

bool deaths_allow(struct deaths *d, int64_t started_ns, int64_t died_ns)
{
	if (died_ns - started_ns >= quick_ns)
		return true;
	d->at_ns[d->count++ % 3] = died_ns;
	return d->count < 3 || died_ns - d->at_ns[d->count % 3] > within_ns;
}

struct child {
	const struct launch *l;
	void (*line)(void *host, const char *text);
	void *host;
	struct clock clock;
	int signals;
	int64_t begun_ns, started_ns; /* the run; this engine */
	bool ready;		      /* one was, so the caller has had its line */
	int64_t kill_ns;	      /* told to end: then it is killed; INT64_MAX not told */
	pid_t pid;
	int out;
	struct buf text;  /* a line that is not yet complete */
	struct err error; /* of its start */
};

static int64_t now_ns(const struct child *c)
{
	return clock_now_ns(&c->clock);
}

static void exec_engine(const struct command_line *cl, int out, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Killed without a word, the supervisor takes its engine along: nobody would know of it. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(126);
	dup2(out, STDOUT_FILENO);
	execv(cl->exe, cl->argv);
	_exit(127);
}

static int start(struct child *c, bool resume, struct err *e)
{
	struct launch l = *c->l;
	struct command_line cl;
	pid_t parent = getpid();
	int out[2];

	if (l.seconds > 0 && resume) {
		l.seconds -= (double)(now_ns(c) - c->begun_ns) / 1e9;
		l.seconds = l.seconds > 0.001 ? l.seconds : 0.001;
	}
	if (pipe2(out, O_CLOEXEC))
		return err_set(e, errno, "cannot make a pipe: %m");
	command_line_init(&cl, &l, resume, NULL);
	c->started_ns = now_ns(c);
	c->pid = fork();
	if (c->pid == 0)
		exec_engine(&cl, out[1], parent);
	command_line_fini(&cl);
	close(out[1]);
	c->out = out[0];
	return c->pid < 0 ? err_set(e, errno, "cannot start a process: %m") : 0;
}

/* Complete lines go to the caller: the first "ready", and results. */
static void take_line(struct child *c, const char *text)
{
	bool ready = strstr(text, "\"ready\"") != NULL;

	if (strncmp(text, "{\"error\"", 8) == 0) {
		launch_answer(text, NULL, &c->error);
		return;
	}
	if (ready && c->ready)
		return;
	c->ready |= ready;
	c->line(c->host, text);
}

static bool take_output(struct child *c)
{
	char piece[4096];
	ssize_t n = read(c->out, piece, sizeof(piece));
	char *end;

	if (n <= 0)
		return n < 0 && errno == EINTR;
	buf_add(&c->text, piece, (size_t)n);
	while ((end = memchr(c->text.p, '\n', c->text.len))) {
		size_t len = (size_t)(end - c->text.p) + 1;

		*end = '\0';
		take_line(c, c->text.p);
		memmove(c->text.p, c->text.p + len, c->text.len - len + 1);
		c->text.len -= len;
	}
	return true;
}

static void take_signal(struct child *c)
{
	struct signalfd_siginfo si;

	if (read(c->signals, &si, sizeof(si)) != (ssize_t)sizeof(si) || c->kill_ns != INT64_MAX)
		return;
	c->kill_ns = now_ns(c) + grace_ns;
	kill(c->pid, SIGTERM);
}

/* Until the engine closes its output, which it does by ending. Returns its wait status. */
static int attend(struct child *c)
{
	struct pollfd p[2] = {{.fd = c->out, .events = POLLIN},
			      {.fd = c->signals, .events = POLLIN}};
	int status = 0;
	bool more = true;

	while (more) {
		int64_t left = c->kill_ns == INT64_MAX ? -1 : c->kill_ns - now_ns(c);
		int n = poll(p, 2,
			     left < 0 && c->kill_ns == INT64_MAX ? -1
			     : left < 0				 ? 0
								 : (int)(left / NS_PER_MS) + 1);

		if (n > 0 && p[1].revents)
			take_signal(c);
		if (n > 0 && p[0].revents)
			more = take_output(c);
		if (c->kill_ns != INT64_MAX && now_ns(c) >= c->kill_ns) {
			kill(c->pid, SIGKILL);
			more = false;
		}
	}
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(c->out);
	buf_clear(&c->text);
	return status;
}

static int run(struct child *c, struct err *e)
{
	struct deaths deaths = {0};
	bool resume = false;

	for (;;) {
		int rc = start(c, resume, e), status;

		if (rc)
			return rc;
		status = attend(c);
		if (c->error.code)
			*e = c->error;
		if (c->error.code)
			return -e->code;
		if (WIFEXITED(status) && WEXITSTATUS(status) < 126)
			return WEXITSTATUS(status);
		if (c->kill_ns != INT64_MAX)
			return err_set(e, ETIMEDOUT, "the engine did not end in time");
		if (!deaths_allow(&deaths, c->started_ns, now_ns(c)))
			return err_set(e, ECHILD,
				       "the engine died three times within a second of its start "
				       "(last by signal %d): given up",
				       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
		resume = true;
	}
}

int supervise(const struct launch *l, void (*line)(void *host, const char *text), void *host,
	      struct err *e)
{
	struct child c = {.l = l, .line = line, .host = host, .kill_ns = INT64_MAX};
	sigset_t set, old;
	int rc;

	c.clock = clock_real();
	c.begun_ns = now_ns(&c);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	c.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	rc = c.signals < 0 ? err_set(e, errno, "cannot watch signals: %m") : run(&c, e);
	if (c.signals >= 0)
		close(c.signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	buf_fini(&c.text);
	return rc;
}
