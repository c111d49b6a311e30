/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `log:PATH`: follows what a policy's program writes into a file, or into a FIFO, and tells what
 * matters of it. It never waits: a FIFO whose reader pauses would stop its writer, the robot's
 * program. inotify wakes it; since that is silent on network and some container file systems, it
 * also looks twice a second.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "source/reader.h"
#include "wire/loglines.h"

static const int64_t look_ns = 500 * NS_PER_MS;

enum {
	FILE_EVENTS = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF,
	FOLDER_EVENTS = IN_CREATE | IN_MOVED_TO,
};

struct log {
	struct reader reader;
	char *path;
	int file, epoll, inotify;
	int watch; /* inotify's, of the file; -1 none */
	bool fifo, follow;
	bool told_missing;
	off_t at; /* bytes read of the file */
	dev_t dev;
	ino_t ino;
};

static bool parse_switch(struct uri *u, const char *key, bool fallback, bool *out, struct err *e)
{
	const char *text = uri_param(u, key);

	*out = text ? strcmp(text, "1") == 0 : fallback;
	if (!text || *out || strcmp(text, "0") == 0)
		return true;
	err_set(e, EINVAL, "%s: %s is 0 or 1", u->word, key);
	return false;
}

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	bool episodes;

	(void)prefix; /* it names no joints */
	return parse_switch(u, "episodes", true, &episodes, e) ? loglines_new(emit, host, episodes)
							       : NULL;
}

static void drop(void *state)
{
	loglines_free(state);
}

static size_t bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns)
{
	return loglines_bytes(state, p, n, most, t_ns);
}

static void end(void *state, int64_t t_ns)
{
	loglines_end(state, t_ns);
}

static uint64_t count(const void *state)
{
	return loglines_count(state);
}

static uint64_t bad(const void *state)
{
	(void)state; /* a console may say anything */
	return 0;
}

static const char *first_bad(const void *state)
{
	(void)state;
	return "";
}

static int64_t due(void *state, int64_t now_ns)
{
	return loglines_due(state, now_ns);
}

static const struct decoder_class decoder = {
	.make = make,
	.free = drop,
	.bytes = bytes,
	.end = end,
	.count = count,
	.bad = bad,
	.first_bad = first_bad,
	.due = due,
};

static void forget_file(struct log *l)
{
	if (l->file >= 0)
		close(l->file);
	if (l->watch >= 0)
		inotify_rm_watch(l->inotify, l->watch);
	l->file = l->watch = -1;
}

/* A device is never opened: that alone can move a line of a serial port. */
static int may_open(const char *path, bool *fifo, struct err *e)
{
	struct stat st;

	if (stat(path, &st))
		return err_set(e, errno, "%s: %s", path, strerror(errno));
	*fifo = S_ISFIFO(st.st_mode);
	if (S_ISDIR(st.st_mode))
		return err_set(e, EISDIR, "%s is a folder, no log", path);
	return *fifo || S_ISREG(st.st_mode) ? 0 : err_set(e, EINVAL, "%s is no file", path);
}

/* With a writer of our own, a FIFO never ends: the next program may write into it, too. */
static int open_file(struct log *l, bool at_end, struct err *e)
{
	struct epoll_event in = {.events = EPOLLIN};
	struct stat st;
	int rc = may_open(l->path, &l->fifo, e);

	if (rc)
		return rc;
	l->file = open(l->path, (l->fifo ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
	if (l->file < 0 || fstat(l->file, &st))
		return err_set(e, errno, "%s: %s", l->path, strerror(errno));
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	l->at = 0;
	if (l->fifo)
		epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->file, &in);
	else
		l->watch = inotify_add_watch(l->inotify, l->path, FILE_EVENTS);
	if (!l->fifo && at_end)
		l->at = lseek(l->file, 0, SEEK_END);
	return 0;
}

static void watch_folder(struct log *l)
{
	const char *slash = strrchr(l->path, '/');
	char *folder = xstrdup(slash ? l->path : ".");

	if (slash)
		folder[slash == l->path ? 1 : slash - l->path] = '\0';
	inotify_add_watch(l->inotify, folder, FOLDER_EVENTS);
	free(folder);
}

static int log_open(struct source *s, struct uri *u, struct err *e)
{
	struct log *l = s->state;
	struct epoll_event in = {.events = EPOLLIN};
	int rc;

	l->file = l->watch = l->epoll = l->inotify = -1;
	l->path = xstrdup(u->rest);
	if (!u->rest[0])
		return err_set(e, EINVAL, "%s: write log:PATH", u->word);
	rc = reader_open(&l->reader, s, u, e);
	if (rc)
		return rc;
	if (!parse_switch(u, "follow", true, &l->follow, e))
		return -EINVAL;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (l->epoll < 0 || l->inotify < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->inotify, &in) < 0)
		return err_set(e, errno, "%s: cannot watch files: %s", u->word, strerror(errno));
	s->fd = l->epoll;
	watch_folder(l);
	rc = open_file(l, l->follow, e);
	return rc == -ENOENT && l->follow ? 0 : rc;
}

