/* SPDX-License-Identifier: Apache-2.0 */
/* log: files that grow, are cut, rotated, appear later, FIFOs; and what a capture of it replays. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/source/log.h"
#include "tests/tap.h"

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

static struct source *open_word(struct log *l, const char *path, const char *params, struct err *e)
{
	struct source_host host = log_host(l, true);
	char word[300];

	snprintf(word, sizeof(word), "log:%s%s", path, params);
	return source_open(word, 0, &host, NULL, e);
}

/* Until n notes came, or it has nothing more to say. */
static bool notes(struct source *s, struct log *l, unsigned n, int64_t *now_ns)
{
	for (int turn = 0; turn < 50 && l->n[EVENT_NOTE] < n; turn++) {
		if (s->class->run(s, *now_ns) < 0)
			return false;
		*now_ns += 100 * NS_PER_MS;
	}
	return l->n[EVENT_NOTE] == n;
}

static bool readable(const struct source *s)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};

	return poll(&p, 1, 10000) == 1;
}

static void grows(struct tap *t, const char *path)
{
	struct log l = {0};
	int64_t now = 1000;
	struct source *s;

	append(path, "Overload error of yesterday\n");
	s = open_word(&l, path, "", NULL);
	ok(t, s && notes(s, &l, 0, &now) && l.n[EVENT_NOTE] == 0, "what was there before is past");
	append(path, "INFO Recording episode 0\nERROR one");
	ok(t, readable(s), "the descriptor tells that the file has grown");
	ok(t, !notes(s, &l, 1, &now) && l.n[EVENT_EPISODE] == 1, "a line without its end waits");
	append(path, " and two\n");
	ok(t, notes(s, &l, 1, &now) && strcmp(l.note, "ERROR one and two") == 0, "for it: %s",
	   l.note);
	ok(t, truncate(path, 0) == 0, "the file is cut");
	append(path, "Fatal error in RTC thread\n");
	ok(t, notes(s, &l, 3, &now) && strstr(l.note, "Fatal"), "and read from its start: %s",
	   l.note);
	source_close(s);
	log_fini(&l);
	unlink(path);
}

static void rotates(struct tap *t, const char *path)
{
	struct log l = {0};
	char old[300];
	int64_t now = 1000;
	struct source *s = open_word(&l, path, "", NULL);

	snprintf(old, sizeof(old), "%s.1", path);
	ok(t, s && notes(s, &l, 0, &now), "a file that is not there yet is waited for");
	append(path, "ERROR a\n");
	ok(t, readable(s) && notes(s, &l, 1, &now), "and read from its start when it is: %s",
	   l.note);
	append(path, "Force shutdown\n");
	ok(t, rename(path, old) == 0, "it is rotated");
	append(path, "Fatal error in RTC thread\n");
	ok(t, notes(s, &l, 4, &now) && strstr(l.note, "Fatal"), "both are read to their end");
	append(path, "Returning model without loading pretrained weights\n");
	ok(t, readable(s) && notes(s, &l, 5, &now), "and the new one is followed");
	source_close(s);
	log_fini(&l);
	unlink(path);
	unlink(old);
}

static void fifo(struct tap *t, const char *path)
{
	struct log l = {0};
	int64_t now = 1000;
	struct source *s;
	int fd;

	ok(t, mkfifo(path, 0600) == 0, "a FIFO");
	s = open_word(&l, path, "", NULL);
	ok(t, s && notes(s, &l, 0, &now), "is opened without waiting for its writer");
	for (unsigned turn = 1; turn <= 2; turn++) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		ok(t, fd >= 0 && write(fd, "Force shutdown\n", 15) == 15 && readable(s),
		   "writer %u", turn);
		ok(t, notes(s, &l, turn, &now), "is read");
		close(fd);
	}
	ok(t, s->class->run(s, now) > now, "without a writer it waits");
	source_close(s);
	log_fini(&l);
	unlink(path);
}

static void whole(struct tap *t, const char *path)
{
	struct log l = {0}, again = {0};
	struct source_host host = log_host(&again, false);
	const char *const words[] = {"log:x"};
	struct buf b = {0};
	char word[300];
	int64_t now = 1000;
	struct source *s;
	FILE *f;

	append(path,
	       "Traceback (most recent call last):\n  File \"a\", line 1, in b\nKeyError: 'c'");
	s = open_word(&l, path, "?follow=0", NULL);
	ok(t,
	   s && log_until(s, &l, EVENT_END, 1, &now) && strcmp(l.note, "KeyError: 'c' (a:1)") == 0,
	   "follow=0: the whole file, then the end: %s", l.note);
	source_close(s);
	capture_put_header(&b, words, 1, NULL);
	buf_add(&b, l.capture.p, l.capture.len);
	f = fopen(path, "wb");
	ok(t, f && fwrite(b.p, 1, b.len, f) == b.len && fclose(f) == 0, "a capture of it");
	snprintf(word, sizeof(word), "raw:%s?speed=max", path);
	s = source_open(word, 0, &host, NULL, NULL);
	now = 1;
	ok(t, s && log_until(s, &again, EVENT_END, 1, &now) && strcmp(again.note, l.note) == 0,
	   "is replayed to the same: %s", again.note);
	source_close(s);
	buf_fini(&b);
	log_fini(&l);
	log_fini(&again);
	unlink(path);
}

static void refused(struct tap *t, const char *folder)
{
	struct log l = {0};
	struct err e = {0};

	ok(t, !open_word(&l, folder, "", &e) && e.code == EISDIR, "a folder: %s", e.msg);
	ok(t, !open_word(&l, "/dev/null", "", &e) && e.code == EINVAL, "a device: %s", e.msg);
	ok(t, !open_word(&l, "", "", &e) && e.code == EINVAL, "nothing: %s", e.msg);
	ok(t, !open_word(&l, "x", "?follow=2", &e) && e.code == EINVAL, "a bad switch: %s", e.msg);
	ok(t, !open_word(&l, "/none/there", "?follow=0", &e) && e.code == ENOENT,
	   "a whole file that is not there: %s", e.msg);
	log_fini(&l);
}

int main(void)
{
	struct tap t = {0};
	char folder[] = "/tmp/policytop-log-XXXXXX", path[64];

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/log", folder);
	grows(&t, path);
	rotates(&t, path);
	fifo(&t, path);
	whole(&t, path);
	refused(&t, folder);
	rmdir(folder);
	return tap_done(&t);
}
