/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/capture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "source/source.h"
#include "wire/capture.h"

enum { FLUSH_BYTES = 64 * 1024 };

/* How many of n bytes are a header and whole records. */
static size_t whole_bytes(const unsigned char *p, size_t n)
{
	struct capture_header h;
	struct capture_record r;
	ssize_t used = capture_get_header(&h, p, n, NULL);
	unsigned sources = used > 0 ? h.sources : 0;
	size_t at = 0;

	if (used > 0)
		capture_header_fini(&h);
	while (used > 0) {
		at += (size_t)used;
		used = capture_get(&r, p + at, n - at, sources, NULL);
	}
	return at;
}

/* An engine that was killed may have left part of a record, behind which nothing can be read. */
static off_t drop_rest(int fd, off_t size)
{
	void *p = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	size_t whole;

	if (p == MAP_FAILED)
		return size;
	whole = whole_bytes(p, (size_t)size);
	munmap(p, (size_t)size);
	return (off_t)whole < size && ftruncate(fd, (off_t)whole) == 0 ? (off_t)whole : size;
}

/* In front of what this engine reads: it does not go on where the one before was cut off. */
static void mark_anew(struct capture_file *f, unsigned sources)
{
	struct clock clock = clock_real();

	for (unsigned i = 0; i < sources; i++)
		capture_file_add(f, (uint16_t)i, 0, clock_now_ns(&clock), NULL, 0);
}

int capture_file_open(struct capture_file *f, const char *path, const char *const *word,
		      unsigned words, bool resume, struct err *e)
{
	off_t end;
	int rc;

	*f = (struct capture_file){.fd = -1};
	f->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (resume ? O_APPEND : O_TRUNC), 0600);
	if (f->fd < 0)
		return err_set(e, errno, "%s: cannot write the capture: %m", path);
	end = drop_rest(f->fd, lseek(f->fd, 0, SEEK_END));
	rc = end > 0 ? 0 : capture_put_header(&f->buf, word, words, e);
	if (end > 0)
		mark_anew(f, words);
	capture_file_flush(f);
	if (!rc && f->error.code)
		rc = err_set(e, f->error.code, "%s: %s", path, f->error.msg);
	if (rc)
		capture_file_close(f);
	return rc;
}

static void add_lost(struct capture_file *f, uint16_t source, int direction, int64_t t_ns,
		     const void *p)
{
	struct raw_lost lost;
	struct capture_record r = {
		.t_ns = t_ns,
		.source = source,
		.direction = (uint8_t)direction,
		.is_lost = true,
	};

	memcpy(&lost, p, sizeof(lost));
	r.lost = lost.bytes;
	r.whole = lost.whole;
	capture_put(&f->buf, &r);
}

void capture_file_add(struct capture_file *f, uint16_t source, int direction, int64_t t_ns,
		      const void *p, size_t len)
{
	const unsigned char *at = p;

	if (f->fd < 0)
		return;
	if (direction >= RAW_LOST) {
		add_lost(f, source, direction - RAW_LOST, t_ns, p);
		return;
	}
	do {
		struct capture_record r = {
			.t_ns = t_ns,
			.source = source,
			.direction = (uint8_t)direction,
			.bytes = len ? at : NULL,
			.len = len < CAPTURE_PAYLOAD ? len : CAPTURE_PAYLOAD,
		};

		capture_put(&f->buf, &r);
		at = len ? at + r.len : NULL;
		len -= r.len;
	} while (len);
	if (f->buf.len >= FLUSH_BYTES)
		capture_file_flush(f);
}

void capture_file_flush(struct capture_file *f)
{
	size_t at = 0;

	while (f->fd >= 0 && at < f->buf.len) {
		ssize_t n = write(f->fd, f->buf.p + at, f->buf.len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set(&f->error, errno == EFBIG ? ENOSPC : errno,
				"the capture ends here: %m");
			close(f->fd);
			f->fd = -1;
			break;
		}
		at += (size_t)n;
	}
	buf_clear(&f->buf);
}

void capture_file_close(struct capture_file *f)
{
	capture_file_flush(f);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	buf_fini(&f->buf);
}