/* What inotify says is only a reason to look. */
static void drain(const struct log *l)
{
	char dropped[4096];

	while (read(l->inotify, dropped, sizeof(dropped)) > 0)
		;
}

/* At the end of the file: it was cut, or another one is there under its name. True: read again. */
static bool look(struct source *s, int64_t now_ns)
{
	struct log *l = s->state;
	struct stat own, named;
	bool there = stat(l->path, &named) == 0;

	if (l->file >= 0 && !l->fifo && fstat(l->file, &own) == 0 && own.st_size < l->at) {
		l->at = lseek(l->file, 0, SEEK_SET);
		source_note(s, now_ns, "log %s was cut, and is read from its start", l->path);
		return own.st_size > 0;
	}
	if (!there || (l->file >= 0 && named.st_dev == l->dev && named.st_ino == l->ino))
		return false;
	if (l->file >= 0)
		source_note(s, now_ns, "log %s is another file now", l->path);
	forget_file(l);
	if (open_file(l, false, &s->error)) {
		if (!l->told_missing)
			source_note(s, now_ns, "%s", s->error.msg);
		l->told_missing = true;
		s->error = (struct err){0};
		forget_file(l);
		return false;
	}
	l->told_missing = false;
	return true;
}

/* Bytes read, 0 at the end for now, or -errno. */
static ssize_t read_more(struct source *s, int64_t now_ns)
{
	struct log *l = s->state;
	ssize_t n = 0;

	for (int turn = 0; turn < 2; turn++) {
		n = l->file >= 0 ? reader_read(&l->reader, l->file, now_ns) : 0;
		if (n > 0)
			l->at += n;
		if (n > 0 || (n < 0 && n != -EAGAIN && n != -EINTR))
			return n;
		if (l->follow && look(s, now_ns))
			continue;
		break;
	}
	return 0;
}

static int64_t log_run(struct source *s, int64_t now_ns)
{
	struct log *l = s->state;
	struct event over = {.kind = EVENT_END, .t_ns = now_ns, .src_ns = TIME_UNKNOWN};
	int64_t next = decoder_due(&l->reader.decoder, now_ns);

	drain(l);
	if (!reader_left(&l->reader)) {
		ssize_t n = read_more(s, now_ns);

		if (n < 0)
			return err_set(&s->error, (int)-n, "%s: %s", l->path, strerror((int)-n));
		if (n == 0 && !l->follow) {
			reader_end(&l->reader, now_ns);
			source_emit(s, &over);
			return INT64_MAX;
		}
		if (n == 0)
			return next < now_ns + look_ns ? next : now_ns + look_ns;
	}
	reader_decode(&l->reader);
	return now_ns;
}

static void log_close(struct source *s)
{
	struct log *l = s->state;

	forget_file(l);
	if (l->inotify >= 0)
		close(l->inotify);
	if (l->epoll >= 0)
		close(l->epoll);
	reader_close(&l->reader);
	free(l->path);
}

static const struct source_param params[] = {
	{"episodes", "", "1", "0: another source tells of episodes and resets, this one does not"},
	{"follow", "", "1", "0: the whole file from its start, then end"},
	{0},
};

const struct source_class source_log = {
	.kind = "log",
	.rest = "PATH",
	.summary = "console lines of LeRobot and openpi, as events",
	.facts = LOGLINES_FACTS,
	.decoder = &decoder,
	.params = params,
	.state_size = sizeof(struct log),
	.open = log_open,
	.run = log_run,
	.close = log_close,
};
