/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/journal.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

enum { ROTATE_BYTES = 1024 * 1024 };

static void open_file(struct journal *j)
{
	int fd = open(j->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0)
		return; /* standard error stays what it was */
	j->bytes = fstat(fd, &st) ? 0 : (size_t)st.st_size;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static void rotate(struct journal *j)
{
	struct buf old = {0};

	buf_printf(&old, "%s.1", j->path);
	rename(j->path, old.p);
	buf_fini(&old);
	open_file(j);
}

void journal_open(struct journal *j, const char *path)
{
	*j = (struct journal){.path = path};
	if (!path)
		return;
	open_file(j);
	if (j->bytes > ROTATE_BYTES)
		rotate(j);
}

void journal_line(struct journal *j, const char *fmt, ...)
{
	struct buf b = {0};
	char utc[32], text[512];
	va_list ap;

	if (!j->path)
		return;
	clock_utc_text(utc, clock_wall_ns());
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(&b, "%s [%ld] %s\n", utc, (long)getpid(), text);
	if (write(STDERR_FILENO, b.p, b.len) > 0)
		j->bytes += b.len;
	buf_fini(&b);
	if (j->bytes > ROTATE_BYTES)
		rotate(j);
}
