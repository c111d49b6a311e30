/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"

/* EFBIG is of files that are read; here it means no room. */
static int cannot_write(const char *path, int why, struct err *e)
{
	return err_set(e, why == EFBIG ? ENOSPC : why, "%s: %s", path, strerror(why));
}

/* What is ignored (nohup) stays ignored. */
static void hold_signals(struct report *r)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction is;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		if (sigaction(ending[i], NULL, &is) == 0 && is.sa_handler != SIG_IGN)
			sigaddset(&set, ending[i]);
	}
	sigprocmask(SIG_BLOCK, &set, &r->before);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Looked at, not taken: it is to end the program as it would have, once all is removed. */
bool report_stopped(const struct report *r)
{
	struct pollfd p = {.fd = r->signals, .events = POLLIN};

	return r->signals >= 0 && poll(&p, 1, 0) > 0;
}

static char *stage_dup(const char *out)
{
	const char *slash = strrchr(out, '/');
	struct buf b = {0};

	buf_add(&b, out, slash ? (size_t)(slash - out) + 1 : 0);
	buf_str(&b, ".policytop-report-XXXXXX");
	return b.p;
}

int report_open(struct report *r, const char *name, struct err *e)
{
	struct stat st;
	char *folder, *stage;
	int rc = 0;

	r->signals = -1;
	r->stage = NULL;
	text_copy(r->name, sizeof(r->name), name);
	if (lstat(r->out, &st) == 0)
		return err_set(e, EEXIST,
			       "%s: there is one already, and it stays; give another name with "
			       "--out FILE",
			       r->out);
	hold_signals(r);
	stage = stage_dup(r->out);
	if (!mkdtemp(stage)) {
		rc = cannot_write(r->out, errno, e);
		free(stage);
		return rc;
	}
	r->stage = stage;
	folder = path_join_dup(stage, name);
	if (mkdir(folder, 0700))
		rc = cannot_write(r->out, errno, e);
	free(folder);
	return rc;
}

char *report_path_dup(const struct report *r, const char *name)
{
	struct buf b = {0};

	buf_printf(&b, "%s/%s/%s", r->stage, r->name, name);
	return b.p;
}

static void remember(struct report_part *p, const char *name, int64_t bytes, const char *note)
{
	text_clean(p->name, sizeof(p->name), name, strlen(name));
	text_clean(p->note, sizeof(p->note), note, strlen(note));
	p->bytes = bytes;
}

void report_made(struct report *r, const char *name, const char *note)
{
	char *path = report_path_dup(r, name);
	struct stat st;

	if (r->parts < REPORT_PARTS_MAX && stat(path, &st) == 0)
		remember(&r->part[r->parts++], name, st.st_size, note);
	free(path);
}

void report_left(struct report *r, const char *what, const char *fmt, ...)
{
	char note[REPORT_NOTE_BYTES];
	struct buf b[2] = {0};
	va_list ap;

	if (r->lefts == REPORT_PARTS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(note, sizeof(note), fmt, ap);
	va_end(ap);
	/* A reason names files, and these are in somebody's home. */
	redact_text(r->redact, &b[0], what, strlen(what));
	redact_text(r->redact, &b[1], note, strlen(note));
	remember(&r->left[r->lefts++], buf_text(&b[0]), 0, buf_text(&b[1]));
	buf_fini(&b[0]);
	buf_fini(&b[1]);
}

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		p += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int report_add_bytes(struct report *r, const char *name, const void *bytes, size_t len,
		     const char *note, struct err *e)
{
	char *path = report_path_dup(r, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc = fd < 0 ? -errno : write_all(fd, bytes, len);

	if (fd >= 0 && close(fd) && !rc)
		rc = -errno;
	if (rc)
		rc = cannot_write(r->out, -rc, e);
	else
		report_made(r, name, note);
	free(path);
	return rc;
}

int report_add(struct report *r, const char *name, const char *text, size_t len, const char *note,
	       struct err *e)
{
	struct buf b = {0};
	int rc;

	redact_text(r->redact, &b, text, len);
	rc = report_add_bytes(r, name, buf_text(&b), b.len, note, e);
	buf_fini(&b);
	return rc;
}

static void remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			unlinkat(dirfd(dir), d->d_name, 0);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void report_close(struct report *r)
{
	if (r->stage) {
		char *folder = path_join_dup(r->stage, r->name);

		remove_folder(folder);
		remove_folder(r->stage);
		free(folder);
		free(r->stage);
		r->stage = NULL;
	}
	if (r->signals < 0)
		return;
	close(r->signals);
	r->signals = -1;
	sigprocmask(SIG_SETMASK, &r->before, NULL);
}
