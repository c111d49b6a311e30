/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "source/source.h"

enum { READY_WAIT_S = 30, LINE_MAX_BYTES = 8192 };

void rig_default(char dst[RIG_BYTES])
{
	snprintf(dst, RIG_BYTES, "run-%ld", (long)getpid());
}

static void add(struct command_line *c, const char *text)
{
	c->argv = xrealloc(c->argv, c->argc + 2, sizeof(*c->argv));
	c->argv[c->argc++] = xstrdup(text);
	c->argv[c->argc] = NULL;
}

static void add_option(struct command_line *c, const char *name, const char *value)
{
	if (!value)
		return;
	add(c, name);
	add(c, value);
}

static void add_path(struct command_line *c, const char *name, const char *path)
{
	char *absolute = path ? path_absolute_dup(path) : NULL;

	add_option(c, name, absolute);
	free(absolute);
}

static void add_encoded(struct buf *b, const char *path)
{
	for (; *path; path++) {
		if (strchr("?&=%", *path))
			buf_printf(b, "%%%02X", (unsigned char)*path);
		else
			buf_add(b, path, 1);
	}
}

/*
 * A source word whose path does not depend on the working directory. A dataset that is no path
 * here may be the name of one in a cache, and stays.
 */
static void add_source(struct command_line *c, const char *word)
{
	const struct source_class *class;
	struct buf b = {0};
	struct err e;
	struct uri u;
	char *cwd;
	bool relative;

	if (uri_parse(&u, word, &e)) {
		add(c, word); /* the engine says what is wrong with it */
		return;
	}
	class = source_find(u.kind);
	relative = class && (!strcmp(class->rest, "PATH") || !strcmp(class->rest, "FILE")) &&
		   u.rest[0] && u.rest[0] != '/' &&
		   (strcmp(u.kind, "dataset") || access(u.rest, F_OK) == 0);
	cwd = relative ? getcwd(NULL, 0) : NULL;
	if (cwd) {
		buf_printf(&b, "%s:", u.kind);
		add_encoded(&b, cwd);
		buf_printf(&b, "/%s", word + strlen(u.kind) + 1);
		add(c, b.p);
	} else {
		add(c, word);
	}
	free(cwd);
	buf_fini(&b);
	uri_fini(&u);
}

static char *own_path_dup(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n > 0 ? n : 0] = '\0';
	return xstrdup(n > 0 && access(path, X_OK) == 0 ? path : "/proc/self/exe");
}

void command_line_init(struct command_line *c, const struct launch *l, bool resume, const char *log)
{
	char text[64];

	*c = (struct command_line){.exe = own_path_dup()};
	add(c, "policytop");
	add_path(c, "--db", l->db);
	add(c, "engine");
	add(c, "--json");
	add_option(c, "--rig", l->rig);
	add_option(c, "--profile", l->profile);
	add_path(c, "--capture", l->capture);
	add_path(c, "--log", log);
	snprintf(text, sizeof(text), "%.9g", l->seconds);
	add_option(c, "--seconds", l->seconds > 0 ? text : NULL);
	snprintf(text, sizeof(text), "%lld", (long long)l->steps);
	add_option(c, "--steps", l->steps > 0 ? text : NULL);
	if (l->full_rate)
		add(c, "--full-rate");
	if (resume)
		add(c, "--resume");
	add(c, "--");
	for (unsigned i = 0; i < l->sources; i++)
		add_source(c, l->source[i]);
}

void command_line_fini(struct command_line *c)
{
	for (unsigned i = 0; i < c->argc; i++)
		free(c->argv[i]);
	free(c->argv);
	free(c->exe);
}

int launch_answer(const char *text, const char *log, struct err *e)
{
	cJSON *o = text ? cJSON_Parse(text) : NULL;
	const char *why = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "error"));
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(o, "errno");
	int rc = 0;

	if (why)
		rc = err_set(e, cJSON_IsNumber(code) && code->valueint > 0 ? code->valueint : EIO,
			     "%s", why);
	else if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "ready")))
		rc = err_set(e, ECHILD, "the engine ended before it was ready%s%s",
			     log ? ": see " : "", log ? log : "");
	cJSON_Delete(o);
	return rc;
}

/* In the grandchild: nothing of the terminal is left but what a source reads. */
static void become_engine(const struct command_line *c, int out, const char *log, bool keep_stdin)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int err = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	sigset_t none;

	if (!keep_stdin)
		dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err >= 0 ? err : null, STDERR_FILENO);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/") == 0)
		execv(c->exe, c->argv);
	_exit(127);
}

/* fork, setsid, fork: the engine has no terminal and can never get one; init is its parent. */
static int fork_twice(const struct command_line *c, int out, const char *log, bool keep_stdin,
		      struct err *e)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return err_set(e, errno, "cannot start a process: %m");
	if (pid == 0) {
		if (setsid() < 0 || (pid = fork()) < 0)
			_exit(126);
		if (pid > 0)
			_exit(0);
		become_engine(c, out, log, keep_stdin);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* The first line of fd in text, false at its end or after READY_WAIT_S. */
static bool first_line(int fd, char *text, size_t size)
{
	struct clock clock = clock_real();
	int64_t end = clock_now_ns(&clock) + READY_WAIT_S * NS_PER_S;
	size_t len = 0;

	while (len + 1 < size) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = (end - clock_now_ns(&clock)) / NS_PER_MS;
		ssize_t n;

		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
			return false;
		if (!p.revents)
			continue;
		n = read(fd, text + len, size - 1 - len);
		if (n <= 0)
			return false;
		len += (size_t)n;
		text[len] = '\0';
		if (strchr(text, '\n'))
			return true;
	}
	return false;
}

static bool reads_stdin(const struct launch *l)
{
	for (unsigned i = 0; i < l->sources; i++) {
		if (text_starts(l->source[i], "stdin:"))
			return true;
	}
	return false;
}

static char *log_path_dup(const char *rig, struct err *e)
{
	struct buf name = {0};
	char *path;

	buf_printf(&name, "%s.log", rig);
	path = path_state_dup(name.p);
	buf_fini(&name);
	if (path_make_parents(path, e)) {
		free(path);
		return NULL;
	}
	return path;
}

int launch_background(const struct launch *l, bool resume, struct err *e)
{
	struct command_line c;
	char text[LINE_MAX_BYTES], *log;
	int out[2], rc;

	log = log_path_dup(l->rig, e);
	if (!log)
		return -e->code;
	if (pipe2(out, O_CLOEXEC)) {
		rc = err_set(e, errno, "cannot make a pipe: %m");
		free(log);
		return rc;
	}
	command_line_init(&c, l, resume, log);
	rc = fork_twice(&c, out[1], log, reads_stdin(l), e);
	close(out[1]);
	if (!rc)
		rc = launch_answer(first_line(out[0], text, sizeof(text)) ? text : NULL, log, e);
	close(out[0]);
	command_line_fini(&c);
	free(log);
	return rc;
}
