/* SPDX-License-Identifier: Apache-2.0 */
#include "training/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"

enum { SMALL_FILE = 1 << 14, BLOCK = 1 << 18, DEPTH_MAX = 4 };

static int read_window(struct data_file *f, uint64_t offset, size_t n, struct err *e)
{
	size_t have = 0;

	if (n > f->room) {
		free(f->bytes);
		f->bytes = xrealloc(NULL, n, 1);
		f->room = n;
	}
	f->have = 0;
	while (have < n) {
		ssize_t got = pread(f->fd, f->bytes + have, n - have, (off_t)(offset + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, EIO, "cannot read: %s", strerror(errno));
		if (got == 0)
			return err_set(e, EBADMSG, "shrank while it was read");
		have += (size_t)got;
	}
	f->from = offset;
	f->have = n;
	return 0;
}

static const uint8_t *at(void *host, uint64_t offset, size_t n, struct err *e)
{
	struct data_file *f = host;

	if (offset > f->io.size || n > f->io.size - offset) {
		err_set(e, EBADMSG, "%zu bytes at %llu are not in a file of %llu", n,
			(unsigned long long)offset, (unsigned long long)f->io.size);
		return NULL;
	}
	if (offset < f->from || offset - f->from > f->have || n > f->have - (offset - f->from)) {
		/* Small files come whole: one call instead of one a column. */
		bool whole = f->io.size <= SMALL_FILE;

		if (read_window(f, whole ? 0 : offset, whole ? (size_t)f->io.size : n, e))
			return NULL;
	}
	return f->bytes + (offset - f->from);
}

static int open_regular(const char *path, uint64_t *size, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_set(e, errno, "%s: cannot open: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, EBADMSG, "%s: is no regular file", path);
	}
	*size = (uint64_t)st.st_size;
	return fd;
}

int file_open(struct data_file *f, const char *path, struct err *e)
{
	*f = (struct data_file){.fd = -1};
	f->fd = open_regular(path, &f->io.size, e);
	if (f->fd < 0)
		return f->fd;
	f->io.host = f;
	f->io.at = at;
	return 0;
}

void file_close(struct data_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->bytes);
	*f = (struct data_file){.fd = -1};
}

char *file_text_dup(const char *path, size_t *len, struct err *e)
{
	struct data_file f;
	char *text = NULL;

	if (file_open(&f, path, e))
		return NULL;
	if (f.io.size > TEXT_MAX) {
		err_set(e, EFBIG, "%s: %llu bytes, at most %d are read", path,
			(unsigned long long)f.io.size, TEXT_MAX);
	} else if (read_window(&f, 0, (size_t)f.io.size, e)) {
		err_prefix(e, "%s", path);
	} else {
		*len = (size_t)f.io.size;
		text = xrealloc(f.bytes, *len + 1, 1);
		f.bytes = NULL;
		text[*len] = '\0';
	}
	file_close(&f);
	return text;
}

struct lines {
	int fd;
	char *text;
	size_t room, len, at; /* text[at..len] is not yet taken */
	bool end;
};

/* Makes room and reads a block. */
static int fill(struct lines *l, struct err *e)
{
	ssize_t got;

	if (l->at)
		memmove(l->text, l->text + l->at, l->len - l->at);
	l->len -= l->at;
	l->at = 0;
	if (l->len > LINE_MAX_BYTES)
		return err_set(e, EFBIG, "longer than %d bytes", LINE_MAX_BYTES);
	if (l->room < l->len + BLOCK) {
		l->room = 2 * l->len + BLOCK;
		l->text = xrealloc(l->text, l->room, 1);
	}
	do
		got = read(l->fd, l->text + l->len, l->room - l->len);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(e, EIO, "cannot read: %s", strerror(errno));
	l->end = got == 0;
	l->len += (size_t)got;
	return 0;
}

static bool is_blank(const char *s, size_t n)
{
	while (n && (s[n - 1] == '\r' || s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return n == 0;
}

int file_lines(const char *path,
	       int (*line)(void *host, const char *text, size_t len, size_t number, struct err *e),
	       void *host, struct err *e)
{
	uint64_t size;
	struct lines l = {.fd = open_regular(path, &size, e)};
	size_t number = 1;
	int rc = 0;

	if (l.fd < 0)
		return l.fd;
	rc = fill(&l, e);
	while (!rc) {
		const char *from = l.text + l.at;
		const char *newline = memchr(from, '\n', l.len - l.at);
		size_t n = newline ? (size_t)(newline - from) : l.len - l.at;

		if (!newline && !l.end) {
			rc = fill(&l, e);
			continue;
		}
		if (!is_blank(from, n))
			rc = line(host, from, n, number, e);
		if (rc || !newline)
			break;
		l.at += n + 1;
		number++;
	}
	if (rc)
		err_prefix(e, "%s, line %zu", path, number);
	close(l.fd);
	free(l.text);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(const char *path, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int add_folder(struct file_list *l, const char *dir, unsigned depth, struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int rc = 0;

	if (!d)
		return err_set(e, errno, "%s: cannot open: %s", dir, strerror(errno));
	while (!rc && (entry = readdir(d))) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = path_join_dup(dir, entry->d_name);
		if (text_ends(entry->d_name, ".parquet")) {
			if ((l->n & (l->n - 1)) == 0)
				l->path = xrealloc(l->path, l->n ? 2 * l->n : 1, sizeof(char *));
			l->path[l->n++] = path;
			if (l->n == FILES_MAX)
				rc = err_set(e, EFBIG, "%s: more than %d files", dir, FILES_MAX);
			continue;
		}
		if (depth < DEPTH_MAX && is_folder(path, entry))
			rc = add_folder(l, path, depth + 1, e);
		free(path);
	}
	closedir(d);
	return rc;
}

int file_list_parquet(struct file_list *l, const char *dir, struct err *e)
{
	int rc;

	*l = (struct file_list){0};
	rc = add_folder(l, dir, 1, e);
	if (l->n)
		qsort(l->path, l->n, sizeof(char *), by_text);
	return rc;
}

void file_list_fini(struct file_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->path[i]);
	free(l->path);
	*l = (struct file_list){0};
}
