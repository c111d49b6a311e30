/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `policytop demo` on a terminal. Four processes, as on a real robot: the world, an engine, its
 * keeper (which starts it again when it dies), and this one, the viewer, whose end is theirs.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"
#include "cmd/cmd.h"
#include "cmd/demo.h"
#include "cmd/demo_world.h"
#include "engine/supervise.h"
#include "ui/viewer.h"

static const char rig[] = "demo";

struct keeper {
	pid_t pid;
	bool over; /* it has ended: nobody starts an engine any more */
};

/* What the engine prints is for whoever waits for it to be ready; nobody does after that. */
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

/* The screen belongs to the viewer: what goes wrong is written to a log. */
static void leave_terminal(void)
{
	char *log = path_state_dup("demo.log");
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), err = -1;

	if (path_make_parents(log, NULL) == 0)
		err = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err >= 0 ? err : null, STDERR_FILENO);
	free(log);
}

static int keep(const struct launch *l, int out, pid_t parent)
{
	struct err e = {0};
	struct buf b = {0};
	int rc;

	setpgid(0, 0); /* Ctrl-C is for the viewer */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 0;
	leave_terminal();
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

/* Waits until the engine is ready, or for the reason why it is not. */
static int wait_ready(int fd, struct err *e)
{
	FILE *f = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	int rc;

	if (!f) {
		close(fd);
		return err_set(e, errno, "cannot read from the engine: %s", strerror(errno));
	}
	rc = launch_answer(getline(&line, &size, f) > 0 ? line : NULL, NULL, e);
	free(line);
	fclose(f);
	return rc;
}

static void keeper_stop(struct keeper *k)
{
	if (k->over)
		return;
	kill(k->pid, SIGTERM);
	while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
		;
	k->over = true;
}

static int keeper_start(struct keeper *k, const struct launch *l, struct err *e)
{
	pid_t parent = getpid();
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC))
		return err_set(e, errno, "cannot make a pipe: %s", strerror(errno));
	k->pid = fork();
	if (k->pid == 0)
		_exit(keep(l, ends[1], parent));
	close(ends[1]);
	if (k->pid < 0) {
		close(ends[0]);
		return err_set(e, errno, "cannot start a process: %s", strerror(errno));
	}
	rc = wait_ready(ends[0], e);
	if (rc < 0)
		keeper_stop(k);
	return rc;
}

/* The engine died; its keeper starts the next one. */
static struct client *again(void *host, bool *give_up, struct err *e)
{
	struct keeper *k = host;
	struct client *c = client_connect(rig, CLIENT_HZ, e);

	if (!c && !k->over && waitpid(k->pid, NULL, WNOHANG) == k->pid)
		k->over = true;
	*give_up = !c && k->over;
	return c;
}

static int view(const struct term_cfg *term, struct keeper *k, struct viewer_result *r,
		struct err *e)
{
	struct viewer_cfg cfg = {.term = *term, .bell = true, .again = again, .host = k};
	struct client *c = client_connect(rig, CLIENT_HZ, e);
	int rc;

	if (!c)
		return -e->code;
	rc = viewer_run(&c, &cfg, r, e);
	client_close(c);
	return rc;
}

/* With the world up: an engine that listens to it, and the viewer. */
static int watch(const struct demo *d, const struct demo_world *w, const struct term_cfg *term,
		 struct viewer_result *r, struct err *e)
{
	char word[sizeof(w->path) + 8];
	const char *source = word;
	struct launch l = {
		.db = d->db,
		.rig = rig,
		.profile = d->profile->name,
		.source = &source,
		.sources = 1,
	};
	struct keeper k = {0};
	int rc;

	snprintf(word, sizeof(word), "unix:%s", w->path);
	rc = keeper_start(&k, &l, e);
	if (rc == 0) {
		rc = view(term, &k, r, e);
		keeper_stop(&k);
	}
	return rc;
}

int demo_interactive(const struct demo *d)
{
	const char *no_color = getenv("NO_COLOR");
	struct term_cfg term = {STDIN_FILENO, STDOUT_FILENO, false, no_color && *no_color};
	struct viewer_result r = {0};
	struct demo_world w;
	struct err e = {0};
	int rc;

	if (term_check(&term, &e) < 0)
		return cmd_fail_status(&e, EXIT_UNAVAILABLE);
	if (demo_world_start(&w, &d->world, &e) < 0)
		return cmd_fail(&e);
	rc = watch(d, &w, &term, &r, &e);
	demo_world_stop(&w);
	if (rc < 0)
		return cmd_fail(&e);
	printf("policytop: the demo is over. What it recorded:\n"
	       "  policytop --db %s query timeline\n",
	       d->db);
	return r.worst >= LEVEL_FAIL ? EXIT_FAIL : r.worst >= LEVEL_WARN ? EXIT_WARN : EXIT_OK;
}
