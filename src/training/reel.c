/* SPDX-License-Identifier: Apache-2.0 */
#include "training/reel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/text.h"

enum { SILENCE_S = 60, SILENCE_MAX_S = 3600 };

struct reel {
	const struct reel_host *host;
	size_t jobs, ended;
	pid_t pid;
	int out; /* what the helper says */
	struct reel_record record;
	size_t have; /* bytes of record */
};

/* The jobs as a file that is its standard input: a pipe could fill. */
static int job_file(const struct reel_job *job, size_t n, struct err *e)
{
	int fd = memfd_create("policytop-video jobs", MFD_CLOEXEC);
	struct buf b = {0};
	bool good = fd >= 0;

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%.9f %.9f %u %s\n", job[i].from_s, job[i].to_s, job[i].every,
			   job[i].path);
	good = good && write(fd, buf_text(&b), b.len) == (ssize_t)b.len &&
	       lseek(fd, 0, SEEK_SET) == 0;
	buf_fini(&b);
	if (good)
		return fd;
	err_set(e, errno, "cannot hand jobs to policytop-video: %m");
	if (fd >= 0)
		close(fd);
	return -e->code;
}

/* In a fork of a process with threads: system calls only. */
static void become_helper(const char *exe, int in, int out)
{
	char name[] = "policytop-video", *argv[] = {name, NULL};
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	if (null < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execv(exe, argv);
	_exit(127);
}

static int start(struct reel *r, const char *exe, int in, struct err *e)
{
	int out[2];

	if (pipe2(out, O_CLOEXEC))
		return err_set(e, errno, "cannot make a pipe: %m");
	r->pid = fork();
	if (r->pid == 0)
		become_helper(exe, in, out[1]);
	close(out[1]);
	r->out = out[0];
	return r->pid < 0 ? err_set(e, errno, "cannot start a process: %m") : 0;
}

/* Plain sizes and words: the helper may have been fed anything. */
static bool sane(const struct reel *r, const struct reel_record *m)
{
	const struct frame *f = &m->frame;

	return m->magic == REEL_MAGIC && m->job == r->ended && m->job < r->jobs &&
	       m->kind >= REEL_FRAME && m->kind <= REEL_TROUBLE &&
	       f->thumb_width <= FRAME_THUMB_WIDTH && f->thumb_height <= FRAME_THUMB_HEIGHT;
}

static int take(struct reel *r, struct err *e)
{
	struct reel_record *m = &r->record;
	char text[REEL_TEXT_BYTES];
	struct frame f;

	r->have = 0;
	if (!sane(r, m))
		return err_set(e, EBADMSG,
			       "policytop-video of another version, or out of its mind");
	if (m->kind == REEL_FRAME) {
		f = m->frame;
		f.thumb = m->thumb;
		f.camera[0] = '\0';
		r->host->frame(r->host->host, m, &f);
		return 0;
	}
	text_clean(text, sizeof(text), m->text, strnlen(m->text, sizeof(m->text)));
	r->host->end(r->host->host, m->job, m->frames, m->kind == REEL_TROUBLE ? text : NULL);
	r->ended++;
	return 0;
}

/* How long it may say nothing; what is no such time in the environment counts as none. */
static int silence_s(void)
{
	const char *text = getenv("POLICYTOP_VIDEO_WAIT_S");
	int64_t s;

	return text && text_to_i64(text, &s) && s >= 1 && s <= SILENCE_MAX_S ? (int)s : SILENCE_S;
}

/* Until it closes its end. */
static int read_all(struct reel *r, struct err *e)
{
	int patience_s = silence_s();

	for (;;) {
		struct pollfd p = {.fd = r->out, .events = POLLIN};
		int ready = poll(&p, 1, patience_s * 1000);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return err_set(e, ETIMEDOUT, "policytop-video said nothing for %d s",
				       patience_s);
		n = read(r->out, (char *)&r->record + r->have, sizeof(r->record) - r->have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		r->have += (size_t)n;
		if (r->have == sizeof(r->record) && take(r, e))
			return -e->code;
	}
}

/* How it ended, unless something is known already. */
static int finish(struct reel *r, const struct reel_job *job, int rc, struct err *e)
{
	const char *path = r->ended < r->jobs ? job[r->ended].path : "";
	int status = 0;

	if (rc)
		kill(r->pid, SIGKILL);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc)
		return err_prefix(e, "%s", path), rc;
	if (WIFSIGNALED(status))
		return err_set(e, EPROTO, "%s: policytop-video crashed (%s)", path,
			       strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) == 127)
		return err_set(e, ENOEXEC,
			       "policytop-video does not start (a library is missing?)");
	if (r->ended < r->jobs)
		return err_set(e, EPROTO, "%s: policytop-video ended early", path);
	return 0;
}

int reel_read(const struct reel_job *job, size_t n, const struct reel_host *host, struct err *e)
{
	char *exe = path_helper_dup("policytop-video", e);
	struct reel *r = calloc(1, sizeof(*r));
	int in = exe && r ? job_file(job, n, e) : -1, rc = -e->code;

	if (in >= 0) {
		*r = (struct reel){.host = host, .jobs = n, .out = -1};
		rc = start(r, exe, in, e);
		close(in);
		if (!rc)
			rc = finish(r, job, read_all(r, e), e);
		if (r->out >= 0)
			close(r->out);
	}
	free(r);
	free(exe);
	return rc;
}
