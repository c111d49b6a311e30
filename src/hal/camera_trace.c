/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/camera_trace.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

static const char ours[] = "policytop-";

/* The text behind "KEY = " within a line, NULL none. */
static const char *value_of(const char *line, const char *key)
{
	char want[24];
	const char *at;

	snprintf(want, sizeof(want), " %s = ", key);
	at = strstr(line, want);
	return at ? at + strlen(want) : NULL;
}

static bool number_of(const char *line, const char *key, uint64_t max, uint64_t *out)
{
	const char *at = value_of(line, key);
	char *end;

	if (!at || !isdigit((unsigned char)*at))
		return false;
	errno = 0;
	*out = strtoull(at, &end, 10);
	return errno == 0 && *out <= max;
}

/* "… 12.345678: v4l2_dqbuf: …": the number before the colon. */
static int64_t time_before(const char *line, const char *at)
{
	const char *from = at;
	uint64_t s = 0, us = 0;
	unsigned digits = 0;

	while (from > line && (isdigit((unsigned char)from[-1]) || from[-1] == '.'))
		from--;
	for (; from < at && isdigit((unsigned char)*from) && s < 100000000; from++)
		s = s * 10 + (uint64_t)(*from - '0');
	if (from == at || *from != '.')
		return TIME_UNKNOWN;
	for (from++; from < at && isdigit((unsigned char)*from) && digits < 6; from++, digits++)
		us = us * 10 + (uint64_t)(*from - '0');
	return digits == 6 ? (int64_t)s * NS_PER_S + (int64_t)us * 1000 : TIME_UNKNOWN;
}

/* The flags of a frame are words with a bar between, or a number where a bit has no word. */
static void read_flags(struct camera_sight *out, const char *flags, uint64_t stamp_ns)
{
	size_t n = strcspn(flags, ",");
	char text[256];

	if (n >= sizeof(text))
		n = sizeof(text) - 1;
	memcpy(text, flags, n);
	text[n] = '\0';
	out->damaged = strstr(text, "ERROR") != NULL;
	if (strstr(text, "TIMESTAMP_MONOTONIC"))
		out->t_ns = (int64_t)stamp_ns;
}

bool camera_trace_line(struct camera_sight *out, const char *line, size_t n)
{
	static const char mark[] = ": v4l2_dqbuf:";
	uint64_t minor, bytes, sequence, stamp_ns;
	char text[CAMERA_TRACE_LINE];
	const char *at, *flags;

	if (n >= sizeof(text) || memchr(line, '\0', n))
		return false;
	memcpy(text, line, n);
	text[n] = '\0';
	at = strstr(text, mark);
	flags = at ? value_of(at, "flags") : NULL;
	if (!flags || !number_of(at, "minor", 1 << 20, &minor) ||
	    !number_of(at, "bytesused", UINT32_MAX, &bytes) ||
	    !number_of(at, "sequence", UINT32_MAX, &sequence) ||
	    !number_of(at, "timestamp", INT64_MAX, &stamp_ns))
		return false;
	*out = (struct camera_sight){
		.minor = (int)minor,
		.sequence = (uint32_t)sequence,
		.bytes = (uint32_t)bytes,
		.taken_ns = time_before(text, at),
		.t_ns = TIME_UNKNOWN,
	};
	read_flags(out, flags, stamp_ns);
	return true;
}

static int write_file(const struct camera_trace *t, const char *name, const char *text)
{
	char path[sizeof(t->path) + 64];
	int fd, rc = 0;

	snprintf(path, sizeof(path), "%s/%s", t->path, name);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

/* Instances of processes that are no more; the name holds the process. */
static void sweep(const char *folder)
{
	char path[512];
	const struct dirent *d;
	DIR *dir = opendir(folder);

	while (dir && (d = readdir(dir))) {
		long pid = text_starts(d->d_name, ours) ? atol(d->d_name + sizeof(ours) - 1) : 0;

		if (pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
		rmdir(path);
	}
	if (dir)
		closedir(dir);
}

static int set_up(struct camera_trace *t)
{
	char only[32], path[sizeof(t->path) + 16];
	int rc;

	snprintf(only, sizeof(only), "minor == %d", t->minor);
	/* A clock that can be compared, and a buffer that is bounded. Older kernels lack neither. */
	rc = write_file(t, "trace_clock", "mono");
	if (rc == 0)
		rc = write_file(t, "buffer_size_kb", "64");
	if (rc == 0)
		rc = write_file(t, "events/v4l2/v4l2_dqbuf/filter", only);
	if (rc == 0)
		rc = write_file(t, "events/v4l2/v4l2_dqbuf/enable", "1");
	if (rc < 0)
		return rc;
	snprintf(path, sizeof(path), "%s/trace_pipe", t->path);
	t->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return t->fd < 0 ? -errno : 0;
}

int camera_trace_open(struct camera_trace *t, const char *root, int minor, struct err *e)
{
	char folder[128];
	int rc;

	*t = (struct camera_trace){.fd = -1, .minor = minor};
	snprintf(folder, sizeof(folder), "%s/sys/kernel/tracing/instances", root);
	sweep(folder);
	snprintf(t->path, sizeof(t->path), "%s/%s%ld-%d", folder, ours, (long)getpid(), minor);
	rc = mkdir(t->path, 0700) && errno != EEXIST ? -errno : set_up(t);
	if (rc == 0)
		return 0;
	camera_trace_close(t);
	return err_set(e, -rc, "frames of others are not seen: %s: %s%s", folder, strerror(-rc),
		       rc == -EACCES || rc == -ENOENT
			       ? " (root sees them, where tracefs is mounted)"
			       : "");
}

void camera_trace_close(struct camera_trace *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	if (t->path[0])
		rmdir(t->path);
	t->path[0] = '\0';
}

/* Takes the bytes of one read apart; lines that do not fit are skipped. */
static int take_bytes(struct camera_trace *t, const char *p, size_t n, struct camera_sight *out,
		      int max)
{
	int found = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			t->skip = t->skip || t->len == sizeof(t->line);
			if (!t->skip)
				t->line[t->len++] = p[i];
			continue;
		}
		if (!t->skip && found < max && camera_trace_line(&out[found], t->line, t->len) &&
		    out[found].minor == t->minor)
			found++;
		t->len = 0;
		t->skip = false;
	}
	return found;
}

int camera_trace_read(struct camera_trace *t, struct camera_sight *out, int max)
{
	/* No more lines fit into it than a caller has room for: a line is over 128 bytes long. */
	char bytes[4096];
	ssize_t n;

	if (max < (int)(sizeof(bytes) / 128))
		return -EINVAL;
	do {
		n = read(t->fd, bytes, sizeof(bytes));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return take_bytes(t, bytes, (size_t)n, out, max);
}
